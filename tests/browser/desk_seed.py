"""Add a day and its staff to the shop of `seed`, in a process of its own: `python -m tests.browser.desk_seed`."""

from __future__ import annotations

import json
import os

import django


def fill() -> dict[str, str]:
    from aftercart.brands.models import Brand
    from tests.flows.experiment_world import Season, a_season
    from tests.flows.ops_rows import a_day, staff

    brand = Brand.objects.get(slug="juniper")
    day = a_day(brand)
    staff("alice", brand)
    a_season(brand, Season(customers=1200, share=0.4, rate=0.5))
    return {
        "order": str(day.order),
        "quarantined": str(day.quarantined),
        "parked": str(day.parked),
        "parcel": str(day.parcel),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    print(json.dumps(fill()))

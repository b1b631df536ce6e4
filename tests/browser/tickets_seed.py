"""Add a morning's tickets and who answers them to the shop of `seed`: `python -m tests.browser.tickets_seed`."""

from __future__ import annotations

import json
import os

import django


def fill() -> dict[str, str]:
    from aftercart.brands.models import Brand
    from tests.flows.desk_rows import OTHERS, a_morning
    from tests.flows.ops_rows import staff

    brand = Brand.objects.get(slug="juniper")
    morning = a_morning(brand)
    for name in ("ana", "ben"):
        staff(name, brand)
    names = ["Bea Lund", *(name for name, _, _ in OTHERS)]
    return {name: str(morning.ticket(name).number) for name in names}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    print(json.dumps(fill()))

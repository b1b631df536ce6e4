"""Teach the shop of `seed` how long orders take, and print a key: `python -m tests.browser.shop_seed ORIGIN`."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta

import django


def fill(origin: str) -> str:
    from aftercart.brands import calendar, storefronts
    from aftercart.brands.models import Brand
    from aftercart.promises import learning
    from aftercart.promises.lanes import NETWORK
    from aftercart.promises.models import Learned
    from aftercart.promises.pace import Exposure, Pace
    from tests.browser.world import NOW

    brand, today = Brand.objects.get(slug="juniper"), NOW.date()
    pace = Pace()
    for n in range(60):
        seen = [Exposure(lane=NETWORK, age=age, open=20, arrived=12 if age >= 3 else 0) for age in range(1, 7)]
        pace.observe(today - timedelta(days=60 - n), seen)
    learning.keep(brand.id, Learned.ORDER, pace.to_dict())
    teapot = calendar.Entry(kind="preorder", name="Teapot", begins=today, sku="POT-1", ships_from=date(2026, 12, 7))
    calendar.add(brand, [teapot], at=NOW, by="seed")
    return storefronts.add(brand, [origin], at=NOW, by="seed", name=origin).key


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    print(json.dumps(fill(sys.argv[1])))

"""A key for a shop's order page and the proof for one order: `python -m tests.browser.status_seed ORIGIN NUMBER`."""

from __future__ import annotations

import json
import os
import sys

import django


def fill(origin: str, number: str) -> dict[str, str]:
    from aftercart.brands import storefronts
    from aftercart.brands.models import Brand
    from aftercart.orders.models import Order
    from tests.browser.world import NOW

    brand = Brand.objects.get(slug="juniper")
    order = Order.objects.get(brand=brand, number_key=number)
    key = storefronts.add(brand, [origin], at=NOW, by="seed", name=f"{origin} {number}").key
    return {"key": key, "order": order.external_id, "proof": storefronts.proof(key, order.external_id)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    print(json.dumps(fill(sys.argv[1], sys.argv[2])))

"""Fill the database that DATABASE_URL names with the tales, as a process of its own.

`python -m tests.browser.seed` prints the address of each order's page as JSON; `… seed arrives NUMBER` lets one more
scan of that order come in.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

import django

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.orders.models import Order

CHECK = "delivered_check"
WANTED = "1047"  # the order whose courier wants an address
ASKED = {CHECK: "1046", "ask_delivery": "1046", "ask_ticket": "1044"}  # of which orders


def fill() -> dict[str, str]:
    """The address of each order's page by its number, and one that has "expired"."""
    from django.core.management import call_command

    from aftercart.orders.models import Parcel
    from aftercart.people.links import address_url, tracking_url
    from aftercart.promises import returning
    from tests.browser import tales, world, worries

    call_command("migrate", verbosity=0)
    brand = world.shop()
    orders = {tale.number: world.tell(brand, tale) for tale in (*tales.ALL, *worries.ALL)}
    returning.publish(brand, 30, at=world.NOW - timedelta(days=90), by="Noor")
    links = {number: tracking_url(brand, order.id) for number, order in orders.items()}
    for kind, number in ASKED.items():
        for say, url in asked(brand, kind, orders[number]).items():
            links[f"{kind} {say}"] = url
    links["address"] = address_url(brand, orders[WANTED].id, Parcel.objects.get(order_id=orders[WANTED].id).id)
    links |= _listeners(brand)
    long_ago = time.time() - timedelta(days=1000).total_seconds()
    with patch("django.core.signing.time.time", return_value=long_ago):
        links["expired"] = tracking_url(brand, orders["1042"].id)
    return links


def asked(brand: Brand, kind: str, order: Order) -> dict[str, str]:
    """A question was asked about this order an hour ago: where yes and no lead."""
    from aftercart.orders.models import Parcel
    from aftercart.outreach.models import Decision
    from aftercart.people.links import NO, YES, Asked, question_url
    from aftercart.plumbing import ids
    from tests.browser import world

    at = world.NOW - timedelta(hours=1)
    about = Parcel.objects.filter(order_id=order.id).values_list("id", flat=True)[0] if kind == CHECK else order.id
    question = Decision.objects.create(
        id=ids.mirrored(brand.id, "decision", about, kind), brand=brand, concern_id=about, order_id=order.id,
        customer_id=order.customer_id, kind=kind, spoken=True, reason="", at=at,
    )  # fmt: skip
    return {name: question_url(brand, Asked(question.id, say)) for name, say in (("yes", YES), ("no", NO))}


def _listeners(brand: Brand) -> dict[str, str]:
    """Where customers with a phone choose what they hear: one who was never asked, and one who answered STOP."""
    from aftercart.facts import ConsentTold
    from aftercart.outbox import lines
    from aftercart.people import consent
    from aftercart.people.links import choices_url
    from aftercart.people.models import Customer
    from tests.browser import world

    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006"}
    for channel in ("sms", "whatsapp"):
        lines.add(brand, provider="twilio", channel=channel, settings=told, by="seed")
    numbers = {"messages": (world.ALICE, "+447700900147"), "stopped": (world.WREN, "+13125550148")}
    found = {}
    for name, (home, number) in numbers.items():
        Customer.objects.filter(email=home.email).update(phone=number)
        found[name] = choices_url(brand, Customer.objects.get(email=home.email).id)
    at = world.NOW - timedelta(days=30)
    stop = ConsentTold(
        source="twilio", happened_at=at, reported_at=at, channel="sms", address=numbers["stopped"][1], granted=False
    )
    consent.record(brand.id, [stop])
    return found


def arrives(number: str) -> None:
    """The parcel of this order goes out for delivery."""
    from aftercart.facts import State
    from aftercart.orders.models import Order, Parcel
    from tests.browser import world

    order = Order.objects.get(number=number)
    parcel = Parcel.objects.get(order_id=order.id)
    at = world.NOW - timedelta(minutes=5)
    out = world.Seen(state=State.OUT_FOR_DELIVERY, at=at, city=order.city, country=order.country)
    assert parcel.track_id is not None
    world.scan(order.brand_id, parcel.track_id, out, parcel.carrier)
    Parcel.objects.filter(id=parcel.id).update(
        state=out.state, state_at=at, moved_at=at, last_scan_at=at, city=out.city, place_country=out.country
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    match sys.argv[1:]:
        case ["arrives", number]:
            arrives(number)
        case _:
            print(json.dumps(fill()))

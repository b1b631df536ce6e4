"""What is known of customers before they are read, from rows that facts have folded to; and how long that takes."""

from __future__ import annotations

import time
from datetime import date, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import Fact, Money, OrderCancelled, PaymentPosted, Person, State
from aftercart.orders.models import Order
from aftercart.people.rules import customer_id
from aftercart.plumbing import bulk, ids
from aftercart.returns import services as returns
from aftercart.triage.circumstances import circumstances, facts_of, likely_order
from aftercart.understanding.reading import Reader, Text
from aftercart.watch.models import Concern
from tests.flows.test_return_answers import arrived, changed, refund
from tests.flows.test_risk import hear
from tests.telling import CHICAGO, NOOR, days, placed, promised, scanned, shipped, told
from tests.world import NOW

LEO = Person(external_id="88", email="leo@example.com")


def who(brand: Brand, person: Person = NOOR) -> UUID:
    found = customer_id(brand.id, "shopify", person)
    assert found is not None
    return found


def holds(brand: Brand, at: datetime, person: Person = NOOR) -> set[str]:
    return set(facts_of(brand, [who(brand, person)], at)[who(brand, person)])


def meant(brand: Brand, at: datetime, person: Person = NOOR) -> tuple[str, str] | None:
    found = likely_order(brand, [who(brand, person)], at)[who(brand, person)]
    return (Order.objects.get(id=found.order_id).number, found.why) if found else None


def test_the_life_of_an_order_is_seen_as_it_goes(brand: Brand) -> None:
    assert holds(brand, NOW) == set() and meant(brand, NOW) is None

    hear(brand, NOW, placed(), promised(date(2026, 3, 30)))
    assert holds(brand, NOW) == {"just_ordered"} and meant(brand, NOW) == ("101", "undelivered")

    hear(brand, NOW + days(1), shipped(NOW + days(1)), scanned(State.IN_TRANSIT, NOW + days(1)))
    assert holds(brand, NOW + days(1)) == {"parcel_on_its_way"}

    while not pipeline.look(NOW + days(8)).idle:
        pass
    assert Concern.objects.filter(closed_at=None).exists()
    assert holds(brand, NOW + days(8)) == {"parcel_on_its_way", "parcel_in_trouble"}
    assert meant(brand, NOW + days(8)) == ("101", "concern")

    hear(brand, NOW + days(9), scanned(State.DELIVERED, NOW + days(9), place=CHICAGO))
    assert holds(brand, NOW + days(9)) == {"just_delivered"} and meant(brand, NOW + days(9)) == ("101", "recent")
    assert holds(brand, NOW + days(40)) == set() and meant(brand, NOW + days(61)) is None


def test_a_return_is_open_until_it_ends_and_money_is_due_until_it_leaves(brand: Brand) -> None:
    hear(brand, NOW, placed())

    def tell(*facts: Fact) -> set[str]:
        returns.record(brand.id, facts)
        return holds(brand, NOW + days(5))

    assert tell(changed("request", 1)) == {"return_open"}
    assert tell(changed("approve", 1.5)) == {"return_open"}
    assert tell(arrived(2)) == {"return_open", "refund_due"}
    assert tell(refund(1, refund_id="F-0")) == {"return_open", "refund_due"}, "for something else, before"
    assert tell(refund(3)) == {"return_open"}
    assert tell(changed("close", 4)) == set()


def test_a_payment_that_failed_counts_until_one_succeeds_and_a_cancelled_order_is_not_awaited(brand: Brand) -> None:
    def paid(key: str, succeeded: bool) -> PaymentPosted:
        return PaymentPosted(
            **told(NOW), payment_id=key, order_id="1", kind="sale", succeeded=succeeded,
            amount=Money(amount=6400, currency="USD"),
        )  # fmt: skip

    hear(brand, NOW, placed(), paid("p1", False))
    assert holds(brand, NOW) == {"just_ordered", "payment_failed"}
    hear(brand, NOW, paid("p2", True))
    assert holds(brand, NOW) == {"just_ordered"}

    hear(brand, NOW, placed(NOW - days(1), "2"), OrderCancelled(**told(NOW), order_id="1"))
    assert holds(brand, NOW) == {"just_ordered"}, "by the other one"
    assert meant(brand, NOW) == ("102", "undelivered")


def test_nobody_knows_anything_of_another_customer_or_brand(brand: Brand) -> None:
    other = Brand.objects.create(slug="fern", name="Fern", from_email="f@fern.example", country="DE")
    hear(brand, NOW, placed(), placed(NOW, "2", customer=LEO), shipped(NOW, "2"), scanned(State.IN_TRANSIT, NOW))
    both = circumstances(brand, [who(brand), who(brand, LEO), UUID(int=1)], NOW)
    assert both[who(brand)].facts == {"just_ordered"} and both[who(brand, LEO)].facts == {"parcel_on_its_way"}
    assert (both[UUID(int=1)].facts, both[UUID(int=1)].order) == (frozenset(), None)
    assert not circumstances(other, [who(brand)], NOW)[who(brand)].facts
    assert circumstances(brand, [], NOW) == {}


def test_what_has_not_happened_yet_is_not_known(brand: Brand) -> None:
    hear(brand, NOW, placed())
    assert holds(brand, NOW - days(1)) == set()


def test_hello_of_a_customer_with_a_stalled_parcel_is_about_it(brand: Brand) -> None:
    hear(brand, NOW, placed(), promised(date(2026, 3, 30)), shipped(NOW), scanned(State.IN_TRANSIT, NOW))
    while not pipeline.look(NOW + days(8)).idle:
        pass
    known = facts_of(brand, [who(brand)], NOW + days(8))[who(brand)]
    knowing, blind = Reader().read([Text("hello?", facts=known), Text("hello?")])
    assert knowing.category.label == "wismo_shipping_status" != blind.category.label


@pytest.mark.django_db(transaction=True)
def test_five_hundred_customers_are_one_short_question(brand: Brand, capsys: pytest.CaptureFixture[str]) -> None:
    """Among fifty thousand orders, so that a plan that reads them all would show."""
    version = ids.mirrored("v")
    people = [ids.mirrored("customer", n) for n in range(12_500)]
    rows = [
        (ids.mirrored("order", n), brand.id, "shopify", str(n), version, str(n), str(n), people[n % 12_500], NOW)
        for n in range(50_000)
    ]
    columns = ("id", "brand_id", "source", "external_id", "version", "number", "number_key", "customer_id", "placed_at")
    with transaction.atomic():
        bulk.merge("orders_order", columns, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
    asked = people[:500]
    circumstances(brand, asked, NOW)
    begun = time.perf_counter()
    found = circumstances(brand, asked, NOW)
    took = (time.perf_counter() - begun) * 1_000
    with capsys.disabled():
        print(f" [500 customers with 2,000 orders of 50,000: {took:.0f} ms]", end="")
    assert len(found) == 500 and all(one.facts == {"just_ordered"} for one in found.values())
    assert took < 1_000

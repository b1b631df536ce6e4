"""From a worry to something given: decided once, granted by the brand's own system, and told only then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import Place, State
from aftercart.ops.books import imbalances
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach.experiments.models import Experiment, Exposure
from aftercart.outreach.experiments.rules import held_out
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.policy import Rule
from aftercart.outreach.models import Decision
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from tests.flows import giving_world as giving
from tests.flows.giving_world import LATER
from tests.flows.test_watch import MOVING, hear
from tests.gateway import Answer, Gateway, gateway
from tests.telling import days, scanned
from tests.world import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as found:
        found.usual = Answer(204, b"")
        yield found


@pytest.fixture
def generous(brand: Brand, there: Gateway) -> Brand:
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand)
    return brand


def granted(there: Gateway) -> list[dict[str, Any]]:
    bodies = [json.loads(asked.body) for asked in there.asked]
    return [body["data"] for body in bodies if body["type"] == "gesture.granted"]


def notices() -> list[str]:
    return list(Outgoing.objects.exclude(channel="event").order_by("id").values_list("kind", flat=True))


def test_what_the_brand_s_system_has_granted_is_told_once_and_not_before(generous: Brand, there: Gateway) -> None:
    giving.on_its_way(generous)
    giving.looked()
    assert giving.gestures() == ["owed"] and giving.spent() == 30
    assert notices() == ["stalled"], "the notice waits for nobody, and promises nothing"
    assert "point" not in OutgoingBody.objects.get(id=Outgoing.objects.get(kind="stalled").id).text

    pipeline.send(LATER)
    (told,) = granted(there)
    assert told["to"] == "noor@example.com" and told["points"] == 100 and told["order"] == "101"
    assert told["valid_until"] == "2026-06-12" and told["worry"] == "stalled" and "amount" not in told

    giving.looked(LATER + MINUTE)
    assert giving.gestures() == ["granted"] and notices() == ["stalled", "gesture_granted"]
    text = OutgoingBody.objects.get(id=Outgoing.objects.get(kind="gesture_granted").id).text
    assert "100 points are in your account now" in text and "until Friday 12 June" in text
    pipeline.send(LATER + MINUTE)
    giving.looked(LATER + days(3))
    assert len(granted(there)) == 1 and notices().count("gesture_granted") == 1
    assert giving.books_balance() and imbalances() == []


def test_through_klaviyo_it_is_an_event_with_the_same_facts_and_one_name(brand: Brand, there: Gateway) -> None:
    giving.speaks(brand)
    told = {"api_key": "pk_1", "address": there.url}
    lines.add(brand, provider="klaviyo", channel="event", settings=told, by="tests")
    credit = Rule(name="credit", kinds=("stalled",), gift="credit", money={"USD": 40})
    giving.gives(brand, credit)
    there.answers = [Answer(500)] * 2
    giving.on_its_way(brand)
    giving.looked()
    for _ in range(3):
        pipeline.send(LATER)
        Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=clock.machine() - MINUTE)
        Line.objects.update(open_until=None, failures=0)
    events = [json.loads(asked.body)["data"]["attributes"] for asked in there.asked]
    grants = [one for one in events if one["properties"]["kind"] == "gesture.granted"]
    assert len(grants) == 2 and len({one["unique_id"] for one in grants}) == 1
    assert grants[0]["properties"]["amount"] == 40 and grants[0]["properties"]["currency"] == "USD"
    giving.looked(LATER + MINUTE)
    text = OutgoingBody.objects.get(id=Outgoing.objects.get(kind="gesture_granted").id).text
    assert "a credit of $0.40 is in your account now" in text


def test_what_is_granted_is_told_though_the_parcel_has_arrived_meanwhile(generous: Brand, there: Gateway) -> None:
    giving.on_its_way(generous)
    giving.looked()
    arrived = LATER + MINUTE
    home = Place(city="Chicago", region="IL", country="US")
    hear(generous, arrived, scanned(State.DELIVERED, arrived, number="1Z1", place=home))
    pipeline.send(arrived)
    giving.looked(arrived + MINUTE)
    assert giving.gestures() == ["granted"] and notices() == ["stalled", "gesture_granted"]


def test_a_brand_without_a_rule_gives_nothing_and_writes_nothing_down(brand: Brand, there: Gateway) -> None:
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.on_its_way(brand)
    giving.looked()
    assert giving.gestures() == [] and not Gesture.objects.exists()


def test_what_the_brand_s_system_refuses_is_told_to_nobody_and_its_money_comes_back(
    generous: Brand, there: Gateway
) -> None:
    there.answers = [Answer(422, b'{"message":"no such account"}')] * 2
    giving.on_its_way(generous)
    giving.looked()
    assert giving.spent() == 30
    pipeline.send(LATER)
    giving.looked(LATER + MINUTE)

    (row,) = Gesture.objects.all()
    assert row.state == Gesture.REFUSED and "no such account" in row.reason
    assert giving.spent() == 0 and notices() == ["stalled"]
    grant = Outgoing.objects.get(kind="gesture.granted")
    assert grant.state == Outgoing.CANCELLED, "and nobody can release it"
    Outgoing.objects.update(due_at=clock.machine())
    pipeline.send(LATER + MINUTE)
    assert giving.books_balance() and imbalances() == []


def test_what_nobody_answered_may_have_been_granted_so_its_money_waits_for_a_person(
    generous: Brand, there: Gateway
) -> None:
    giving.on_its_way(generous)
    giving.looked()
    grant = Outgoing.objects.get(kind="gesture.granted")
    Outgoing.objects.filter(id=grant.id).update(state=Outgoing.PARKED, attempts=9, reason="answered 500")
    giving.looked(LATER + MINUTE)
    assert giving.gestures() == ["owed"] and giving.spent() == 30

    assert outbox.cancel(generous, grant.id, "they have not got it", "maren")
    giving.looked(LATER + 2 * MINUTE)
    assert giving.gestures() == ["refused"] and giving.spent() == 0 and notices() == ["stalled"]


def test_an_order_and_a_customer_are_given_one_thing(generous: Brand, there: Gateway) -> None:
    for order in ("1", "2"):
        giving.on_its_way(generous, order)
    giving.looked()
    assert sorted(giving.gestures()) == ["no", "owed"]
    assert "within 90 days" in Gesture.objects.get(state="no").reason


def test_who_is_held_out_is_given_nothing_and_written_down_like_the_others(brand: Brand, there: Gateway) -> None:
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand, share=0.5)
    giving.on_its_way(brand)
    customer = Customer.objects.get().id
    key = next(key for n in range(99) if held_out(customer, key := f"key {n}", 0.5))
    Experiment.objects.update(key=key)
    giving.looked()
    assert giving.gestures() == ["held out"] and giving.spent() == 0
    (exposure,) = Exposure.objects.all()
    assert exposure.held_out and exposure.kind == "stalled" and exposure.customer_id == customer
    assert not Outgoing.objects.filter(kind="gesture.granted").exists() and notices() == ["stalled"]
    giving.on_its_way(brand, "2")
    giving.looked(LATER + days(4))
    assert "within 90 days" in Gesture.objects.get(state="no").reason, "the cap counts what they would have had"


def test_it_waits_for_the_lateness_of_the_rule_and_ends_with_the_worry(generous: Brand) -> None:
    giving.gives(generous, replace(giving.POINTS, late_days=2), at=NOW)
    giving.on_its_way(generous)
    giving.looked()
    row = Gesture.objects.get()
    assert row.state == Gesture.WAITING and "0 of 2 days late" in row.reason
    assert row.looks_at is not None and row.looks_at > LATER
    hear(generous, LATER + days(0.1), scanned(MOVING, LATER + days(0.1), number="1Z1", city="Gary"))
    giving.looked(row.looks_at)
    row.refresh_from_db()
    assert (row.state, row.reason) == (Gesture.NO, "over before anything was given")
    assert not Decision.objects.filter(kind="gesture_granted").exists()

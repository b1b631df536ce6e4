from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import ArrivalEstimated, Fact, State
from aftercart.orders import services as orders
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach import services as outreach
from aftercart.outreach.models import Decision
from aftercart.people import services as people
from aftercart.promises import learning
from aftercart.promises import services as promises
from aftercart.promises.lanes import NETWORK
from aftercart.promises.ledger import Ledger
from aftercart.promises.models import Forecast, Learned, Promise
from aftercart.promises.pace import Exposure, Pace
from aftercart.watch import services as watch
from aftercart.watch.judging import Changes
from aftercart.watch.models import Concern, Watch
from tests.telling import CHICAGO, days, estimated, placed, promised, scanned, shipped, told
from tests.world import NOW

MOVING = State.IN_TRANSIT


def hear(brand: Brand, now: datetime, *facts: Fact) -> Changes:
    """As the pipeline does with the facts of one batch."""
    people.record(brand.id, facts)
    touched = orders.record(brand.id, facts).orders | promises.record(brand.id, facts)
    changes = watch.reassess(brand, touched, now)
    outreach.consider(brand, changes.opened, now)
    return changes


def wait(until: datetime) -> pipeline.Progress:
    done = step = pipeline.look(until)
    while not step.idle:
        step = pipeline.look(until)
        done += step
    return done


def open_kinds() -> set[str]:
    return set(Concern.objects.filter(closed_at=None).values_list("kind", flat=True))


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


def test_a_silent_parcel_worries_tells_once_and_settles_by_itself_when_it_moves(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), promised(date(2026, 4, 20)), shipped(NOW), scanned(State.IN_TRANSIT, NOW))

    wait(NOW + days(2))
    assert open_kinds() == set()
    wait(NOW + days(4))
    assert open_kinds() == {"stalled"}
    (concern,) = Concern.objects.all()
    assert concern.carrier == "ups" and concern.evidence["since"] == NOW.isoformat()

    hear(speaking, NOW + days(5), scanned(State.IN_TRANSIT, NOW + days(5), city="Gary"))
    assert open_kinds() == set()
    assert Outgoing.objects.count() == 1
    body = OutgoingBody.objects.get()
    assert "has not moved since Tuesday 10 March in Toledo" in body.text and body.address == "noor@example.com"


@pytest.fixture
def experienced(speaking: Brand) -> Brand:
    """Two months in which an order took four to seven days."""
    pace, first = Pace(), NOW.date() - days(60)
    for day in (first + days(n) for n in range(60)):
        ages = [Exposure(lane=NETWORK, age=age, open=20, arrived=12 if age >= 4 else 0) for age in range(1, 8)]
        pace.observe(day, ages)
    for stage in (Learned.ORDER, Learned.TRANSIT):
        learning.keep(speaking.id, stage, pace.to_dict())
    return speaking


def test_a_brand_that_has_seen_nothing_arrive_promises_nothing_but_what_its_carrier_says(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW), scanned(MOVING, NOW))
    assert not Promise.objects.exists() and not Forecast.objects.exists()

    hear(brand, NOW, estimated(date(2026, 3, 16)))
    assert (Forecast.objects.get().latest, Promise.objects.get().latest) == (date(2026, 3, 16), date(2026, 3, 16))


def test_a_brand_that_has_seen_nothing_arrive_believes_nothing_about_lateness(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), promised(date(2026, 3, 13)), shipped(NOW), scanned(State.IN_TRANSIT, NOW))

    wait(NOW + days(2.5))

    assert "late" not in open_kinds()


def test_a_late_order_is_told_a_new_date_which_is_the_promise_from_then_on(experienced: Brand) -> None:
    earlier = NOW - days(0.1)
    hear(experienced, NOW, placed(earlier), promised(date(2026, 3, 13), earlier), shipped(NOW), scanned(MOVING, NOW))

    wait(NOW + days(2.5))

    late = Concern.objects.get(kind="late")
    assert late.evidence["promised_by"] == "2026-03-13"
    assert [p.made_by for p in Promise.objects.order_by("told_at")] == ["shop", "us"]
    new = Promise.objects.get(made_by="us")
    assert new.latest > date(2026, 3, 13) and new.why == "late" and new.surface == "notice:late"
    late.refresh_from_db()
    assert late.closed_at is not None, "an honest new date ends the uncertainty about the old one"


def test_what_was_promised_by_nobody_is_promised_by_the_page(experienced: Brand) -> None:
    hear(experienced, NOW, placed())

    told, believed = Promise.objects.get(), Forecast.objects.get()
    assert told.surface == "page" and told.made_by == "us" and told.latest == believed.latest


def test_once_an_order_has_left_it_is_its_parcels_that_arrive(experienced: Brand) -> None:
    hear(experienced, NOW, placed())
    hear(experienced, NOW + days(1), shipped(NOW + days(1)))

    believed, order = Forecast.objects.get(), Watch.objects.get()
    assert believed.order_id == order.id and believed.id != order.id


def test_what_is_believed_follows_the_facts_and_stays_as_it_is_without_them(experienced: Brand) -> None:
    hear(experienced, NOW, placed(), shipped(NOW), scanned(MOVING, NOW))
    hear(experienced, NOW + days(0.1), scanned(MOVING, NOW + days(0.1), city="Gary"))
    assert Forecast.objects.get().made_at == NOW

    late = date(2026, 5, 30)
    hear(
        experienced,
        NOW + days(0.1),
        ArrivalEstimated(**told(NOW), number="1Z1", carrier="ups", earliest=None, latest=late),
    )
    assert Forecast.objects.get().latest == late


def test_the_shops_own_date_counts_even_if_we_hear_of_it_later(brand: Brand) -> None:
    hear(brand, NOW, placed())
    hear(brand, NOW, promised(date(2026, 3, 30)))

    watched = Watch.objects.get()
    assert promises_of(brand) == {watched.id: date(2026, 3, 30)}


def promises_of(brand: Brand) -> dict[Any, date]:
    return Ledger(brand.id, list(Watch.objects.values_list("id", flat=True))).promised


def test_delivery_ends_every_worry_and_every_look(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), promised(date(2026, 3, 12)), shipped(NOW), scanned(State.IN_TRANSIT, NOW))
    wait(NOW + days(14))
    assert open_kinds()

    hear(speaking, NOW + days(15), scanned(State.DELIVERED, NOW + days(15), place=CHICAGO))

    assert open_kinds() == set()
    assert Watch.objects.get().look_at is None
    assert not Forecast.objects.exists()


def test_a_brand_that_imports_its_past_says_nothing_about_it(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW), scanned(State.IN_TRANSIT, NOW))
    wait(NOW + days(20))

    assert open_kinds() and not Outgoing.objects.exists()
    assert set(Decision.objects.values_list("reason", flat=True)) == {"before this brand began to speak"}


def test_one_order_with_two_worries_gets_one_message_about_the_graver(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), promised(date(2026, 3, 30)), shipped(NOW))
    hear(speaking, NOW + days(1), scanned(State.ATTEMPT_FAILED, NOW + days(1)), scanned(State.DAMAGED, NOW + days(1)))

    assert set(Outgoing.objects.values_list("kind", flat=True)) <= {"damaged", "attempt_failed"}
    assert Outgoing.objects.count() == 1

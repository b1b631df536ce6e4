"""A parcel's own story: what we think of it now is what the watch judges by, and when that changes by itself."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from aftercart.brands.models import Brand
from aftercart.facts import Fact, State
from aftercart.ops.outlook import Outlook, outlook
from aftercart.ops.stories import Axis, drawn, of_parcel
from aftercart.orders import services as orders
from aftercart.orders.models import Order, Parcel
from aftercart.people import services as people
from aftercart.promises import services as promises
from aftercart.promises.keeping import in_force
from aftercart.promises.models import Promise
from aftercart.promises.queries import destination_zone
from aftercart.story.queries import known
from aftercart.watch import services as watch
from aftercart.watch.models import Concern
from tests.flows import test_watch
from tests.flows.road_rows import BERLIN, at, march, ordered, sent
from tests.flows.road_rows import promised as told_date
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

experienced, speaking = test_watch.experienced, test_watch.speaking


def learn_of(brand: Brand, now: datetime, *facts: Fact) -> Parcel:
    """As the pipeline does, telling nobody."""
    people.record(brand.id, facts)
    touched = orders.record(brand.id, facts).orders | promises.record(brand.id, facts)
    watch.reassess(brand, touched, now)
    return Parcel.objects.get()


def seen_at(brand: Brand, parcel: Parcel, now: datetime) -> Outlook | None:
    promise = in_force(Promise.objects.filter(order_id=parcel.order_id))
    return outlook(brand, parcel, promise.latest if promise else None, now)


def test_the_chance_that_is_shown_is_the_one_that_the_watch_judged_by(experienced: Brand) -> None:
    earlier = NOW - days(0.1)
    parcel = learn_of(
        experienced,
        NOW,
        placed(earlier),
        promised(date(2026, 3, 13), earlier),
        shipped(NOW),
        scanned(State.IN_TRANSIT, NOW),
    )
    late = Concern.objects.get(kind="late")

    seen = seen_at(experienced, parcel, NOW)
    assert seen is not None and seen.chance is not None
    assert round(seen.chance, 3) == late.evidence["chance"] and seen.version == late.evidence["version"]
    assert (seen.level, seen.left, seen.age, seen.promised) == ("network", True, 0, date(2026, 3, 13))


def test_what_changes_by_itself_is_told_before_it_does(experienced: Brand) -> None:
    parcel = learn_of(
        experienced, NOW, placed(), promised(date(2026, 4, 20)), shipped(NOW), scanned(State.IN_TRANSIT, NOW)
    )
    seen = seen_at(experienced, parcel, NOW)
    assert seen is not None
    silence, day = seen.turns
    assert silence.what == "It counts as not moving" and silence.quiet is not None and silence.at > NOW
    assert day.at.astimezone(seen.zone).isoformat()[:16] == "2026-04-21T00:00"
    assert "at least once a day" in seen.why


def test_a_stay_in_one_place_passes_its_limit_when_the_watch_says_so(experienced: Brand) -> None:
    parcel = learn_of(
        experienced,
        NOW,
        placed(),
        promised(date(2026, 4, 20)),
        shipped(NOW - days(1)),
        *(scanned(State.IN_TRANSIT, NOW - days(back), city="Columbus") for back in (0.9, 0.5, 0)),
    )
    seen = seen_at(experienced, parcel, NOW)
    assert seen is not None
    (stay,) = [turn for turn in seen.turns if turn.what == "It counts as held up in one place"]
    assert stay.quiet is not None and stay.at > NOW

    def kinds(now: datetime) -> set[str]:
        watch.reassess(experienced, [parcel.order_id], now)
        return set(Concern.objects.filter(closed_at=None).values_list("kind", flat=True))

    assert "dwelling" not in kinds(stay.at - days(0.001))
    assert "dwelling" in kinds(stay.at)


def test_what_is_out_for_delivery_stays_there_and_is_not_called_silent(experienced: Brand) -> None:
    parcel = learn_of(experienced, NOW, placed(), shipped(NOW), scanned(State.OUT_FOR_DELIVERY, NOW))
    seen = seen_at(experienced, parcel, NOW)
    assert seen is not None
    assert [turn.what for turn in seen.turns if turn.quiet] == ["It counts as held up in one place"]


def test_a_day_that_has_passed_is_missed_for_certain_and_nothing_is_said_of_what_has_arrived(
    experienced: Brand,
) -> None:
    parcel = learn_of(
        experienced, NOW, placed(), promised(date(2026, 3, 11)), shipped(NOW), scanned(State.IN_TRANSIT, NOW)
    )
    seen = seen_at(experienced, parcel, NOW + days(3))
    assert seen is not None and seen.chance == 1.0
    parcel = learn_of(experienced, NOW + days(3), scanned(State.DELIVERED, NOW + days(3)))
    done = seen_at(experienced, parcel, NOW + days(3))
    assert done is not None and done.chance is None and done.turns == []


@pytest.mark.django_db
def test_a_story_holds_its_own_parcel_and_none_of_the_others(brand: Brand) -> None:
    order = ordered(brand, "1", BERLIN, placed=at("3-1 12:00"))
    mine = sent(order, left=at("3-2 12:00"), scans=[(at("3-2 12:00"), "accepted"), (at("3-4 08:00"), "in_transit")])
    other = sent(order, left=at("3-2 12:00"), scans=[(at("3-3 12:00"), "lost")])
    told_date(order, march(6))
    told_date(order, march(20), parcel=other)
    Concern.objects.create(brand=brand, order_id=order.id, subject_id=other.id, kind="lost", opened_at=NOW)

    story = of_parcel(known(brand, Order.objects.get()), mine)
    assert [scan.state for scan in story.scans] == ["in_transit", "accepted"]
    assert story.concerns == [] and [promise.latest for promise in story.promises] == [march(6)]

    zone = destination_zone("DE", "", "")
    axis = Axis.of(story, NOW, zone)
    assert axis.words(0.0) == "Sun 1 March, 00:00" and axis.words(1.0) == "Wed 11 March, 00:00"
    picture = drawn(story, now=NOW, zone=zone)
    assert "In transit, Columbus" in picture and "Lost" not in picture
    assert "<td>Fri 6 March, 00:00</td><td>Sat 7 March, 00:00</td>" in picture

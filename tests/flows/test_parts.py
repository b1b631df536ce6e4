"""An order that leaves in parts: what stays behind, and when that is believed to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.test import Client

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import Line, State
from aftercart.outbox.models import OutgoingBody
from aftercart.people.links import tracking_url
from aftercart.promises.models import Forecast, Promise
from aftercart.watch.models import Concern, Watch
from tests.flows.test_repromise import experienced
from tests.flows.test_watch import open_kinds, wait
from tests.flows.test_worries import MOVING, hear, speaking
from tests.telling import CHICAGO, days, placed, promised, scanned, shipped
from tests.world import NOW

__all__ = ["experienced", "speaking"]


def test_what_is_left_of_an_order_in_no_parcel_is_not_forgotten(speaking: Brand) -> None:
    lines = (Line(external_id="1-a", title="Bowl", quantity=2), Line(external_id="1-b", title="Vase", quantity=1))
    gift = Line(external_id="1-c", title="Gift card", quantity=1, ships=False)
    hear(speaking, NOW, placed(lines=(*lines, gift)), shipped(NOW), scanned(MOVING, NOW))
    hear(speaking, NOW + days(2), scanned(State.DELIVERED, NOW + days(2), place=CHICAGO))
    wait(NOW + days(5))
    assert open_kinds() == set()
    wait(NOW + days(6.1))
    (concern,) = Concern.objects.filter(closed_at=None)
    assert (concern.kind, concern.subject_id) == ("left_behind", concern.order_id)
    assert "The rest is still in our warehouse" in OutgoingBody.objects.get().text

    rest = shipped(NOW + days(7), number="1Z2", fulfilment_id="1-g", lines=(("1-b", 1),))
    hear(speaking, NOW + days(7), rest)
    assert open_kinds() == set()


def test_the_rest_of_an_order_is_believed_as_if_it_had_been_placed_when_the_last_part_was_packed(
    experienced: Brand, client: Client
) -> None:
    lines = (Line(external_id="1-a", title="Bowl", quantity=2), Line(external_id="1-b", title="Vase", quantity=1))
    hear(experienced, NOW, placed(lines=lines))
    as_placed = Forecast.objects.get()
    hear(experienced, NOW, promised(as_placed.latest))
    packed, arrived = NOW + days(3), NOW + days(5)
    hear(experienced, packed, shipped(packed))
    hear(experienced, arrived, scanned(State.DELIVERED, arrived, place=CHICAGO))

    rest = Forecast.objects.get()
    assert rest.id == rest.order_id and rest.latest >= as_placed.latest + days(3)
    set_clock(experienced, arrived, rate=0)
    page = client.get(f"{tracking_url(experienced, rest.order_id)}?lang=en").content.decode()
    assert "The rest of your order" in page and "Parcel 1 of 2" in page

    # All that is believed of the rest comes after the day told for the whole: the page names its own, which stands.
    told = Promise.objects.order_by("told_at").last()
    assert told is not None and told.surface == "page" and told.latest == rest.latest
    assert f"{told.latest:%A, %B}\N{NO-BREAK SPACE}{told.latest.day}" in page
    late = datetime.combine(as_placed.latest, time(12), UTC) + days(1)
    wait(late)
    set_clock(experienced, late, rate=0)
    assert Forecast.objects.get().renewed_latest is None
    page = client.get(f"{tracking_url(experienced, rest.order_id)}?lang=en").content.decode()
    assert f"{told.latest:%A, %B}\N{NO-BREAK SPACE}{told.latest.day}" in page

    sent = shipped(late, number="1Z2", fulfilment_id="1-g", lines=(("1-b", 1),))
    hear(experienced, late, sent)
    assert not Forecast.objects.filter(id=rest.order_id).exists()


def test_an_order_that_left_whole_has_no_rest(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), shipped(NOW), scanned(State.DELIVERED, NOW + days(2), place=CHICAGO))
    wait(NOW + days(20))
    assert not Concern.objects.exists() and Watch.objects.get().look_at is None


def test_a_parcel_far_behind_its_sibling_is_told_of(speaking: Brand) -> None:
    hear(speaking, NOW, placed(), promised(date(2026, 4, 20)), shipped(NOW, lines=(("1-a", 1),)))
    hear(
        speaking, NOW, shipped(NOW, number="1Z2", fulfilment_id="1-g", lines=(("1-a", 1),)), scanned(MOVING, NOW, "1Z2")
    )
    hear(speaking, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), place=CHICAGO))
    for day in range(2, 6):
        hear(speaking, NOW + days(day), scanned(MOVING, NOW + days(day), "1Z2", city=f"Hub {day}"))
    wait(NOW + days(6.1))
    assert open_kinds() == {"left_behind"}

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import Fact, State
from aftercart.orders import services as orders
from aftercart.people import services as people
from aftercart.promises import services as promises
from aftercart.promises.calendars import Calendar, calendar_days
from aftercart.promises.lanes import Lane
from aftercart.promises.learning import Span, pace_of
from aftercart.promises.models import Learned
from aftercart.promises.rules import window
from aftercart.watch.jobs import learn_all
from aftercart.watch.learning import learn
from aftercart.watch.models import Watch
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

LANE = Lane(carrier="ups", service="", origin="US-OH", destination="US-IL")


def history(brand: Brand, *, count: int = 60, transit: int = 3) -> None:
    """An order a day that leaves after one day and arrives `transit` days later, told to take a week."""
    facts: list[Fact] = []
    for n in range(count):
        at, key = NOW - days(count + 10 - n), str(n)
        number = f"1Z{n}"
        facts += [placed(at, key), promised((at + days(7)).date(), at, key), shipped(at + days(1), key, number)]
        facts += [scanned(State.IN_TRANSIT, at + days(1.1), number)]
        facts += [scanned(State.DELIVERED, at + days(1 + transit), number, city="Chicago")]
    people.record(brand.id, facts)
    orders.record(brand.id, facts)
    promises.record(brand.id, facts)


def test_a_brand_learns_its_own_speed_from_its_own_orders(brand: Brand) -> None:
    history(brand)
    before = promises.taught(brand.id)
    learn(brand, NOW)

    tables = promises.taught(brand.id)
    today = NOW.date()
    learned = window(tables.order, lane=LANE, start=today, today=today)
    assert not before.knows_speed and tables.knows_speed
    assert date(2026, 3, 13) <= learned.earliest <= learned.latest <= date(2026, 3, 15)
    assert set(Learned.objects.values_list("stage", flat=True)) == {"order", "transit", "silence", "late", "arrivals"}


def test_what_is_learned_today_was_known_yesterday(brand: Brand) -> None:
    history(brand)
    cut = NOW - days(20)
    learn(brand, cut)
    then = Learned.objects.get(stage=Learned.ORDER).table

    assert str(then["day"]) < cut.date().isoformat()


def test_each_new_day_is_learned_once_and_has_every_order_looked_at(brand: Brand) -> None:
    history(brand)
    set_clock(brand, NOW)
    Watch.objects.create(brand=brand, look_at=NOW + days(30))

    assert (learn_all(), learn_all()) == (1, 0)
    assert Watch.objects.filter(look_at__lte=NOW + days(1)).count() == 1


def test_what_was_given_up_does_not_make_the_rest_look_slow() -> None:
    began = date(2026, 1, 5)
    arrived = [Span(lane=LANE, began=began + days(n), ended=began + days(n + 3)) for n in range(50)]
    lost = [Span(lane=LANE, began=began + days(n)) for n in range(50)]
    given_up = [Span(lane=LANE, began=began + days(n), given_up=began + days(n + 4)) for n in range(50)]
    until, today = began + days(60), date(2026, 3, 10)

    def latest(spans: list[Span]) -> date:
        pace = pace_of(spans, until=until, calendar=Calendar())
        return window(pace, lane=LANE, start=today, today=today).latest

    assert latest(arrived + given_up) < latest(arrived + lost)


moments = st.datetimes(min_value=datetime(2026, 3, 10), max_value=datetime(2026, 4, 20), timezones=st.just(UTC))


@given(moments, st.floats(min_value=0.1, max_value=12))
def test_business_days_are_counted_as_the_calendar_counts_them(since: datetime, count: float) -> None:
    calendar, zone = Calendar(), ZoneInfo("America/Chicago")
    end = calendar.after(since, count, zone)

    assert abs(calendar_days(calendar, since, end, zone) - count) < 0.06, "an hour, where clocks change"

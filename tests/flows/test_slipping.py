"""A customer hears of each new date once: by the notice of the worry that moved it, else by a notice of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach import terms
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.rules import Plan
from aftercart.outreach.models import Decision
from aftercart.outreach.slipping import RENEWS
from aftercart.promises.models import Promise
from aftercart.watch.models import Concern
from tests.flows.speaking_world import reach
from tests.flows.test_outreach import MORNING, said, silent
from tests.flows.test_repromise import experienced  # noqa: F401
from tests.flows.test_watch import MOVING, wait
from tests.telling import days, estimated, placed, promised, scanned, shipped
from tests.world import NOW, juniper

HOUR = timedelta(hours=1)


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


def named(at: int = -1) -> str:
    return list(OutgoingBody.objects.order_by("id").values_list("text", flat=True))[at]


@pytest.fixture
def stalled(speaking: Brand) -> Brand:
    """Its customer was told that it stands still, and still comes by 20 April."""
    reach(speaking, NOW, *silent(), estimated(date(2026, 4, 20)))
    wait(MORNING)
    assert said() == ["stalled"] and "by Monday 20 April" in named()
    return speaking


def test_each_new_date_within_one_worry_is_told_once(stalled: Brand) -> None:
    reach(stalled, MORNING + days(1), estimated(date(2026, 4, 24), MORNING + days(1)))
    assert said() == ["stalled"], "one date after the other is told with some days between"
    wait(MORNING + days(3))
    assert said() == ["stalled", "slipped"]
    assert "We told you Monday 20 April." in named() and "now expect it on Friday 24 April" in named()

    for hours in (1, 30, 45):
        reach(stalled, MORNING + days(3) + hours * HOUR, estimated(date(2026, 4, 24), MORNING + days(3)))
        wait(MORNING + days(3) + hours * HOUR)
    assert said() == ["stalled", "slipped"], "it is the same date"


def test_dates_that_follow_each_other_are_told_some_days_apart_or_the_day_before(speaking: Brand) -> None:
    at = NOW - HOUR
    reach(speaking, at, placed(at), promised(date(2026, 3, 20), at), shipped(at), scanned(MOVING, at))
    for day, latest in enumerate((22, 24, 26, 28)):
        at = NOW + days(day)
        reach(speaking, at, scanned(MOVING, at, city=f"Town {day}"), estimated(date(2026, 3, latest), at))
        wait(at)
    ledger = Promise.objects.order_by("told_at").values_list("surface", "latest", "told_at__day")
    assert list(ledger) == [
        ("checkout", date(2026, 3, 20), 10),
        ("notice:slipped", date(2026, 3, 22), 10),
        ("notice:slipped", date(2026, 3, 28), 13),
    ]


def test_an_earlier_date_or_a_small_step_is_no_news(stalled: Brand) -> None:
    reach(stalled, MORNING + days(1), estimated(date(2026, 4, 18), MORNING + days(1)))
    wait(MORNING + days(3))
    assert said() == ["stalled"]


def test_without_a_doubt_the_date_stands(speaking: Brand) -> None:
    reach(speaking, NOW, placed(), promised(date(2026, 4, 20)), shipped(NOW), scanned(MOVING, NOW))
    reach(speaking, NOW + days(1), estimated(date(2026, 4, 22), NOW + days(1)))
    assert said() == ["slipped"], "all of the carrier's window comes after the date"
    assert not Concern.objects.exists()


@pytest.mark.parametrize("state", [State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP, State.RETURNING, State.LOST])
def test_where_a_date_is_no_answer_none_is_told(stalled: Brand, state: State) -> None:
    at = MORNING + days(1)
    reach(stalled, at, estimated(date(2026, 4, 24), at), scanned(state, at))
    assert "slipped" not in said()


def test_what_waits_for_the_morning_is_told_by_the_date_of_the_morning(stalled: Brand) -> None:
    terms.publish(stalled, at=NOW, by="Noor", quiet_mail=True)
    night = MORNING + days(3) + 16 * HOUR
    reach(stalled, night, estimated(date(2026, 4, 24), night))
    assert said() == ["stalled"] and Decision.objects.get(kind="slipped").waits_until is not None
    reach(stalled, night + HOUR, estimated(date(2026, 4, 26), night + HOUR))
    wait(night + 12 * HOUR)
    assert said() == ["stalled", "slipped"] and "Sunday 26 April" in named()


def test_what_the_carrier_takes_back_meanwhile_is_not_told(stalled: Brand) -> None:
    terms.publish(stalled, at=NOW, by="Noor", quiet_mail=True)
    night = MORNING + days(3) + 16 * HOUR
    reach(stalled, night, estimated(date(2026, 4, 24), night))
    reach(stalled, night + HOUR, estimated(date(2026, 4, 20), night + HOUR))
    wait(night + 12 * HOUR)
    assert said() == ["stalled"]
    assert Decision.objects.get(kind="slipped").reason == "over before it could be said"


def test_a_worry_that_names_the_date_says_it_and_nothing_else_does(experienced: Brand) -> None:  # noqa: F811
    morning = NOW - HOUR
    reach(experienced, NOW, placed(morning), promised(date(2026, 3, 12), morning), shipped(NOW), scanned(MOVING, NOW))
    assert [row.kind for row in Decision.objects.all()] == ["late"]
    for n in range(1, 30):
        wait(NOW + n * 6 * HOUR)
    surfaces = list(Promise.objects.order_by("told_at").values_list("surface", flat=True))
    assert surfaces[1] == "notice:late" and len(surfaces) == len(set(Promise.objects.values_list("latest", flat=True)))


def test_whoever_is_held_out_of_late_hears_no_new_date_under_another_name(stalled: Brand) -> None:
    experiments.start(stalled, Plan(name="all", kinds=("late",), share=0.5), at=NOW, by="Noor")
    from aftercart.outreach.experiments.models import Experiment

    for key in range(50):
        Experiment.objects.update(key=str(key))
        arms = experiments.arms(stalled, [Outgoing.objects.get().customer_id], "late", NOW)
        if all(arm.held_out for arm in arms.values()):
            break
    reach(stalled, MORNING + days(3), estimated(date(2026, 4, 24), MORNING + days(3)))
    assert said() == ["stalled"] and Decision.objects.get(kind="slipped").held_out


steps = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 30), st.sampled_from(["estimate", "look", "scan", "silence"])),
    min_size=2, max_size=9,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.booleans())
def test_no_change_is_told_twice_whatever_happens(db: None, steps: list[tuple[int, int, str]], quiet: bool) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        brand = juniper()
        brand.speaks_since = NOW
        brand.save()
        terms.publish(brand, at=NOW, by="Noor", quiet_mail=quiet, per_day=3, per_week=9)
        reach(brand, NOW, placed(), promised(date(2026, 3, 16)), shipped(NOW), scanned(MOVING, NOW))
        _live(brand, NOW, steps)
        _holds()
        transaction.savepoint_rollback(point)


def _live(brand: Brand, at: datetime, steps: list[tuple[int, int, str]]) -> None:
    for hours, later, what in steps:
        at += hours * HOUR
        if what == "estimate":
            reach(brand, at, estimated(date(2026, 3, 14) + days(later), at))
        elif what == "scan":
            reach(brand, at, scanned(MOVING, at, city=f"Town {later}"))
        elif what == "silence":
            at += days(3)
        wait(at)


def _holds() -> None:
    """Each date that a notice named was another than the one before and later, and only one notice named it."""
    told = list(Promise.objects.order_by("told_at", "id").values_list("latest", flat=True))
    assert told == sorted(set(told))
    by_instant = list(Outgoing.objects.filter(kind__in=RENEWS).values_list("created_at", flat=True))
    renewed = list(Promise.objects.filter(surface__startswith="notice:").values_list("told_at", flat=True))
    assert len(renewed) == len(set(renewed)) and set(renewed) <= set(by_instant)
    slips = list(Decision.objects.filter(kind="slipped", spoken=True).values_list("at", flat=True))
    assert len(slips) == len(set(slips)) and set(slips) <= set(renewed)
    others = Decision.objects.filter(kind__in=["late", "missed"], spoken=True, at__in=slips)
    assert not others.exists(), "one change, two notices"

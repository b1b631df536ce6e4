"""What the desk says, sentence by sentence. No database."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.desk.bars import bar
from aftercart.desk.rules import KEPT, News, clock, guard, runs
from aftercart.desk.verdicts import Standing, expected, headline, verdict

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TUESDAY = date(2026, 3, 10)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class One:
    slim: bool
    n: int


@given(st.lists(st.booleans()))
def test_no_entry_is_lost_or_moved_by_folding(slims: list[bool]) -> None:
    entries = [One(slim, n) for n, slim in enumerate(slims)]
    assert [one for run in runs(entries) for one in (*run.folded, *run.shown)] == entries


@given(st.lists(st.booleans()))
def test_messages_are_always_in_sight_and_never_more_than_three_events_in_a_row(slims: list[bool]) -> None:
    found = runs([One(slim, n) for n, slim in enumerate(slims)])
    assert all(one.slim for run in found for one in run.folded)
    assert all(len(run.shown) <= KEPT + 1 for run in found)
    assert all(len(run.folded) != 1 for run in found), "one line is not worth a click"


@pytest.mark.parametrize(
    ("state", "waits", "said", "tone"),
    [
        ("open", timedelta(minutes=12), "waits 12 min", "none"),
        ("open", timedelta(hours=5), "waits 5 h", "watch"),
        ("open", timedelta(hours=30), "waits 30 h", "late"),
        ("waiting", timedelta(hours=30), "3 h ago", "none"),
        ("open", None, "3 h ago", "none"),
    ],
)
def test_the_clock_is_of_the_customers_wait(state: str, waits: timedelta | None, said: str, tone: str) -> None:
    assert clock(state, NOW - waits if waits else None, NOW - timedelta(hours=3), NOW) == (said, tone)


def test_what_came_meanwhile_is_said_and_ones_own_doings_are_not() -> None:
    news = [
        News("The customer", "wrote", NOW - timedelta(seconds=20)),
        News("Ana", "resolved it", NOW - timedelta(seconds=30)),
        News("Ben", "answered", NOW - timedelta(hours=1)),
        News("The parcel", "was scanned: delivered", NOW - timedelta(seconds=2)),
    ]
    said = guard(news, NOW - timedelta(minutes=5), NOW, by="Ana")
    assert said == ["The customer wrote 20 s ago.", "The parcel was scanned: delivered just now."]


LATE = Standing(
    order="1042", concern="stalled", evidence={"limit_business_days": 2}, state="in_transit", place="Leipzig",
    promised=TUESDAY, earliest=TUESDAY + DAY, latest=TUESDAY + 2 * DAY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("standing", "tone", "words"),
    [
        (LATE, "watch", "Not moving in Leipzig: up to 2 days after its promise"),
        (replace(LATE, concern="lost"), "late", "Lost"),
        (Standing(order="1", cancelled=True, concern="stalled"), "none", "Cancelled"),
        (Standing(order="1", delivered=TUESDAY, promised=TUESDAY), "done", "Delivered Tue 10 March"),
        (Standing(order="1", delivered=TUESDAY + DAY, promised=TUESDAY), "watch", "Delivered Wed 11 March"),
        (
            Standing(order="1", state="in_transit", place="Newark", latest=TUESDAY, promised=TUESDAY),
            "good",
            "On time: on its way in Newark",
        ),
        (Standing(order="1", state="in_transit", latest=TUESDAY, promised=TUESDAY), "good", "On time: on its way"),
        (
            Standing(order="1", state="in_transit", latest=TUESDAY + DAY, promised=TUESDAY), "watch",
            "Late: up to 1 day after its promise",
        ),
        (Standing(order="1"), "none", "Not shipped yet"),
    ],
)  # fmt: skip
def test_the_verdict_comes_in_words(standing: Standing, tone: str, words: str) -> None:
    assert (verdict(standing).tone, verdict(standing).words) == (tone, words)


def test_no_day_is_believed_of_what_is_lost_or_has_arrived() -> None:
    assert expected(LATE) == "Wed 11 – Thu 12 March 2026"
    assert not any(map(expected, [replace(LATE, concern="lost"), replace(LATE, delivered=TUESDAY)]))


def test_a_ticket_is_called_after_its_problem_and_promise() -> None:
    assert headline("other", "HELP", LATE) == ("Not moving in Leipzig", "order 1042, promised Tue 10 March")
    assert headline("billing_payment", "Charged twice", None) == ("Payment", "Charged twice")
    assert headline("", "Hello", None) == ("Hello", "")
    assert headline("", "", None) == ("A question", "")
    assert headline("returns_exchanges", "x", Standing(order="7"))[1] == "order 7, nothing promised"


days = st.dates(date(2026, 1, 1), date(2026, 6, 1))


@given(days, days, st.none() | days, st.none() | days, st.none() | days, st.none() | days)
def test_the_bar_stays_within_its_width(
    placed: date, now: date, handed: date | None, promised: date | None, latest: date | None, delivered: date | None
) -> None:
    drawn = bar(placed=placed, now=now, handed=handed, promised=promised, latest=latest, delivered=delivered)
    xs = [float(one) for one in re.findall(r'(?:c?x[12]?)="(-?[\d.]+)"', drawn)]
    assert xs and all(0 <= x <= 340 for x in xs)

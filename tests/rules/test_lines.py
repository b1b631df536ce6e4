"""How long a line in trouble is left alone, and how fast one may be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aftercart.outbox.rules import LONGEST_PAUSE, MINUTE, PATIENCE, SLACK, opened_for, permit

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_line_is_left_alone_after_three_failures_and_longer_after_each_trial() -> None:
    assert [opened_for(failures, None) for failures in range(PATIENCE)] == [None] * PATIENCE
    pauses = [opened_for(failures, None) for failures in range(PATIENCE, PATIENCE + 8)]
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_line_that_says_for_how_long_gets_as_long_as_it_says_within_reason() -> None:
    assert opened_for(0, timedelta(seconds=90)) == timedelta(seconds=90)
    assert opened_for(9, timedelta(0)) == timedelta(seconds=1)
    assert opened_for(0, timedelta(days=30)) == timedelta(days=1)


@given(
    st.integers(1, 400),
    st.lists(st.timedeltas(timedelta(0), timedelta(seconds=20)), max_size=300),
)
def test_in_no_minute_do_more_messages_leave_than_the_line_may_take(per_minute: int, waits: list[timedelta]) -> None:
    free_at, at = None, NOW
    left: list[datetime] = []
    for wait in waits:
        at += wait
        while len(left) < 3_000 and (taken := permit(free_at, at, per_minute)) is not None:
            free_at = taken
            left.append(at)
    for first in left:
        assert sum(first <= one < first + MINUTE for one in left) <= per_minute


@given(st.integers(1, 600))
def test_a_line_that_is_free_again_takes_one_at_once(per_minute: int) -> None:
    assert permit(NOW + SLACK, NOW, per_minute) is not None
    assert permit(None, NOW, per_minute) is not None
    assert permit(NOW + SLACK + timedelta(microseconds=1), NOW, per_minute) is None

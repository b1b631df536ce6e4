from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Nature
from aftercart.outbox.looping import DAY, HOUR, Terms, silent_because, terms_from

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


@pytest.mark.parametrize(
    ("nature", "answered", "reason"),
    [
        (Nature.PERSON, ago(), ""),
        (Nature.PERSON, ago(1, 2), ""),
        (Nature.PERSON, ago(1, 2, 59), "3 automatic answers went to this address within an hour"),
        (Nature.PERSON, ago(1, 2, 60), ""),
        (Nature.PERSON, ago(100, 200, 300, 400, 500), "5 automatic answers went to this address within a day"),
        (Nature.PERSON, ago(100, 200, 300, 400, 1440), ""),
        (Nature.AUTO_REPLY, ago(), "it was not written by a person (auto_reply)"),
        (Nature.BOUNCE, ago(), "it was not written by a person (bounce)"),
        (Nature.LIST, ago(), "it was not written by a person (list)"),
    ],
)
def test_who_is_answered_by_a_machine(nature: Nature, answered: list[datetime], reason: str) -> None:
    assert silent_because(nature, answered, NOW, Terms()).startswith(reason)
    assert bool(silent_because(nature, answered, NOW, Terms())) == bool(reason)


def most_within(times: list[datetime], span: timedelta) -> int:
    return max((sum(at <= one < at + span for one in times) for at in times), default=0)


moments = st.lists(st.timedeltas(timedelta(0), timedelta(days=4)).map(lambda after: NOW + after), max_size=120)
terms = st.builds(Terms, an_hour=st.integers(0, 6), a_day=st.integers(0, 9))


@given(moments, terms)
def test_in_no_hour_and_no_day_are_there_more_in_whatever_order_they_are_looked_at(
    asked: list[datetime], terms: Terms
) -> None:
    answered: list[datetime] = []
    for at in asked:
        if not silent_because(Nature.PERSON, answered, at, terms):
            answered.append(at)
    assert most_within(answered, HOUR) <= terms.an_hour and most_within(answered, DAY) <= terms.a_day


@given(st.lists(st.floats(0.001, 3000), min_size=1, max_size=300), terms)
def test_a_machine_that_answers_each_of_our_answers_falls_silent_with_us(seconds: list[float], terms: Terms) -> None:
    """It writes once, and then only when it was answered: the loop ends by itself."""
    answered: list[datetime] = []
    at, wrote = NOW, True
    for after in seconds:
        if not wrote:
            break
        at += timedelta(seconds=after)
        wrote = not silent_because(Nature.PERSON, answered, at, terms)
        answered += [at] if wrote else []
    assert most_within(answered, HOUR) <= terms.an_hour and most_within(answered, DAY) <= terms.a_day


@given(st.lists(st.integers(481, 3000), max_size=40))
def test_a_person_who_writes_now_and_then_is_always_answered(minutes: list[int]) -> None:
    answered: list[datetime] = []
    at = NOW
    for after in minutes:
        at += timedelta(minutes=after)
        assert silent_because(Nature.PERSON, answered, at, Terms()) == ""
        answered.append(at)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"an_hour": -1}, "an_hour: -1 is no"),
        ({"a_day": True}, "a_day: True is no"),
        ({"a_week": 3}, "a_week: is none"),
    ],
)
def test_terms_that_cannot_be_are_one_clear_message(body: dict[str, object], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        terms_from(body)
    assert terms_from({"an_hour": 0}) == Terms(an_hour=0)

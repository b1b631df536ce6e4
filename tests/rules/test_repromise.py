"""New dates come in steps, where the old one is doubted, and none that we believe less than the brand asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.pace import Pace
from aftercart.promises.repromise import USUAL, Terms, believable, renewed, to_say
from aftercart.promises.rules import Window, window

TODAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PROMISED = TODAY + timedelta(days=4)


def believe(days: int, confidence: float | None = 0.93) -> Window:
    """We believe that it arrives by `days` after the promised day."""
    latest = PROMISED + timedelta(days=days)
    return Window(
        earliest=latest - timedelta(days=2),
        latest=latest,
        likely=latest,
        basis="lane",
        version=1,
        confidence=confidence,
    )


# days believed after the promised day, confidence, doubted, days until today, changed days ago → days of the new date
CASES: list[tuple[str, int, float | None, bool, int, float | None, int | None]] = [
    ("nothing worries", 2, 0.93, False, 0, None, None),
    ("even the first day that we believe in is too late", 3, 0.93, False, 0, None, 3),
    ("it will be late", 3, 0.93, True, 0, None, 3),
    ("one day is rounded up, so that a second change is rarely needed", 1, 0.93, True, 0, None, 2),
    ("it will be in time all the same", 0, 0.93, True, 0, None, None),
    ("earlier is no reason", -2, 0.93, True, 0, None, None),
    ("we do not believe it enough", 3, 0.89, True, 0, None, None),
    ("the carrier says so", 3, None, True, 0, None, 3),
    ("changed this morning", 3, 0.93, True, 0, 0.2, None),
    ("changed the day before yesterday", 3, 0.93, True, 0, 2.0, 3),
    ("its day has passed", 6, 0.93, False, 5, 0.2, 6),
    ("its day has passed, and it comes today", 1, 0.93, False, 5, None, 1),
    ("its day has passed, and we do not know", 6, 0.5, True, 5, None, None),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_when_a_date_gives_way_and_to_which(
    case: tuple[str, int, float | None, bool, int, float | None, int | None],
) -> None:
    _, days, confidence, doubted, later, changed, wanted = case
    now = NOON + timedelta(days=later)
    found = renewed(
        believe(days, confidence),
        told=PROMISED,
        changed_at=None if changed is None else now - timedelta(days=changed),
        doubted=doubted,
        today=now.date(),
        now=now,
    )
    assert (found and (found.latest - PROMISED).days) == wanted


def test_a_message_names_the_new_date_or_the_one_that_stands_and_never_one_that_has_passed() -> None:
    late = believe(3)
    assert to_say(late, told=PROMISED, earliest=None, today=TODAY, renewal=late) == late
    stands = to_say(believe(-1), told=PROMISED, earliest=None, today=TODAY, renewal=None)
    assert stands is not None and stands.latest == PROMISED and stands.earliest <= PROMISED
    assert to_say(late, told=PROMISED, earliest=None, today=PROMISED + timedelta(days=1), renewal=None) is None


@pytest.mark.parametrize(
    ("field_", "value"),
    [("confidence", 0.3), ("miss", 0.99), ("least_days", 0), ("cutoff_minute", 1440), ("apart", timedelta(days=30))],
)
def test_odd_terms_are_refused_by_name(field_: str, value: object) -> None:
    with pytest.raises(ValueError, match=field_.removesuffix("_minute")):
        Terms(**{field_: value})  # type: ignore[arg-type]


@dataclass
class Story:
    """A promise over some days: what is believed each day (in days after the promise) and whether it is doubted."""

    terms: Terms = USUAL
    told: date = PROMISED
    changed_at: datetime | None = None
    dates: list[date] = field(default_factory=list)

    def play(self, days: Sequence[tuple[int, bool]], *, hours: int = 24) -> list[date]:
        now = NOON
        for believed, doubted in days:
            new = renewed(
                believe(believed),
                told=self.told,
                changed_at=self.changed_at,
                doubted=doubted,
                today=now.date(),
                now=now,
                terms=self.terms,
            )
            if new is not None:
                assert new.confidence is None or new.confidence >= self.terms.confidence
                self.told, self.changed_at = new.latest, now
                self.dates.append(new.latest)
            now += timedelta(hours=hours)
        return self.dates


BELIEFS = st.lists(st.tuples(st.integers(-3, 12), st.booleans()), max_size=30)


@given(BELIEFS, st.integers(1, 4), st.sampled_from([1, 6, 24]))
def test_dates_only_move_away_and_by_steps_until_their_day_has_passed(
    days: list[tuple[int, bool]], least: int, hours: int
) -> None:
    dates = [PROMISED, *Story(Terms(least_days=least)).play(days, hours=hours)]
    for before, after in pairwise(dates):
        passed = before < NOON.date() + timedelta(hours=hours * len(days))
        assert after > before and ((after - before).days >= least or passed)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=4).map(sorted), st.booleans())
def test_beliefs_that_grow_make_no_more_new_dates_than_meaningful_changes(grow: list[int], doubted: bool) -> None:
    dates = Story().play([(days, doubted) for days in grow], hours=25 if len(grow) < 4 else 1)
    assert len(dates) <= max(grow) // USUAL.least_days + 1


@given(st.lists(st.sampled_from([-1, 0, 1]), max_size=60))
def test_noise_of_a_day_never_changes_a_date_that_nothing_doubts(noise: list[int]) -> None:
    assert Story().play([(days, False) for days in noise], hours=1) == []


@given(st.integers(1, 8), st.lists(st.sampled_from([-1, 0, 1]), max_size=60))
def test_noise_of_a_day_around_a_late_arrival_changes_the_date_at_most_twice(late: int, noise: list[int]) -> None:
    """Once for the delay, once more if the first belief was at the lower edge of the noise."""
    dates = Story().play([(late + days, True) for days in noise], hours=1)
    assert len(dates) <= 2


@given(st.floats(0.5, 0.99), st.integers(0, 20))
def test_what_we_tell_is_believed_at_least_as_much_as_the_brand_asks(confidence: float, age: int) -> None:
    start = TODAY - timedelta(days=age)
    found = window(Pace(), start=start, today=TODAY, shares=(1 - confidence, confidence))
    assert found.confidence is not None and found.confidence >= confidence
    assert believable(found, Terms(confidence=confidence))

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Attention, State
from aftercart.look import formats
from aftercart.selfservice import advice, labels, sentences
from aftercart.selfservice.road import Mark, Passed, Stage, road
from aftercart.selfservice.rules import (
    Answer,
    Kind,
    Standing,
    Tone,
    Why,
    Window,
    answer,
    foremost,
    is_news,
    shown_window,
)
from aftercart.selfservice.sentences import Particulars
from aftercart.selfservice.services import masked
from aftercart.watch.rules import KINDS

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


def _day(day: int) -> date:
    return date(2026, 11, day)


def _one(day: int) -> Window:
    return Window(None, _day(day))


PROMISED = (_one(26),)

# state, reason or attention, concerns, told, believed → kind, tone, why, last day shown
TABLE: list[tuple[Standing, Kind, Tone, Why, int | None]] = [
    (Standing(state=None, told=PROMISED), Kind.ARRIVING, Tone.GOOD, Why.PACKING, 26),
    (Standing(state=None), Kind.PACKING, Tone.GOOD, Why.PACKING, None),
    (
        Standing(state=None, told=PROMISED, concerns=frozenset({"not_shipped"})),
        Kind.ARRIVING,
        Tone.WATCH,
        Why.PACKING_SLOW,
        26,
    ),
    (Standing(state=State.LABEL_CREATED, told=PROMISED), Kind.ARRIVING, Tone.GOOD, Why.READY, 26),
    (
        Standing(state=State.LABEL_CREATED, told=PROMISED, concerns=frozenset({"no_first_scan"})),
        Kind.ARRIVING,
        Tone.WATCH,
        Why.UNSCANNED,
        26,
    ),
    (Standing(state=State.IN_TRANSIT, told=PROMISED), Kind.ARRIVING, Tone.GOOD, Why.MOVING, 26),
    (Standing(state=State.IN_TRANSIT, told=(_one(24),)), Kind.TODAY, Tone.GOOD, Why.MOVING, 24),
    (Standing(state=State.IN_TRANSIT, believed=_one(27)), Kind.ARRIVING, Tone.GOOD, Why.MOVING, 27),
    (Standing(state=State.IN_TRANSIT), Kind.UNDATED, Tone.GOOD, Why.MOVING, None),
    # We believe another day, but nothing worries and the day has not passed: what was told stands.
    (Standing(state=State.IN_TRANSIT, told=PROMISED, believed=_one(28)), Kind.ARRIVING, Tone.GOOD, Why.MOVING, 26),
    (
        Standing(state=State.IN_TRANSIT, told=PROMISED, believed=_one(28), concerns=frozenset({"late"})),
        Kind.LATE,
        Tone.LATE,
        Why.MOVING,
        28,
    ),
    (Standing(state=State.IN_TRANSIT, told=(_one(26), _one(28))), Kind.LATE, Tone.LATE, Why.MOVING, 28),
    # It may yet come by the day that we named first: not late, but watched.
    (
        Standing(state=State.IN_TRANSIT, told=(_one(26), Window(_day(25), _day(30)))),
        Kind.ARRIVING,
        Tone.WATCH,
        Why.MOVING,
        30,
    ),
    # Earlier than first promised is not late.
    (Standing(state=State.IN_TRANSIT, told=(_one(28), _one(26))), Kind.ARRIVING, Tone.GOOD, Why.MOVING, 26),
    (Standing(state=State.IN_TRANSIT, told=(_one(20),)), Kind.OVERDUE, Tone.LATE, Why.MOVING, 20),
    (Standing(state=State.IN_TRANSIT, told=(_one(20),), believed=_one(27)), Kind.LATE, Tone.LATE, Why.MOVING, 27),
    (
        Standing(state=State.IN_TRANSIT, told=PROMISED, concerns=frozenset({"stalled"})),
        Kind.ARRIVING,
        Tone.WATCH,
        Why.STALLED,
        26,
    ),
    (Standing(state=State.IN_CUSTOMS, told=PROMISED), Kind.ARRIVING, Tone.GOOD, Why.CUSTOMS, 26),
    (Standing(state=State.DELAYED, told=PROMISED), Kind.ARRIVING, Tone.WATCH, Why.DELAYED, 26),
    (Standing(state=State.HELD, told=PROMISED), Kind.ARRIVING, Tone.WATCH, Why.HELD, 26),
    (Standing(state=State.HELD, attention=Attention.ACTION), Kind.ASKED, Tone.ACT, Why.ASKED, None),
    (Standing(state=State.IN_CUSTOMS, attention=Attention.ACTION), Kind.ASKED, Tone.ACT, Why.ASKED, None),
    (
        Standing(state=State.OUT_FOR_DELIVERY, day_of_state=TODAY, told=PROMISED),
        Kind.TODAY,
        Tone.GOOD,
        Why.COURIER_OUT,
        26,
    ),
    # It went out yesterday and did not come back: that is no "today".
    (
        Standing(state=State.OUT_FOR_DELIVERY, day_of_state=_day(23), told=PROMISED),
        Kind.ARRIVING,
        Tone.GOOD,
        Why.COURIER_OUT,
        26,
    ),
    (Standing(state=State.ATTEMPT_FAILED), Kind.ATTEMPTED, Tone.ACT, Why.ATTEMPTED, None),
    (Standing(state=State.AVAILABLE_FOR_PICKUP), Kind.COLLECT, Tone.ACT, Why.COLLECT, None),
    (Standing(state=State.DELIVERED, told=(_one(20),)), Kind.DELIVERED, Tone.DONE, Why.DELIVERED, 20),
    (Standing(state=State.RETURNING), Kind.RETURNING, Tone.LATE, Why.RETURNING, None),
    (Standing(state=State.RETURNED), Kind.RETURNED, Tone.DONE, Why.RETURNED, None),
    (Standing(state=State.LOST), Kind.LOST, Tone.LATE, Why.LOST_SAID, None),
    (
        Standing(state=State.IN_TRANSIT, told=PROMISED, concerns=frozenset({"lost"})),
        Kind.LOST,
        Tone.LATE,
        Why.LOST_SILENT,
        None,
    ),
    (Standing(state=State.HELD, attention=Attention.ACTION, given=True), Kind.ANSWERED, Tone.WATCH, Why.ASKED, None),
    (Standing(state=State.DAMAGED), Kind.DAMAGED, Tone.LATE, Why.DAMAGED, None),
    (Standing(state=State.FAILED), Kind.FAILED, Tone.LATE, Why.FAILED, None),
    (Standing(state=State.CANCELLED), Kind.CANCELLED, Tone.DONE, Why.CANCELLED, None),
    (Standing(state=None, cancelled=True, told=PROMISED), Kind.CANCELLED, Tone.DONE, Why.CANCELLED, None),
]


@pytest.mark.parametrize(("standing", "kind", "tone", "why", "last"), TABLE)
def test_each_standing_has_one_answer(standing: Standing, kind: Kind, tone: Tone, why: Why, last: int | None) -> None:
    said = answer(standing, today=TODAY)
    shown = said.window.latest.day if said.window else None
    assert (said.kind, said.tone, said.why, shown) == (kind, tone, why, last)


days = st.integers(-20, 20).map(lambda n: TODAY + timedelta(days=n))
windows = st.builds(
    lambda last, width: Window(last - timedelta(days=width) if width else None, last), days, st.integers(0, 6)
)
standings = st.builds(
    Standing,
    state=st.sampled_from([None, *State]),
    attention=st.sampled_from(Attention),
    day_of_state=st.none() | days,
    concerns=st.frozensets(st.sampled_from(KINDS)),
    told=st.lists(windows, max_size=3).map(tuple),
    believed=st.none() | windows,
    cancelled=st.booleans(),
)


@given(standings)
def test_no_arrival_is_ever_promised_for_a_day_that_has_passed(standing: Standing) -> None:
    said = answer(standing, today=TODAY)
    if said.kind in (Kind.ARRIVING, Kind.LATE):
        assert said.window is not None and said.window.latest >= TODAY
        first = TODAY if standing.state else TODAY + timedelta(days=1)  # what is still being packed cannot come today
        assert said.window.earliest is None or said.window.earliest >= min(first, said.window.latest)


@given(standings)
def test_late_is_said_exactly_where_the_day_is_later_than_the_first_one(standing: Standing) -> None:
    said = answer(standing, today=TODAY)
    if said.kind is Kind.LATE:
        assert said.days_late > 0 and said.was == standing.told[0].latest
    if said.kind is Kind.ARRIVING and standing.told:
        assert said.window is not None and said.window.latest <= standing.told[0].latest


@given(standings)
def test_a_told_day_is_left_only_for_a_later_one_that_we_have_reason_for(standing: Standing) -> None:
    window = shown_window(standing, today=TODAY)
    if standing.told and window and window.latest != standing.told[-1].latest:
        assert window.latest > standing.told[-1].latest
        assert standing.concerns or standing.told[-1].latest < TODAY


@given(st.lists(standings, min_size=1, max_size=5))
def test_an_order_answers_first_for_the_parcel_that_needs_the_customer_or_worries_most(several: list[Standing]) -> None:
    answers = [answer(standing, today=TODAY) for standing in several]
    gravity = [Tone.ACT, Tone.LATE, Tone.WATCH, Tone.GOOD, Tone.DONE]
    first = answers[foremost(answers)]
    assert gravity.index(first.tone) == min(gravity.index(a.tone) for a in answers)


def test_a_page_tells_a_day_only_where_it_is_news() -> None:
    late = Answer(kind=Kind.LATE, tone=Tone.LATE, why=Why.MOVING, window=_one(28), was=_day(26))
    assert is_news(late, [_day(26)]) and not is_news(late, [_day(26), _day(28)])
    assert is_news(late, [])
    delivered = Answer(kind=Kind.DELIVERED, tone=Tone.DONE, why=Why.DELIVERED, window=_one(28))
    assert not is_news(delivered, [])


# The road


@given(st.sampled_from([None, *State]))
def test_a_road_is_past_then_present_then_future(state: State | None) -> None:
    marks = [step.mark for step in road(state, Passed(ordered=NOW))]
    order = [Mark.PAST, Mark.PRESENT, Mark.FUTURE]
    assert marks == sorted(marks, key=order.index)
    assert marks.count(Mark.PRESENT) == (0 if state is State.DELIVERED else 1)
    assert marks[0] is Mark.PAST


@pytest.mark.parametrize("state", [State.LOST, State.RETURNING, State.RETURNED, State.DAMAGED, State.FAILED])
def test_a_road_that_does_not_end_at_the_customer_has_no_future(state: State) -> None:
    assert Mark.FUTURE not in {step.mark for step in road(state, Passed(ordered=NOW))}


def test_a_delivered_parcel_has_passed_every_milestone() -> None:
    assert [step.stage for step in road(State.DELIVERED, Passed(ordered=NOW))] == list(Stage)


# The words


def _particulars(language: str, *, place: str = "Leipzig", reason: str = "", carrier: str = "DHL") -> Particulars:
    reader = formats.reader(language, now=NOW)
    return Particulars(
        reader=reader, placed_at=NOW, carrier=carrier, place=place, destination="Bristol", reason=reason, since=NOW
    )


def _well_said(words: str) -> bool:
    return "{" not in words and "  " not in words and words == words.strip()


@pytest.mark.parametrize("language", formats.LANGUAGES)
def test_every_answer_has_a_headline_with_and_without_a_town_or_a_window(language: str) -> None:
    with override(language):
        for kind, place, window in product(Kind, ("", "Leipzig"), (None, _one(28), Window(_day(27), _day(28)))):
            if window is None and kind in (Kind.ARRIVING, Kind.LATE, Kind.OVERDUE):
                continue
            said = Answer(kind=kind, tone=Tone.GOOD, why=Why.MOVING, window=window, was=_day(26))
            about = _particulars(language, place=place)
            spoken = sentences.headline(said, about), labels.pill(said)
            assert all(spoken) and all(map(_well_said, spoken))
            assert _well_said(advice.next_step(said, about)) and _well_said(advice.can_do(said, about))


@pytest.mark.parametrize("language", formats.LANGUAGES)
def test_every_reason_can_be_said_with_and_without_a_town_or_a_carrier(language: str) -> None:
    with override(language):
        for why, place, carrier, reason in product(Why, ("", "Leipzig"), ("", "DHL"), ("", "address", "locker", "?")):
            words = sentences.why(
                Answer(kind=Kind.UNDATED, tone=Tone.GOOD, why=why),
                _particulars(language, place=place, reason=reason, carrier=carrier),
            )
            assert words and _well_said(words)


@pytest.mark.parametrize("state", State)
def test_no_state_is_shown_as_a_code(state: State) -> None:
    words, theirs = labels.scan(state, "RAW-17")
    assert not theirs and "_" not in words and "RAW-17" not in words and "transit" not in words.lower()


def test_an_unknown_scan_says_the_carriers_own_words() -> None:
    assert labels.scan(None, "HUB BACKLOG 4") == ("HUB BACKLOG 4", True)
    assert labels.scan(None, "")[1] is False


def test_a_place_is_never_left_empty_in_a_sentence() -> None:
    for why in Why:
        said = Answer(kind=Kind.UNDATED, tone=Tone.GOOD, why=why)
        words = sentences.why(said, _particulars("en", place=""))
        assert " in ." not in words and " in  " not in words and "in on" not in words


def test_a_clock_that_ends_in_a_full_stop_does_not_end_a_sentence_twice() -> None:
    reader = formats.reader("en", country="CA", now=NOW)
    said = Answer(kind=Kind.UNDATED, tone=Tone.GOOD, why=Why.MOVING)
    words = sentences.why(said, Particulars(reader=reader, placed_at=NOW, since=NOW))
    assert words.endswith("p.m.") and ".." not in words


def test_a_hostile_town_is_escaped_in_the_headline() -> None:
    said = Answer(kind=Kind.UNDATED, tone=Tone.GOOD, why=Why.MOVING)
    assert "<img" not in sentences.headline(said, _particulars("en", place="<img src=x>"))


@pytest.mark.parametrize(
    ("address", "shown"), [("alice@example.com", "a•••@example.com"), ("a@example.com", "a•••@example.com")]
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(address: str, shown: str) -> None:
    assert masked(address) == shown

"""Which messages are one problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.tickets.folding import fold
from aftercart.tickets.rules import IN, NOTE, OUT, Case, Deed, Done, Matter, Piece, Terms, Why

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPACE = UUID(int=7)
ORDER, OTHER = uuid5(SPACE, "1042"), uuid5(SPACE, "1043")
LATE, BACK = "wismo_shipping_status", "returns_exchanges"


def named(name: str) -> UUID:
    return uuid5(SPACE, name)


def piece(
    name: str, after: timedelta = timedelta(0), order: UUID | None = None, cause: str = "", **more: object
) -> Piece:
    usual = {"known_at": MONDAY + after, "keys": (named(f"key of {name}"),)}
    said = {key: value for key, value in more.items() if key != "answering"}
    answers = (named(f"key of {more['answering']}"),) if "answering" in more else ()
    return Piece(
        id=named(name),
        at=MONDAY + after,
        matter=Matter(order=order, cause=cause),
        answers=answers,
        **(usual | said),  # type: ignore[arg-type]
    )


def act(kind: Deed, about: str, after: timedelta, **more: object) -> Done:
    return Done(id=named(f"{kind} {about} {after}"), at=MONDAY + after, kind=kind, about=named(about), **more)  # type: ignore[arg-type]


def groups(cases: Sequence[Case]) -> list[list[UUID]]:
    return sorted(sorted(case.why) for case in cases)


FIRST = piece("first", order=ORDER, cause=LATE)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (piece("b", DAY, ORDER, LATE), Why.SAME_ORDER),
        (piece("b", DAY, ORDER), Why.SAME_ORDER),
        (piece("b", DAY, None, LATE), Why.SAME_CAUSE),
        (piece("b", DAY), Why.LATEST),
        (piece("b", DAY, answering="first"), Why.ANSWERS),
        (piece("b", DAY, None, BACK, answering="first"), Why.ANSWERS),
        (piece("b", DAY, pleasant=True), Why.THANKS),
        (piece("b", DAY, speaks=False, answering="first"), Why.ANSWERS),
        (piece("b", DAY, direction=OUT, answering="first"), Why.WITH_IT),
        (piece("b", DAY, direction=NOTE, answering="first"), Why.WITH_IT),
        (piece("b", DAY, OTHER, LATE), Why.FIRST),
        (piece("b", DAY, OTHER), Why.FIRST),
        (piece("b", DAY, OTHER, LATE, answering="first"), Why.FIRST),
        (piece("b", DAY, ORDER, BACK), Why.FIRST),
        (piece("b", DAY, None, BACK), Why.FIRST),
        (piece("b", 8 * DAY), Why.FIRST),
        (piece("b", DAY, speaks=False), Why.FIRST),
    ],
)
def test_where_a_second_message_goes_and_why(second: Piece, why: Why) -> None:
    cases = fold([FIRST, second], [])
    assert len(cases) == (2 if why is Why.FIRST else 1)
    assert cases[-1].why[second.id] is why


def test_thanks_does_not_open_again_and_is_no_contact() -> None:
    resolved = act(Deed.RESOLVE, "first", DAY)
    (case,) = fold([FIRST, piece("thanks", 2 * DAY, pleasant=True)], [resolved])
    assert case.resolved_at == MONDAY + DAY and case.contacts == 1 and case.first_contact_resolution


def test_the_same_worry_again_opens_again_and_is_a_repeat() -> None:
    (case,) = fold([FIRST, piece("again", 3 * DAY, ORDER, LATE)], [act(Deed.RESOLVE, "first", DAY)])
    assert case.resolved_at is None and case.contacts == 2 and case.repeats == 1
    assert case.repeated == {named("again")} and not case.first_contact_resolution


def test_what_comes_back_after_its_time_is_a_ticket_of_its_own_that_follows() -> None:
    old, new = fold([FIRST, piece("again", 10 * DAY, ORDER, LATE)], [act(Deed.RESOLVE, "first", DAY)])
    assert new.follows is old and old.resolved_at is not None and new.resolved_at is None


def test_a_run_of_lines_is_one_contact_and_an_answer_to_our_question_is_none() -> None:
    run = [piece(f"line {n}", n * timedelta(minutes=2), ORDER, LATE) for n in range(5)]
    asked = piece("asked", HOUR, direction=OUT, answering="line 0", asks=True)
    (case,) = fold([*run, asked, piece("blue", DAY, answering="asked")], [])
    assert (case.contacts, case.repeats) == (1, 0)
    assert case.waiting_since == MONDAY + DAY


def test_what_is_opened_again_waits_for_us_as_before() -> None:
    (case,) = fold([FIRST], [act(Deed.RESOLVE, "first", HOUR), act(Deed.REOPEN, "first", 2 * HOUR)])
    assert case.resolved_at is None and case.waiting_since == MONDAY


def test_what_nobody_had_seen_is_not_resolved() -> None:
    delayed = piece("delayed", HOUR, ORDER, LATE, known_at=MONDAY + 2 * DAY)
    (case,) = fold([FIRST, delayed], [act(Deed.RESOLVE, "first", DAY)])
    assert case.resolved_at is None and case.waiting_since == MONDAY + HOUR


@pytest.mark.parametrize("slow", [timedelta(0), timedelta(minutes=5)])
def test_an_answer_follows_what_we_said_however_its_senders_clock_runs(slow: timedelta) -> None:
    ours = piece("ours", HOUR, direction=OUT, answering="first")
    theirs = piece("theirs", HOUR - slow, answering="ours")
    for pieces in ([FIRST, ours, theirs], [theirs, ours, FIRST]):
        (case,) = fold(pieces, [])
        assert case.why[theirs.id] is Why.ANSWERS
        assert case.waiting_since is not None and case.waiting_since > ours.at, "it is not answered by what it answers"


def test_split_pieces_stand_apart_and_what_follows_goes_with_its_order() -> None:
    wrong = piece("wrong", HOUR)
    cases = fold(
        [FIRST, wrong, piece("next", DAY, OTHER)],
        [act(Deed.SPLIT, "first", 2 * HOUR, pieces=(wrong.id,), matter=Matter(order=OTHER))],
    )
    assert sorted(map(sorted, ([FIRST.id], [wrong.id, named("next")]))) == groups(cases)


def test_a_label_by_hand_counts_for_what_follows() -> None:
    (case,) = fold(
        [piece("vague"), piece("next", 9 * DAY, None, BACK)],
        [act(Deed.RELABEL, "vague", HOUR, matter=Matter(cause=BACK))],
    )
    assert case.matter.cause == BACK and case.why[named("next")] is Why.SAME_CAUSE


NAMES = [f"m{n}" for n in range(8)]
pieces = st.lists(
    st.builds(
        lambda name, hours, order, cause, direction, answering, speaks, pleasant: piece(
            name, hours * HOUR, order, cause, direction=direction, speaks=speaks, pleasant=pleasant, answering=answering
        ),
        st.sampled_from(NAMES),
        st.integers(0, 24 * 30),
        st.sampled_from([None, ORDER, OTHER]),
        st.sampled_from(["", LATE, BACK]),
        st.sampled_from([IN, IN, IN, OUT, NOTE]),
        st.sampled_from(NAMES),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([False, False, True]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.id,
)
acts = st.lists(
    st.builds(
        lambda kind, about, other, hours: act(
            kind, about, hours * HOUR, other=named(other), pieces=(named(other),), matter=Matter(cause=BACK)
        ),
        st.sampled_from(list(Deed)),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(0, 24 * 30),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


def state(cases: Sequence[Case]) -> list[tuple[object, ...]]:
    return sorted(
        (
            sorted((str(k), v) for k, v in c.why.items()), c.matter.cause, str(c.matter.order), str(c.resolved_at),
            c.contacts, c.repeats, str(c.waiting_since),
        )
        for c in cases
    )  # fmt: skip


@settings(max_examples=200)
@given(pieces, acts, st.randoms(use_true_random=False))
def test_any_order_and_any_duplication_make_the_same_tickets(
    told: list[Piece], done: list[Done], chance: Random
) -> None:
    again = [*told, *chance.choices(told, k=3)]
    chance.shuffle(again)
    shuffled = chance.sample(done, k=len(done))
    assert state(fold(again, shuffled)) == state(fold(told, done))


@given(pieces, acts)
def test_each_message_is_in_exactly_one_ticket_and_repeats_are_contacts(told: list[Piece], done: list[Done]) -> None:
    cases = fold(told, done)
    assert sorted(chain.from_iterable(case.why for case in cases)) == sorted(one.id for one in told)
    for case in cases:
        assert case.repeated <= case.counted and len(case.counted) == case.contacts
        assert case.repeats <= max(0, case.contacts - 1)
        assert not (case.resolved_at and case.waiting_since)


@given(pieces, acts)
def test_a_ticket_names_no_order_that_its_messages_do_not(told: list[Piece], done: list[Done]) -> None:
    said = {one.id: one.matter for one in told}
    for case in fold(told, done):
        assert case.matter.order in {None, *(said[one].order for one in case.why)}


def test_terms_are_the_brands() -> None:
    slow = Terms(reopens=30 * DAY)
    (case,) = fold([FIRST, piece("again", 10 * DAY, ORDER, LATE)], [act(Deed.RESOLVE, "first", DAY)], slow)
    assert case.contacts == 2 and case.repeats == 0

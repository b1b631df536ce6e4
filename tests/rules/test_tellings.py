"""A message told in pieces is the same message, whatever comes first and whatever comes twice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from aftercart.facts import Call, File, MessageReceived, Nature, Person
from aftercart.facts.tellings import folded, together

AT = datetime(2026, 3, 9, 13, tzinfo=UTC)
moments = st.integers(0, 90).map(lambda minutes: AT + timedelta(minutes=minutes))
short = st.sampled_from(["", "a", "b", "ab", "abc"])
several = st.lists(short.filter(bool), max_size=2).map(tuple)
people = st.builds(Person, phone=short, name=short, email=short)
calls = st.builds(
    Call,
    seconds=st.integers(0, 60),
    outcome=st.sampled_from(["", "ringing", "in-progress", "completed", "busy", "voicemail"]),
    inbound=st.booleans(),
    recording_url=short,
    transcript=short,
)
files = st.builds(File, name=short, content=st.sampled_from([b"", b"1", b"2"]), url=short)
tellings = st.builds(
    MessageReceived, source=st.just("twilio"), message_id=st.just("CA1"), channel=st.just("voice"),
    happened_at=moments, reported_at=moments, customer=people, text=short, subject=short, order_number=short,
    category=short, html=short, quoted=short, nature=st.sampled_from(Nature), proven=st.booleans(),
    doubted=st.booleans(), public=st.booleans(), handle=short, thread=short, to=several, answers=several,
    tokens=several, files=st.lists(files, max_size=2).map(tuple), call=st.none() | calls, notes=several,
)  # fmt: skip


@given(st.lists(tellings, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_nor_what_was_added_before_makes_a_difference(
    told: list[MessageReceived], by_chance: random.Random
) -> None:
    whole = reduce(together, told)
    again = [*told, *told]
    by_chance.shuffle(again)
    assert reduce(together, again) == whole
    assert together(whole, told[-1]) == whole
    half = len(told) // 2
    assert together(reduce(together, told[:half]), reduce(together, told[half:])) == whole
    assert folded(told) == {("twilio", "CA1", ""): whole}


@given(tellings, tellings)
def test_nothing_that_was_told_is_lost_and_nothing_is_believed_that_one_of_them_doubts(
    one: MessageReceived, other: MessageReceived
) -> None:
    whole = together(one, other)
    assert whole.happened_at <= one.happened_at and len(whole.text) >= len(one.text)
    assert {*whole.notes} == {*one.notes, *other.notes}
    assert {file.content for file in whole.files} >= {file.content for file in one.files if file.content}
    assert whole.public == (one.public or other.public)
    assert not (whole.proven and whole.doubted)
    assert (whole.call is None) == (one.call is None and other.call is None)


def test_a_picture_that_was_fetched_takes_the_place_of_where_it_was() -> None:
    told = MessageReceived(
        source="twilio", message_id="MM1", channel="sms", happened_at=AT, reported_at=AT, customer=Person(), text="",
        files=(File(name="1", content=b"", url="https://x/1"), File(name="2", content=b"", url="https://x/2")),
    )  # fmt: skip
    fetched = File(name="1", content=b"JPEG", url="https://x/1")
    assert together(told, replace(told, files=(fetched,))).files == (fetched, told.files[1])


def test_messages_of_other_names_stay_apart() -> None:
    one = MessageReceived(
        source="a", message_id="1", channel="sms", happened_at=AT, reported_at=AT, customer=Person(), text="?"
    )
    assert len(folded([one, replace(one, source="b"), replace(one, message_id="2"), one])) == 3

"""One message, told in pieces: a call and then its recording, a text and then its pictures. Pure.

All tellings of a message have the same source and message id. What one of them knows is added to what others know, and
what it leaves empty takes nothing away, so the order of arrival, a telling that comes twice, and what was put together
before make no difference: `together` is associative, commutative and idempotent.
Whoever keeps messages may therefore keep the sum so far and add to it, or keep all tellings and add them up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from aftercart.facts.messages import MessageReceived
from aftercart.facts.parts import Call, File, Nature, Person

# A call that is not over yet says nothing of how it ended; of those that say it the most telling counts.
UNDERWAY = ("", "queued", "initiated", "ringing", "in-progress")
_NATURES = tuple(Nature)
Words = TypeVar("Words", str, tuple[str, ...])


def name_of(message: MessageReceived) -> tuple[str, ...]:
    """What makes it the same message."""
    return message.source, message.message_id, message.digest


def folded(tellings: Iterable[MessageReceived]) -> dict[tuple[str, ...], MessageReceived]:
    """Each message with all that was told of it, by its name."""
    found: dict[tuple[str, ...], MessageReceived] = {}
    for told in tellings:
        name = name_of(told)
        found[name] = together(found[name], told) if name in found else told
    return found


def together(one: MessageReceived, other: MessageReceived) -> MessageReceived:
    """What two tellings of the same message say. It began when the earliest says; `public` and `doubted` stick."""
    assert name_of(one) == name_of(other)
    words = {
        name: _fuller(getattr(one, name), getattr(other, name))
        for name in (
            "channel", "text", "subject", "order_number", "category", "html", "quoted", "handle", "thread",
            "to", "answers", "tokens",
        )
    }  # fmt: skip
    doubted = one.doubted or other.doubted
    return replace(
        one,
        **words,
        happened_at=min(one.happened_at, other.happened_at),
        reported_at=max(one.reported_at, other.reported_at),
        customer=_person(one.customer, other.customer),
        nature=max(one.nature, other.nature, key=_NATURES.index),
        proven=(one.proven or other.proven) and not doubted,
        doubted=doubted,
        public=one.public or other.public,
        files=_files(one.files, other.files),
        call=calls_together(one.call, other.call),
        notes=tuple(sorted({*one.notes, *other.notes})),
    )


def is_contact(message: MessageReceived) -> bool:
    """Whether it is a customer turning to us, to be counted once: no machine wrote it and we did not ring ourselves;
    of the tellings of a call the one that says how it ended."""
    call = message.call
    return message.nature is Nature.PERSON and (call is None or (call.inbound and call.outcome not in UNDERWAY))


def words(message: MessageReceived) -> str:
    """What there is to be understood of it: what was written, or else what was said on the telephone."""
    return message.text or (message.call.transcript if message.call else "")


def _fuller(one: Words, other: Words) -> Words:
    return max(one, other, key=lambda value: (len(value), value))


def _person(one: Person, other: Person) -> Person:
    names = ("external_id", "email", "phone", "name", "locale")
    return Person(**{name: _fuller(getattr(one, name), getattr(other, name)) for name in names})


def calls_together(one: Call | None, other: Call | None) -> Call | None:
    """What two tellings of the same call say."""
    if one is None or other is None:
        return one or other
    return Call(
        seconds=max(one.seconds, other.seconds),
        outcome=max(one.outcome, other.outcome, key=_how_final),
        inbound=one.inbound and other.inbound,
        recording_url=_fuller(one.recording_url, other.recording_url),
        transcript=_fuller(one.transcript, other.transcript),
    )


def _how_final(outcome: str) -> tuple[int, str]:
    return (UNDERWAY.index(outcome) if outcome in UNDERWAY else len(UNDERWAY)), outcome


def _files(one: tuple[File, ...], other: tuple[File, ...]) -> tuple[File, ...]:
    """As they were named, where both name the same; else each once, by their names. Fetched ones before unfetched."""
    if list(map(_named, one)) == list(map(_named, other)):
        return tuple(max(pair, key=_had) for pair in zip(one, other, strict=True))
    kept: dict[tuple[str, str, bytes], File] = {}
    for file in (*one, *other):
        kept[_named(file)] = max(kept.get(_named(file), file), file, key=_had)
    return tuple(kept[name] for name in sorted(kept))


def _named(file: File) -> tuple[str, str, bytes]:
    """What makes it the same file: where it is kept, or else what it is."""
    return (file.url, "", b"") if file.url else ("", file.name, file.content)


def _had(file: File) -> tuple[bytes, str]:
    return file.content, repr(file)

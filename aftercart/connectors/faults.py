"""What a carrier says where it has no scans to tell: of the number, of our credentials, of our pace, of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aftercart.connectors.contract import ASKED_FOR, PayloadError, Read
from aftercart.connectors.reading import heard_at, key, received_at
from aftercart.connectors.scans import Meaning, Parcel
from aftercart.facts import Attention, State, Unread


class Trouble(StrEnum):
    NOT_FOUND = "not_found"  # nothing is known of the number, yet or any more
    INVALID = "invalid_number"  # it is none of the carrier's numbers
    REFUSED = "refused"  # the credentials: asking again is of no use
    SLOW_DOWN = "slow_down"  # we ask too often
    REQUEST = "request"  # the carrier does not understand what we ask
    NOTE = "note"  # said beside the scans, and no reason to do anything
    BROKEN = "broken"  # its own trouble, or one that it does not explain: later


OF_THE_NUMBER = frozenset([Trouble.NOT_FOUND, Trouble.INVALID])
PERMANENT = frozenset([Trouble.REFUSED, Trouble.REQUEST])
_MEANINGS = {
    Trouble.NOT_FOUND: Meaning(State.NOT_FOUND),
    Trouble.INVALID: Meaning(State.NOT_FOUND, "invalid_number", Attention.WATCH),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One error or warning in an answer: where it stands, the carrier's own code and sentence, the number if named."""

    where: str
    code: str
    message: str
    trouble: Trouble
    number: str = ""

    @property
    def sentence(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part) or "says no reason"


class ConnectorError(PayloadError):
    """A carrier's answer that tells of no parcel. `permanent`: asking again would not help; a person should know."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.where, fault.sentence)
        self.trouble = fault.trouble
        self.permanent = fault.trouble in PERMANENT


def asked_for(headers: Mapping[str, str]) -> str:
    return key(headers.get(ASKED_FOR))


def number_of(own: object, headers: Mapping[str, str], *, alone: bool) -> object:
    """Under which number a parcel of an answer is known: an answer about one parcel is about the one asked for.

    Carriers answer to more numbers than they print: of a piece, of a notice card, of the post at the last mile.
    """
    return (asked_for(headers) if alone else "") or own


def told(faults: Sequence[Fault], source: str, carrier: str, headers: Mapping[str, str]) -> Iterator[Read]:
    """Faults of the number are a state of it; the rest is said, and is an error where there is nothing else."""
    for fault in faults:
        number = fault.number or asked_for(headers)
        if fault.trouble in OF_THE_NUMBER and number:
            parcel = Parcel(source=source, number=number, carrier=carrier, told=heard_at(headers))
            yield parcel.scanned(received_at(headers), _MEANINGS[fault.trouble], fault.code[:80], fault.message)
        else:
            yield Unread(fault.where, fault.sentence)


def answer(
    reads: Iterable[Read], faults: Sequence[Fault], source: str, carrier: str, headers: Mapping[str, str]
) -> list[Read]:
    """All that an answer says. Raises ConnectorError where it is an error and nothing else."""
    found = list(reads)
    errors = [fault for fault in faults if fault.trouble not in OF_THE_NUMBER | {Trouble.NOTE}]
    if not found and errors and len(errors) == len(faults):
        raise ConnectorError(errors[0])
    return [*found, *told(faults, source, carrier, headers)]


def worst(faults: Iterable[Fault]) -> Trouble | None:
    """What to do about an answer: the gravest of its faults decides; notes are none."""
    order = [Trouble.REFUSED, Trouble.SLOW_DOWN, Trouble.BROKEN, Trouble.REQUEST, Trouble.INVALID, Trouble.NOT_FOUND]
    return min((fault.trouble for fault in faults if fault.trouble in order), key=order.index, default=None)


def by_status(status: object, otherwise: Trouble = Trouble.BROKEN) -> Trouble:
    """What an HTTP status says that a carrier writes into its answer, as a number or as text."""
    return {
        "400": Trouble.REQUEST,
        "401": Trouble.REFUSED,
        "403": Trouble.REFUSED,
        "404": Trouble.NOT_FOUND,
        "429": Trouble.SLOW_DOWN,
    }.get(str(status).strip(), otherwise)

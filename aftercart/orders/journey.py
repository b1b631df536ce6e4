"""One parcel's way, scan by scan: which states follow which. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from aftercart.facts import Attention, State

BEFORE = frozenset({State.NOT_FOUND, State.LABEL_CREATED})
# Somebody must have held the parcel to say so.
PHYSICAL = frozenset(State) - BEFORE - {State.CANCELLED}
# … and it must have been the carrier.
POSSESSION = PHYSICAL - {State.DELAYED, State.LOST, State.FAILED}
MOVEMENT = POSSESSION - {State.HELD, State.DAMAGED}
BACK = frozenset({State.RETURNING, State.RETURNED})
TO_SENDER = re.compile(
    r"\b(?:to|by) (?:the )?(?:original )?(?:sender|shipper)\b|\bal remitente\b|\bà l.exp[ée]diteur\b"
    r"|\ban (?:den )?absender\b|\bao remetente\b|\bal mittente\b|\b(?:aan|naar) (?:de )?afzender\b|差出人",
    re.IGNORECASE,
)


# Tuples, not dataclasses: every scan of a parcel is read again whenever one is added, by the ten thousand a second.
class Scanned(NamedTuple):
    """A stored scan, as the fold needs it. `state` is None where its code is not understood, `id` is its id as text."""

    at: datetime
    id: str
    state: str | None
    code: str = ""
    source: str = ""
    carrier: str = ""
    zone: str = "explicit"
    local: str = ""
    reason: str = ""
    attention: str = Attention.NONE
    description: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class Journey(NamedTuple):
    """Where a parcel stands. `state_at` is when it came into its state, `moved_at` when it was last seen to move."""

    state: State = State.LABEL_CREATED
    reason: str = ""
    attention: str = Attention.NONE
    state_at: datetime | None = None
    handed_over_at: datetime | None = None
    first_scan_at: datetime | None = None
    last_scan_at: datetime | None = None
    moved_at: datetime | None = None
    delivered_at: datetime | None = None
    scans: int = 0
    city: str = ""
    place_country: str = ""
    estimate_version: UUID | None = None
    estimate_earliest: date | None = None
    estimate_latest: date | None = None
    carrier: str = ""  # the shop's word, else who scanned it last, else whose number it is


@dataclass(slots=True)
class Course:
    """What the scans so far add up to."""

    state: State | None = None
    reason: str = ""
    attention: str = Attention.NONE
    state_at: datetime | None = None
    held_at: datetime | None = None
    first_at: datetime | None = None
    moved_at: datetime | None = None
    delivered_at: datetime | None = None
    turned: bool = False  # on its way back
    city: str = ""
    country: str = ""

    def take(self, scan: Scanned, state: State) -> None:
        if self.first_at is None and state in PHYSICAL:
            self.first_at = scan.at
        if self.held_at is None and state in POSSESSION:
            self.held_at = scan.at
        if self._ended(state) or (state in BEFORE and self._has_left(state)):
            return
        if state in BACK:
            self.turned = True
        elif self.turned and state in MOVEMENT:
            state = State.RETURNING
        self._note(scan, state)
        if not (state is State.RETURNING and self.state is State.RETURNING and scan.state != state):
            self._become(scan, state)

    def _ended(self, state: State) -> bool:
        return self.state is State.RETURNED or (self.delivered_at is not None and not self.turned and state not in BACK)

    def _has_left(self, state: State) -> bool:
        if self.state is None:
            return False
        return state is State.NOT_FOUND or self.state not in (*BEFORE, State.CANCELLED)

    def _note(self, scan: Scanned, state: State) -> None:
        if state in MOVEMENT:
            self.moved_at = scan.at
        if scan.city or scan.country:
            self.city, self.country = scan.city, scan.country
        if state is State.DELIVERED:
            self.delivered_at = scan.at

    def _become(self, scan: Scanned, state: State) -> None:
        if state is not self.state:
            self.state, self.state_at = state, scan.at
        self.reason, self.attention = scan.reason, scan.attention


def follow(road: Sequence[Scanned], origin_country: str, origin_region: str) -> Course:
    """`road` is in order and holds each event once."""
    course = Course()
    for scan in road:
        if scan.state is None:
            continue
        state = STATES[scan.state]
        if state is State.DELIVERED and (course.turned or _went_back(scan, origin_country, origin_region)):
            state = State.RETURNED
        course.take(scan, state)
    return course


def _went_back(scan: Scanned, country: str, region: str) -> bool:
    """Delivered, but to whoever sent it, unless it was in another place than they are."""
    if not TO_SENDER.search(scan.description) and not TO_SENDER.search(scan.code):
        return False
    return _may_be(scan.country, country, 2) and _may_be(scan.region, region, 3)


def _may_be(one: str, other: str, longest: int) -> bool:
    """Places can be compared where both are codes: "CA" and "California" may be one."""
    codes = one and other and len(one) <= longest and len(other) <= longest
    return not codes or one.upper() == other.upper()


STATES = {state.value: state for state in State}

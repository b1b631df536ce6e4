"""One parcel's way, scan by scan: which states follow which. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
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
DOOR = frozenset({State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED, State.AVAILABLE_FOR_PICKUP})
HUB = frozenset({State.ACCEPTED, State.IN_TRANSIT})
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
    collect_by: str = ""  # an ISO day


class Journey(NamedTuple):
    """Where a parcel stands.

    `state_at` is when it came into its state, `here_at` when it came to its place or state, whichever was later;
    `moved_at` when it was last seen to move; `again_at` the last movement seen after it was delivered; `circles` how
    often it came back to a hub that it had left, since it last reached one that was new to it. `city` is where it was
    seen last, `state_country` and `state_region` what the scan of its state itself says: often nothing.
    """

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
    state_country: str = ""
    state_region: str = ""
    here_at: datetime | None = None
    again_at: datetime | None = None
    circles: int = 0
    collect_by: date | None = None
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
    state_place: tuple[str, str] = ("", "")
    here_at: datetime | None = None
    again_at: datetime | None = None
    collect_by: str = ""
    circles: int = 0
    place: tuple[str, str] = ("", "")
    hubs: set[tuple[str, str]] = field(default_factory=set)

    def take(self, scan: Scanned, state: State) -> None:
        if self.first_at is None and state in PHYSICAL:
            self.first_at = scan.at
        if self.held_at is None and state in POSSESSION:
            self.held_at = scan.at
        if self._ended(state):
            if state in MOVEMENT:
                self.again_at = scan.at
            return
        if state in BEFORE and self._has_left(state):
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
            place = (scan.city.casefold(), scan.country)
            if place != self.place:
                self._arrive(scan, state, place)
            self.city, self.country = scan.city, scan.country
        if state is State.DELIVERED:
            self.delivered_at = scan.at

    def _arrive(self, scan: Scanned, state: State, place: tuple[str, str]) -> None:
        self.place, self.here_at = place, scan.at
        if state in DOOR or self.turned:
            self.circles = 0
            self.hubs.clear()
        elif scan.city and state in HUB:
            self.circles = self.circles + 1 if place in self.hubs else 0
            self.hubs.add(place)

    def _become(self, scan: Scanned, state: State) -> None:
        # Later scans of a way back seldom repeat why it was turned.
        kept = self.reason if state in BACK and self.state in BACK else ""
        if state is not self.state:
            self.state, self.state_at = state, scan.at
            self.here_at, self.collect_by, self.state_place = scan.at, "", ("", "")
        if scan.country:
            self.state_place = (scan.country, scan.region)
        self.reason, self.attention = scan.reason or kept, scan.attention
        self.collect_by = scan.collect_by or self.collect_by


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

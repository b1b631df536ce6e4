"""What scans of every source have in common: their meaning in our words, and their time kept honestly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from aftercart.connectors.contract import PayloadError
from aftercart.facts import ArrivalEstimated, Attention, Clocked, ParcelScanned, Place, State, ZoneSource
from aftercart.plumbing import moments
from aftercart.plumbing.zones import zone_of

_MINUTE = timedelta(minutes=1)


class Meaning(NamedTuple):
    """A source's word in ours."""

    state: State | None
    reason: str = ""
    attention: Attention = Attention.NONE


UNKNOWN = Meaning(None)
NOWHERE = Place()

# States that a tracker reports of itself before anything was scanned.
BEFORE_SCANS = frozenset([State.NOT_FOUND, State.LABEL_CREATED])
_ENDS: frozenset[State | None] = frozenset(
    [State.DELIVERED, State.RETURNING, State.RETURNED, State.LOST, State.DAMAGED, State.FAILED, State.CANCELLED]
)

_TO_SENDER = re.compile(r"\bto\s+(?:the\s+)?(?:original\s+)?(?:sender|shipper|origin)\b", re.IGNORECASE)
_DELIVERED = re.compile(r"\bdelivered\b", re.IGNORECASE)


def brought_back(meaning: Meaning, description: str) -> Meaning:
    """'Delivered, to original sender' is a return that ended, not a delivery, under whichever word it comes."""
    if meaning.state not in (State.DELIVERED, State.RETURNING) or not _TO_SENDER.search(description):
        return meaning
    if meaning.state is State.DELIVERED or _DELIVERED.search(description):
        return Meaning(State.RETURNED, meaning.reason, Attention.WATCH)
    return meaning


def clocked(value: object, place: Place, field: str = "datetime") -> Clocked:
    """The time of a scan: with its own offset, else with the one of its place, else read as UTC and said so."""
    written = moments.read(value)
    if written is None:
        raise PayloadError(field, "is missing" if value in (None, "") else "is not a time")
    if written.tzinfo is not None:
        return _with_offset(written, ZoneSource.EXPLICIT)
    zone = zone_of(place.country, place.region, place.postal_code)
    if zone is None:
        return Clocked(instant=written.replace(tzinfo=UTC), local=written, offset_minutes=None, zone=ZoneSource.ASSUMED)
    # The hour that a clock shows twice in autumn is taken as its first pass (fold 0).
    return _with_offset(written.replace(tzinfo=zone), ZoneSource.LOCATION)


def _with_offset(at: datetime, zone: ZoneSource) -> Clocked:
    if at.tzinfo is UTC:
        return Clocked(instant=at, local=at.replace(tzinfo=None), offset_minutes=0, zone=zone)
    offset = at.utcoffset() or timedelta(0)
    return Clocked(
        instant=at.astimezone(UTC), local=at.replace(tzinfo=None), offset_minutes=offset // _MINUTE, zone=zone
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Whose scans these are, and when the source told us (None: it does not say)."""

    source: str
    number: str
    carrier: str
    told: datetime | None
    fulfilment_id: str = ""

    def scanned(
        self, when: object, said: Meaning, code: str, description: str = "", where: Place = NOWHERE, field: str = "time"
    ) -> ParcelScanned:
        at = clocked(when, where, field)
        said = brought_back(said, description)
        return ParcelScanned(
            source=self.source,
            happened_at=at.instant,
            reported_at=self.told or at.instant,
            at=at,
            state=said.state,
            code=code,
            number=self.number,
            carrier=self.carrier,
            fulfilment_id=self.fulfilment_id,
            reason=said.reason,
            attention=said.attention,
            description=description,
            place=where,
        )

    def estimated(self, earliest: date | None, latest: date, *, at: datetime) -> ArrivalEstimated:
        return ArrivalEstimated(
            source=self.source,
            happened_at=at,
            reported_at=self.told or at,
            number=self.number,
            carrier=self.carrier,
            earliest=earliest if earliest is None or earliest <= latest else None,
            latest=latest,
            fulfilment_id=self.fulfilment_id,
        )


def adds(said: Meaning, scanned: set[State | None]) -> bool:
    """Whether a tracker's own status tells what its scans do not.

    Without scans it always does. With scans only an end does: anything less would look like a movement that nobody saw.
    """
    if not scanned:
        return True
    return said.state in _ENDS and not scanned & _ENDS


def has_ended(scans: Iterable[ParcelScanned]) -> bool:
    """Whether the road is at its end by the newest scan that says where the parcel is: no estimate holds after that."""
    told = [scan for scan in scans if scan.state is not None and scan.state not in BEFORE_SCANS]
    return bool(told) and max(told, key=lambda scan: (scan.happened_at, scan.state in _ENDS)).state in _ENDS

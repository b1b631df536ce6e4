from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aftercart.connectors.aftership.words import is_known_subtag, meaning
from aftercart.connectors.contract import Read
from aftercart.connectors.reading import (
    Document,
    first_instant,
    mapping,
    needed_key,
    place,
    read_each,
    received_at,
    rows,
    text,
    word,
)
from aftercart.connectors.scans import BEFORE_SCANS, Meaning, Parcel, adds
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments

# Newest way of saying it first; each with its earliest and latest day.
_ESTIMATES = (
    ("latest_estimated_delivery", "datetime_min", "datetime_max", "datetime"),
    ("aftership_estimated_delivery_date", "estimated_delivery_date_min", "estimated_delivery_date_max",
     "estimated_delivery_date"),
    ("courier_estimated_delivery_date", "estimated_delivery_date_min", "estimated_delivery_date_max",
     "estimated_delivery_date"),
)  # fmt: skip

# A checkpoint that says none of these is a form that nobody filled in.
_SAYING = ("checkpoint_time", "message", "tag", "subtag")


def read_tracking(tracking: Document, told: datetime | None, headers: Mapping[str, str]) -> Iterator[Read]:
    told = told or first_instant(tracking.get("updated_at"), tracking.get("last_updated_at"))
    parcel = Parcel(
        source="aftership",
        number=needed_key(tracking.get("tracking_number"), "tracking_number"),
        carrier=text(tracking.get("slug"), 80),
        told=told,
    )
    states: set[State | None] = set()

    def scan(checkpoint: Any) -> Iterator[Read]:
        fact = _scan(mapping(checkpoint), parcel)
        states.add(fact.state)
        yield fact
        if fact.state is not None and not is_known_subtag(fact.code.lower()) and fact.code.lower() != _tag(checkpoint):
            yield Unread("subtag", fact.code)

    yield from read_each(_checkpoints(tracking), "checkpoints", scan)
    latest = told or received_at(headers)
    estimates = list(_estimate(tracking, parcel, latest))
    if not estimates or states:
        yield from _summary(tracking, parcel, states, latest)
    yield from estimates
    if not states and not estimates and not _tag(tracking):
        yield Unread("tag", "is missing, and there are no checkpoints")


def _checkpoints(tracking: Document) -> list[Any]:
    """All of them, or the last one where the API gives only that."""
    given = rows(tracking.get("checkpoints")) or [mapping(tracking.get("checkpoint"))]
    return [one for one in given if not isinstance(one, dict) or any(map(one.get, _SAYING))]


def _tag(thing: object) -> str:
    return word(mapping(thing).get("tag"))


def _scan(checkpoint: Document, parcel: Parcel) -> ParcelScanned:
    where = place(
        checkpoint.get("city"),
        checkpoint.get("state"),
        checkpoint.get("country_iso3") or checkpoint.get("country_region") or checkpoint.get("country_name"),
        checkpoint.get("zip") or checkpoint.get("postal_code"),
    )
    code = text(checkpoint.get("subtag"), 80) or text(checkpoint.get("tag"), 80)
    said = meaning(_tag(checkpoint), word(checkpoint.get("subtag")))
    description = text(checkpoint.get("message") or checkpoint.get("subtag_message"))
    return parcel.scanned(checkpoint.get("checkpoint_time"), said, code, description, where, field="checkpoint_time")


def _summary(tracking: Document, parcel: Parcel, states: set[State | None], latest: datetime) -> Iterator[Read]:
    """The tracking's own tag, where no checkpoint tells it."""
    subtag = word(tracking.get("subtag"))
    said = meaning(_tag(tracking), subtag)
    if said.state is State.DELIVERED and tracking.get("return_to_sender") is True:
        said = Meaning(State.RETURNED)
    if not (_tag(tracking) or subtag) or not adds(said, states):
        return
    names = ("created_at",) if said.state in BEFORE_SCANS else ("shipment_delivery_date", "last_updated_at")
    when = next((value for value in map(tracking.get, names) if moments.read(value)), latest)
    code = text(tracking.get("subtag"), 80) or text(tracking.get("tag"), 80)
    yield parcel.scanned(when, said, code, text(tracking.get("subtag_message")))


def _estimate(tracking: Document, parcel: Parcel, latest: datetime) -> Iterator[Read]:
    for name, earliest, last, exact in _ESTIMATES:
        given = mapping(tracking.get(name))
        day = moments.day(given.get(last)) or moments.day(given.get(exact))
        if day is not None:
            yield parcel.estimated(moments.day(given.get(earliest)), day, at=latest)
            return
    day = moments.day(tracking.get("expected_delivery"))
    if day is not None:
        yield parcel.estimated(None, day, at=latest)

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import (
    Document,
    document,
    first_instant,
    gathered,
    mapping,
    needed_key,
    place,
    read_each,
    received_at,
    rows,
    text,
    word,
)
from aftercart.connectors.scans import Meaning, Parcel, adds
from aftercart.connectors.shippo.words import is_known_substatus, meaning
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """A `track_updated` event, a track as the API gives it, or a list of them."""
    payload = document(body)
    if isinstance(payload, list):
        return list(read_each(payload, "body", lambda one: _track(mapping(one), headers)))
    if not isinstance(payload, dict):
        raise PayloadError("body", "is neither an event nor a track")
    if isinstance(payload.get("results"), list):
        return list(read_each(payload["results"], "results", lambda one: _track(mapping(one), headers)))
    if "tracking_number" in payload:
        return gathered(_track(payload, headers))
    return gathered(_event(payload, headers))


def _event(event: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    said, data = word(event.get("event")), mapping(event.get("data"))
    if "tracking_number" in data and ("tracking_status" in data or "tracking_history" in data):
        yield from _track(data, headers)
    elif said == "track_updated":
        raise PayloadError("data.tracking_number", "is missing")
    elif said:
        yield Unread("event", said)
    else:
        raise PayloadError("body", "is neither an event nor a track")


def _track(track: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    latest = mapping(track.get("tracking_status"))
    told = first_instant(latest.get("object_updated"), latest.get("object_created"))
    parcel = Parcel(
        source="shippo",
        number=needed_key(track.get("tracking_number"), "tracking_number"),
        carrier=text(track.get("carrier"), 80),
        told=told,
    )
    history = [item for item in map(mapping, rows(track.get("tracking_history"))) if item]
    seen: set[ParcelScanned] = set()

    def scan(status: Document) -> Iterator[Read]:
        yield from _scan(status, parcel, seen)

    yield from read_each(history, "tracking_history", scan)
    yield from _current(latest, parcel, seen, headers)
    if not seen and not latest:
        yield Unread("tracking_status", "is missing, and there is no history")
    eta = moments.day(track.get("eta"))
    if eta is not None:
        yield parcel.estimated(
            None, eta, at=told or max((fact.at.instant for fact in seen), default=received_at(headers))
        )


def _current(latest: Document, parcel: Parcel, seen: set[ParcelScanned], headers: Mapping[str, str]) -> Iterator[Read]:
    """The current status, which mostly repeats the last of the history."""
    states: set[State | None] = {fact.state for fact in seen}
    if moments.read(latest.get("status_date")):
        yield from read_each([latest], "tracking_status", lambda status: _scan(status, parcel, seen))
    elif word(latest.get("status")) and adds(_meaning(latest), states):
        undated = {**latest, "status_date": parcel.told or received_at(headers)}
        yield from _scan(undated, parcel, seen)


def _substatus(status: Document) -> Document:
    """Today an object; older API versions gave the bare code."""
    given = status.get("substatus")
    return {"code": given} if isinstance(given, str) else mapping(given)


def _meaning(status: Document) -> Meaning:
    sub = _substatus(status)
    return meaning(
        word(status.get("status")), word(sub.get("code")), action_required=sub.get("action_required") is True
    )


def _scan(status: Document, parcel: Parcel, seen: set[ParcelScanned]) -> Iterator[Read]:
    spot = mapping(status.get("location"))
    where = place(spot.get("city"), spot.get("state"), spot.get("country"), spot.get("zip"))
    sub = _substatus(status)
    said, shade = word(status.get("status")), word(sub.get("code"))
    code = f"{said}/{shade}" if shade else said
    description = text(status.get("status_details")) or text(sub.get("text"))
    fact = parcel.scanned(status.get("status_date"), _meaning(status), code, description, where, field="status_date")
    if fact in seen:
        return
    seen.add(fact)
    yield fact
    if fact.state is not None and not is_known_substatus(shade):
        yield Unread("substatus.code", code)

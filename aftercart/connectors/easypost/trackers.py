from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.easypost.words import is_known_detail, meaning
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
from aftercart.connectors.scans import BEFORE_SCANS, Meaning, Parcel, adds
from aftercart.facts import Attention, ParcelScanned, State, Unread
from aftercart.plumbing import moments


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """An event about a tracker, a tracker as the API gives it, or a list of them."""
    payload = document(body)
    if isinstance(payload, list):
        return list(read_each(payload, "body", lambda one: _tracker(mapping(one), None, headers)))
    if not isinstance(payload, dict):
        raise PayloadError("body", "is neither an event nor a tracker")
    if "trackers" in payload:
        return list(read_each(rows(payload["trackers"]), "trackers", lambda one: _tracker(mapping(one), None, headers)))
    if "tracking_code" in payload:
        return gathered(_tracker(payload, None, headers))
    if isinstance(payload.get("tracker"), dict):
        return gathered(_tracker(payload["tracker"], None, headers))
    return gathered(_event(payload, headers))


def _event(event: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    result = mapping(event.get("result"))
    said = text(event.get("description"), 80)
    if "tracking_code" in result or result.get("object") == "Tracker" or said.startswith("tracker."):
        told = first_instant(event.get("created_at"), event.get("updated_at"))
        yield from _tracker(result, told, headers)
    elif said or event.get("object"):
        yield Unread("description", said or text(event.get("object"), 80))
    else:
        raise PayloadError("body", "is neither an event nor a tracker")


def _tracker(tracker: Document, told: datetime | None, headers: Mapping[str, str]) -> Iterator[Read]:
    told = told or first_instant(tracker.get("updated_at"), tracker.get("created_at"))
    parcel = Parcel(
        source="easypost",
        number=needed_key(tracker.get("tracking_code"), "tracking_code"),
        carrier=text(tracker.get("carrier"), 80),
        told=told,
    )
    states: set[State | None] = set()

    def scan(detail: Any) -> Iterator[Read]:
        fact = _scan(mapping(detail), parcel)
        states.add(fact.state)
        yield fact
        if fact.state is not None and not is_known_detail(word(detail.get("status_detail"))):
            yield Unread("status_detail", fact.code)

    yield from read_each(rows(tracker.get("tracking_details")), "tracking_details", scan)
    if not states and not tracker.get("status"):
        yield Unread("status", "is missing, and there are no scans")
    latest = told or received_at(headers)
    yield from _summary(tracker, parcel, states, latest)
    yield from _estimate(tracker, parcel, latest)


def _scan(detail: Document, parcel: Parcel) -> ParcelScanned:
    spot = mapping(detail.get("tracking_location"))
    where = place(spot.get("city"), spot.get("state"), spot.get("country"), spot.get("zip"))
    status, shade = word(detail.get("status")), word(detail.get("status_detail"))
    description = text(detail.get("description") or detail.get("message"))
    said = _at_customs(meaning(status, shade), description)
    return parcel.scanned(detail.get("datetime"), said, _code(status, shade), description, where, field="datetime")


def _code(status: str, shade: str) -> str:
    return f"{status}/{shade}" if shade else status


def _at_customs(said: Meaning, description: str) -> Meaning:
    """EasyPost has one word for 'held'; only the carrier's sentence tells whether customs holds it."""
    if said.state is State.HELD and not said.reason and "customs" in description.lower():
        return Meaning(State.IN_CUSTOMS, "customs", Attention.WATCH)
    return said


def _summary(tracker: Document, parcel: Parcel, states: set[State | None], latest: datetime) -> Iterator[Read]:
    """The tracker's own status, where no scan tells it: it has no scans yet, or ended without a last one."""
    status, shade = word(tracker.get("status")), word(tracker.get("status_detail"))
    said = meaning(status, shade)
    if not status or not adds(said, states):
        return
    # Before the first scan nothing has happened but that the tracker was made: it must not look like movement.
    order = ("created_at", "updated_at") if said.state in BEFORE_SCANS else ("updated_at", "created_at")
    moment = first_instant(*(tracker.get(name) for name in order)) or latest
    yield parcel.scanned(moment, said, _code(status, shade))


def _estimate(tracker: Document, parcel: Parcel, latest: datetime) -> Iterator[Read]:
    local = mapping(tracker.get("carrier_detail")).get("est_delivery_date_local")
    day = moments.day(local) or moments.day(tracker.get("est_delivery_date"))
    if day is not None:
        yield parcel.estimated(None, day, at=latest)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

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
)
from aftercart.connectors.scans import Parcel, adds
from aftercart.connectors.seventeentrack.words import is_known, meaning
from aftercart.facts import ParcelScanned, State, Unread
from aftercart.plumbing import moments


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """A push ({"event", "data"}), what `gettrackinfo` answers ({"data": {"accepted", "rejected"}}), or one tracking."""
    payload = document(body)
    if not isinstance(payload, dict):
        raise PayloadError("body", "is neither a push nor an answer of the API")
    data = payload.get("data", payload)
    if isinstance(data, list):
        return list(read_each(data, "data", lambda one: _tracking(mapping(one), headers)))
    data = mapping(data)
    if "number" in data:
        return gathered(_push(payload, data, headers))
    if "accepted" in data or "rejected" in data:
        accepted = read_each(rows(data.get("accepted")), "data.accepted", lambda one: _tracking(mapping(one), headers))
        return [*accepted, *map(_rejected, rows(data.get("rejected")))]
    if "event" in payload:
        raise PayloadError("data.number", "is missing")
    raise PayloadError("body", "is neither a push nor an answer of the API")


def _push(payload: Document, data: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    if data.get("track_info") or payload.get("event") in ("TRACKING_UPDATED", None):
        yield from _tracking(data, headers)
    else:  # e.g. TRACKING_STOPPED: 17TRACK looks no more
        yield Unread("event", text(payload.get("event"), 80))


def _rejected(entry: object) -> Unread:
    error = mapping(mapping(entry).get("error"))
    return Unread("data.rejected", text(error.get("message")) or text(error.get("code")) or "says no reason")


def _tracking(data: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    info = mapping(data.get("track_info"))
    number = needed_key(data.get("number"), "data.number")
    providers = [mapping(one) for one in rows(mapping(info.get("tracking")).get("providers"))]
    told = max(filter(None, (first_instant(one.get("latest_sync_time")) for one in providers)), default=None)
    latest, current = mapping(info.get("latest_event")), _code(mapping(info.get("latest_status")))
    states: set[State | None] = set()
    main = next((one for one in providers if mapping(one.get("provider")).get("key") == data.get("carrier")), None)
    carrier = _carrier(main or mapping(next(iter(providers), None)))
    parcel = Parcel(source="17track", number=number, carrier=carrier, told=told)

    def scan(event: Any, carrier: str) -> Iterator[Read]:
        event = mapping(event)
        of = replace(parcel, carrier=carrier)
        fact = _scan(event, of, current if _same_event(event, latest) else "")
        states.add(fact.state)
        yield fact
        if fact.state is not None and not is_known(fact.code):
            yield Unread("sub_status", fact.code)

    for position, one in enumerate(providers):
        where = f"providers[{position}].events"
        yield from read_each(rows(one.get("events")), where, partial(scan, carrier=_carrier(one)))
    if latest and not states:
        yield from read_each([latest], "latest_event", partial(scan, carrier=carrier))
    yield from _summary(current, latest, parcel, states, headers)
    yield from _estimate(info, parcel, headers)


def _carrier(provider: Document) -> str:
    """Its name: `data.carrier` is only a number of 17TRACK's."""
    return text(mapping(provider.get("provider")).get("name"), 80)


def _code(said: Document) -> str:
    return text(said.get("sub_status"), 80) or text(said.get("stage"), 80) or text(said.get("status"), 80)


def _same_event(event: Document, latest: Document) -> bool:
    return bool(event) and all(event.get(name) == latest.get(name) for name in ("time_iso", "description"))


def _scan(event: Document, parcel: Parcel, current: str) -> ParcelScanned:
    """An event of which only the time is known to be the latest gets the tracking's own status."""
    address = mapping(event.get("address"))
    where = place(
        address.get("city") or event.get("location"),
        address.get("state"),
        address.get("country"),
        address.get("postal_code"),
    )
    raw = mapping(event.get("time_raw"))
    local = " ".join(filter(None, (text(raw.get("date")), text(raw.get("time")))))
    times = (event.get("time_iso"), event.get("time_utc"), local)
    when = next((value for value in times if moments.read(value)), event.get("time_iso"))
    code = _code(event) or current
    return parcel.scanned(when, meaning(code), code, text(event.get("description")), where, field="time_iso")


def _summary(
    current: str, latest: Document, parcel: Parcel, states: set[State | None], headers: Mapping[str, str]
) -> Iterator[Read]:
    said = meaning(current)
    if not current:
        if not states:
            yield Unread("latest_status", "is missing, and there are no events")
    elif adds(said, states):
        written = (latest.get("time_iso"), latest.get("time_utc"))
        when = next((value for value in written if moments.read(value)), None) or parcel.told or received_at(headers)
        yield parcel.scanned(when, said, current, text(latest.get("description")))


def _estimate(info: Document, parcel: Parcel, headers: Mapping[str, str]) -> Iterator[Read]:
    given = mapping(mapping(info.get("time_metrics")).get("estimated_delivery_date"))
    latest = moments.day(given.get("to")) or moments.day(given.get("from"))
    if latest is not None:
        at = parcel.told or received_at(headers)
        yield parcel.estimated(moments.day(given.get("from")), latest, at=at)

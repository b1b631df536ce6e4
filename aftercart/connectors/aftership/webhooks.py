from __future__ import annotations

from collections.abc import Iterator, Mapping

from aftercart.connectors.aftership.trackings import read_tracking
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import (
    Document,
    document,
    first_instant,
    gathered,
    key,
    mapping,
    needed_key,
    read_each,
    received_at,
    rows,
    text,
    word,
)
from aftercart.facts import ReturnChanged, Unread


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """A webhook of Tracking or Returns, or what the Tracking API answers: one tracking, several, a last checkpoint."""
    payload = document(body)
    if isinstance(payload, list):
        return list(read_each(payload, "body", lambda one: read_tracking(mapping(one), None, headers)))
    if not isinstance(payload, dict):
        raise PayloadError("body", "is neither a webhook nor an answer of the API")
    if "msg" in payload:
        told = first_instant(payload.get("ts"))
        return gathered(read_tracking(mapping(payload["msg"]), told, headers))
    if "tracking_number" in payload:
        return gathered(read_tracking(payload, None, headers))
    if word(payload.get("event")).startswith("return"):
        return gathered(_return(payload, headers))
    return gathered(_answer(payload, headers))


def _answer(payload: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    data = mapping(payload.get("data")) or payload
    if "trackings" in data:
        trackings = rows(data["trackings"])
        yield from read_each(trackings, "trackings", lambda one: read_tracking(mapping(one), None, headers))
    elif "tracking" in data:
        yield from read_tracking(mapping(data["tracking"]), None, headers)
    elif "tracking_number" in data:
        yield from read_tracking(data, None, headers)
    elif payload.get("event"):
        yield Unread("event", text(payload.get("event"), 80))
    elif "data" in payload or "meta" in payload:
        yield Unread("data", text(", ".join(sorted(data)), 200) or "is empty")
    else:
        raise PayloadError("body", "is neither a webhook nor an answer of the API")


def _return(payload: Document, headers: Mapping[str, str]) -> Iterator[Read]:
    data = mapping(payload.get("data"))
    order = mapping(data.get("order"))
    at = first_instant(payload.get("created_at"), data.get("updated_at"), data.get("created_at")) or received_at(
        headers
    )
    yield ReturnChanged(
        source="aftership",
        happened_at=at,
        reported_at=at,
        return_id=needed_key(data.get("id"), "data.id"),
        step=word(payload.get("event")).partition(".")[2] or word(data.get("approval_status")) or "changed",
        order_id=key(order.get("external_id")) or key(order.get("id")),
        name=text(data.get("rma_number"), 60),
    )

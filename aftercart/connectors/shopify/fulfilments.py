from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import Document, first_instant, key, mapping, pieces, place, rows, text, word
from aftercart.connectors.scans import UNKNOWN, Meaning, Parcel
from aftercart.connectors.shopify.telling import SOURCE, Telling, address_place, external_id, needed_id
from aftercart.facts import Attention, ParcelsShipped, State, Unread
from aftercart.plumbing import moments

_WATCH, _ACTION = Attention.WATCH, Attention.ACTION

SCANS = {
    "label_purchased": Meaning(State.LABEL_CREATED),
    "label_printed": Meaning(State.LABEL_CREATED),
    "confirmed": Meaning(State.LABEL_CREATED),
    "submitted": Meaning(State.LABEL_CREATED),
    "carrier_picked_up": Meaning(State.ACCEPTED),
    "in_transit": Meaning(State.IN_TRANSIT),
    "out_for_delivery": Meaning(State.OUT_FOR_DELIVERY),
    "attempted_delivery": Meaning(State.ATTEMPT_FAILED, "", _WATCH),
    "ready_for_pickup": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "ready_for_recipient_pickup": Meaning(State.AVAILABLE_FOR_PICKUP, "", _ACTION),
    "picked_up": Meaning(State.DELIVERED, "picked_up"),
    "delayed": Meaning(State.DELAYED, "carrier", _WATCH),
    "delivered": Meaning(State.DELIVERED),
    "failure": Meaning(State.FAILED, "", _WATCH),
    "buyer_action_required": Meaning(State.HELD, "", _ACTION),
    "returning_to_sender": Meaning(State.RETURNING, "", _WATCH),
}

_UNDONE = frozenset(["cancelled", "error", "failure"])


def read_fulfilment(fulfilment: Document, told: Telling, order_id: str = "") -> Iterator[Read]:
    shipped = _shipped(fulfilment, told, order_id)
    yield shipped
    # A fulfilment tells no time of its carrier's progress, so that would look like a fresh scan at each change. Only an
    # arrival is taken: a parcel that Shopify knows to have arrived must never be worried about.
    if word(fulfilment.get("shipment_status")) == "delivered" and not shipped.cancelled:
        at = told.time(fulfilment.get("updated_at"), fulfilment.get("created_at"))
        parcel = _parcel(shipped.fulfilment_id, shipped.reported_at)
        yield parcel.scanned(at, SCANS["delivered"], "delivered")


def _parcel(fulfilment_id: str, reported: datetime) -> Parcel:
    return Parcel(source=SOURCE, number="", carrier="", told=reported, fulfilment_id=fulfilment_id)


def _shipped(fulfilment: Document, told: Telling, order_id: str) -> ParcelsShipped:
    created = told.moment(fulfilment.get("created_at"), fulfilment.get("updated_at"))
    as_of = first_instant(fulfilment.get("updated_at")) or created
    of_order = key(fulfilment.get("order_id")) or order_id
    if not of_order:
        raise PayloadError("order_id", "is missing")
    return ParcelsShipped(
        source=SOURCE,
        happened_at=created,
        reported_at=told.triggered or as_of,
        fulfilment_id=needed_id(fulfilment),
        order_id=of_order,
        as_of=as_of,
        carrier=text(fulfilment.get("tracking_company"), 80),
        numbers=_numbers(fulfilment),
        lines=tuple(_lines(fulfilment)),
        ship_from=address_place(fulfilment.get("origin_address")),
        cancelled=word(fulfilment.get("status")) in _UNDONE,
    )


def _numbers(fulfilment: Document) -> tuple[str, ...]:
    listed = [key(number) for number in rows(fulfilment.get("tracking_numbers"))]
    listed = listed or [key(fulfilment.get("tracking_number"))]
    return tuple(dict.fromkeys(filter(None, listed)))


def _lines(fulfilment: Document) -> Iterator[tuple[str, int]]:
    for item in map(mapping, rows(fulfilment.get("line_items"))):
        quantity = pieces(item.get("quantity"))
        if external_id(item) and quantity:
            yield external_id(item), quantity


def read_event(event: Document, told: Telling) -> Iterator[Read]:
    """A scan of a fulfilment's parcel; Shopify knows no number here."""
    fulfilment_id = key(event.get("fulfillment_id"))
    if not fulfilment_id:
        raise PayloadError("fulfillment_id", "is missing")
    at = told.time(event.get("happened_at"), event.get("created_at"), event.get("updated_at"))
    where = place(event.get("city"), event.get("province"), event.get("country"), event.get("zip"))
    reported = told.moment(told.triggered, event.get("updated_at"), event.get("created_at"), at)
    parcel = _parcel(fulfilment_id, reported)
    status = word(event.get("status"))
    if told.action == "delete":  # facts are never taken back: this one is kept and changes nothing
        yield parcel.scanned(at, UNKNOWN, f"{status} deleted", text(event.get("message")), where)
        yield Unread("topic", "fulfillment_events/delete")
        return
    yield parcel.scanned(at, SCANS.get(status, UNKNOWN), status, text(event.get("message")), where)
    latest = moments.day(event.get("estimated_delivery_at"))
    if latest is not None:
        yield parcel.estimated(None, latest, at=reported)

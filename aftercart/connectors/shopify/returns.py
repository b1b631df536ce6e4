"""Returns, their parcels and what became of the goods. These bodies name no time: the headers' is taken."""

from __future__ import annotations

from collections.abc import Iterator

from aftercart.connectors.contract import Read
from aftercart.connectors.reading import Document, key, mapping, pieces, read_each, rows, text, word
from aftercart.connectors.shopify.telling import SOURCE, Telling, external_id, needed_id
from aftercart.facts import ReturnChanged, ReturnReceived, ReturnShipped, Unread


def read_return(body: Document, told: Telling, order_id: str = "") -> Iterator[Read]:
    inner = mapping(body.get("return"))
    at = told.moment(body.get("updated_at"), body.get("created_at"))
    yield ReturnChanged(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        return_id=external_id(body) or needed_id(inner),
        step=told.action or word(body.get("status")) or "update",  # only an update names no status
        order_id=external_id(mapping(body.get("order"))) or key(body.get("order_id")) or order_id,
        name=text(body.get("name"), 60),
        lines=tuple(_lines(body)),
    )


def _lines(body: Document) -> Iterator[tuple[str, int, str]]:
    """A change of a return names its own lines only; those are not ours to match, so they are left out."""
    for item in map(mapping, rows(body.get("return_line_items"))):
        shipped = mapping(item.get("fulfillment_line_item"))
        ordered = external_id(mapping(shipped.get("line_item"))) or key(item.get("line_item_id"))
        line_id = ordered or external_id(shipped)
        if line_id:
            yield line_id, pieces(item.get("quantity")), text(item.get("return_reason"), 80)


def read_return_parcel(body: Document, told: Telling) -> Iterator[Read]:
    """A label or number for the parcel that brings goods back. A label alone has an empty number."""
    deliverable = mapping(body.get("shipping_deliverable")) or mapping(body.get("deliverable"))
    tracking = mapping(deliverable.get("tracking"))
    at = told.moment(mapping(deliverable.get("label")).get("created_at"))
    yield ReturnShipped(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        return_id=needed_id(mapping(body.get("return")), "return.id"),
        number=key(tracking.get("tracking_number") or tracking.get("number")),
        carrier=text(tracking.get("carrier_name") or tracking.get("company"), 80),
    )


def read_disposition(body: Document, told: Telling) -> Iterator[Read]:
    """What was done with each piece. Where no return is named, its id is the reverse fulfilment order's full one."""
    return_id = external_id(mapping(body.get("return")))
    return_id = return_id or f"gid://shopify/ReverseFulfillmentOrder/{needed_id(body)}"

    def received(item: Document) -> Iterator[Read]:
        line = mapping(item.get("reverse_fulfillment_order_line_item"))
        at = told.moment(item.get("created_at"))
        yield ReturnReceived(
            source=SOURCE,
            happened_at=at,
            reported_at=told.triggered or at,
            return_id=return_id,
            disposition=word(item.get("type")),
            quantity=pieces(item.get("quantity")),
            line_id=external_id(line),
        )

    dispositions = [mapping(item) for item in rows(body.get("dispositions"))]
    if not dispositions:
        yield Unread("dispositions", "are missing")
    yield from read_each(dispositions, "dispositions", received)

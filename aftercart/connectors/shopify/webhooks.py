from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import Document, document, gathered, read_each
from aftercart.connectors.shopify.catalogue import read_customer, read_product, read_stock, read_variant
from aftercart.connectors.shopify.delivery import topic
from aftercart.connectors.shopify.fulfilments import read_event, read_fulfilment
from aftercart.connectors.shopify.orders import read_deletion, read_edit, read_order
from aftercart.connectors.shopify.refunds import read_refund, read_transaction
from aftercart.connectors.shopify.returns import read_disposition, read_return, read_return_parcel
from aftercart.connectors.shopify.shapes import kind_of, unwrapped
from aftercart.connectors.shopify.telling import Telling
from aftercart.facts import Unread

Reader = Callable[[Document, Telling], Iterator[Read]]

_BY_KIND: dict[str, Reader] = {
    "orders": read_order,
    "order_edits": read_edit,
    "fulfillments": read_fulfilment,
    "fulfillment_events": read_event,
    "refunds": read_refund,
    "returns": read_return,
    "reverse_deliveries": read_return_parcel,
    "reverse_fulfillment_orders": read_disposition,
    "order_transactions": read_transaction,
    "products": read_product,
    "variants": read_variant,
    "inventory_levels": read_stock,
    "customers": read_customer,
}

# Topics whose bodies are not what their kind's others are.
_BY_TOPIC: dict[str, Reader] = {"orders/delete": read_deletion, "orders/edited": read_edit}

# Topics of a kind that we read, which hold nothing of it; and why.
_UNREAD = {
    "orders/risk_assessment_changed": "tells a risk of payment, and mostly not whose",
    "orders/shopify_protect_eligibility_changed": "tells an insurance of Shopify's own",
    "customers/data_request": "is for a person to answer",
    "customers/delete": "is for a person to decide",
    "customers/merge": "tells a job, and not which customer remains",
    "customers/purchasing_summary": "tells sums that we keep ourselves",
    "customers/redact": "is for a person to answer",
}


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """A webhook's body, or what the REST API answers (wrapped, in lists or bare)."""
    said = topic(body, headers)
    wrapper, things = unwrapped(document(body))
    told = Telling.of(said, headers)
    if len(things) == 1:
        return gathered(_read(things[0], said, wrapper, told))
    return list(read_each(things, wrapper or "body", lambda thing: _read(thing, said, wrapper, told)))


def _read(thing: object, said: str, wrapper: str, told: Telling) -> Iterator[Read]:
    if not isinstance(thing, dict):
        raise PayloadError("body", "is not an object")
    kind = said.partition("/")[0] or wrapper or kind_of(thing)
    if not kind:
        raise PayloadError("x-shopify-topic", "is missing, and the body does not show what it is")
    reader = _BY_TOPIC.get(said) or _BY_KIND.get(kind)
    if said in _UNREAD:
        yield Unread("topic", f"{said} {_UNREAD[said]}")
    elif reader is None:
        yield Unread("topic", said or kind)
    else:
        yield from reader(thing, told)

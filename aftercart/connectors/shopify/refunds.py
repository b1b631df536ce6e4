from __future__ import annotations

from collections.abc import Iterator

from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.reading import Document, key, mapping, pieces, rows, text, word
from aftercart.connectors.shopify.telling import SOURCE, Telling, needed_id, paid
from aftercart.facts import Money, PaymentPosted, RefundIssued


def read_refund(refund: Document, told: Telling, order_id: str = "") -> Iterator[Read]:
    of_order = key(refund.get("order_id")) or order_id
    if not of_order:
        raise PayloadError("order_id", "is missing")
    at = told.moment(refund.get("processed_at"), refund.get("created_at"))
    yield RefundIssued(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        refund_id=needed_id(refund),
        order_id=of_order,
        amount=_amount(refund),
        lines=tuple(_lines(refund)),
        note=text(refund.get("note")),
        method=_method(refund),
    )


def _amount(refund: Document) -> Money | None:
    """What went back by way of payment; None where nothing did (yet), or in more than one currency."""
    sums: dict[str, int] = {}
    for transaction in _paid_back(refund):
        amount = paid(transaction, "amount", transaction.get("currency"))
        if amount is not None:
            sums[amount.currency] = sums.get(amount.currency, 0) + amount.amount
    if len(sums) != 1:
        return None
    ((currency, total),) = sums.items()
    return Money(amount=total, currency=currency)


def _method(refund: Document) -> str:
    """The gateway by which it went back; '' where that is not said, or there was more than one."""
    gateways = {text(transaction.get("gateway"), 60) for transaction in _paid_back(refund)}
    return gateways.pop() if len(gateways) == 1 else ""


def _paid_back(refund: Document) -> Iterator[Document]:
    for transaction in map(mapping, rows(refund.get("transactions"))):
        if word(transaction.get("kind")) == "refund" and word(transaction.get("status")) == "success":
            yield transaction


def _lines(refund: Document) -> Iterator[tuple[str, int]]:
    for item in map(mapping, rows(refund.get("refund_line_items"))):
        line_id = key(item.get("line_item_id")) or key(mapping(item.get("line_item")).get("id"))
        quantity = pieces(item.get("quantity"))
        if line_id and quantity:
            yield line_id, quantity


def read_transaction(transaction: Document, told: Telling) -> Iterator[Read]:
    order_id = key(transaction.get("order_id"))
    if not order_id:
        raise PayloadError("order_id", "is missing")
    kind = word(transaction.get("kind"))[:30]
    if not kind:
        raise PayloadError("kind", "is missing")
    at = told.moment(transaction.get("processed_at"), transaction.get("created_at"))
    yield PaymentPosted(
        source=SOURCE,
        happened_at=at,
        reported_at=told.triggered or at,
        payment_id=needed_id(transaction),
        order_id=order_id,
        kind=kind,
        succeeded=word(transaction.get("status")) == "success",
        amount=paid(transaction, "amount", transaction.get("currency")),
    )

"""Records to facts, one function for each kind of file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from aftercart import facts as f
from aftercart.cli.importing.cells import CellError, Row
from aftercart.cli.importing.words import meaning
from aftercart.connectors.contract import UNDATED
from aftercart.connectors.scans import clocked


def orders(rows: Sequence[Row]) -> list[f.Fact]:
    """One order: its record, and where each of its lines has a record, those too."""
    row = rows[0]
    order_id = row.text("order_id") or row.needed("number")
    placed_at, as_of = row.needed_moment("placed_at"), _as_of(row)
    order = f.OrderPlaced(
        source=row.reading.source,
        happened_at=placed_at,
        reported_at=as_of,
        order_id=order_id,
        number=(row.text("number") or order_id).lstrip("#"),
        as_of=as_of,
        customer=_person(row),
        lines=_lines(rows),
        total=_total(row),
        ship_to=row.place(),
        ship_from=row.place("origin_"),
        street=tuple(filter(None, (row.text("street"), row.text("street2")))),
        service=row.text("service"),
        approved_at=row.moment("approved_at"),
        cancelled_at=row.moment("cancelled_at"),
    )
    return [order, *_promise(row, order), *_parcel(row, order_id, order_id, placed_at)]


def _as_of(row: Row) -> datetime:
    """How new a record is: what it says of itself, or was said of the file, or the last thing that it tells of."""
    if found := row.moment("updated_at") or row.reading.as_of:
        return found
    fields = ("placed_at", "created_at", "approved_at", "shipped_at", "handed_over_at", "delivered_at")
    return max(filter(None, map(row.moment, fields)), default=UNDATED)


def _person(row: Row) -> f.Person:
    return f.Person(
        external_id=row.text("customer_id"),
        email=row.text("email"),
        phone=row.text("phone"),
        name=row.text("customer_name"),
        locale=row.text("locale"),
    )


def _total(row: Row) -> f.Money | None:
    if not row.text("total_cents"):
        return row.money("total")
    currency = (row.text("currency") or row.reading.currency).upper()
    if not currency:
        raise CellError("currency", "is missing: give a column or --currency")
    return f.Money(amount=row.whole("total_cents", 0), currency=currency)


def _lines(rows: Sequence[Row]) -> tuple[f.Line, ...]:
    inside = _listed(rows[0]) if len(rows) == 1 else []
    currency = rows[0].text("currency")
    rows = inside or [Row({**r.cells, "currency": r.text("currency") or currency}, r.reading) for r in rows]
    told = [row for row in rows if row.text("title") or row.text("sku") or row.text("line_id")]
    return tuple(_line(row, place) for place, row in enumerate(told, 1))


def _listed(row: Row) -> list[Row]:
    """The lines that a JSON record holds as a list."""
    from aftercart.cli.importing.columns import folded, naming

    value = row.cells.get("lines")
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError as error:
            raise CellError("lines", f"is not JSON: {error}") from error
    if not value:
        return []
    if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
        raise CellError("lines", "is not a list of objects")
    renames = {"id": "line_id", "name": "title", "external_id": "line_id"}
    listed = []
    for line in value:
        names = naming("orders", line, {their: our for their, our in renames.items() if their in map(folded, line)})
        listed.append(Row({"currency": row.cells.get("currency"), **names.rename(line)}, row.reading))
    return listed


def _line(row: Row, place: int) -> f.Line:
    return f.Line(
        external_id=row.text("line_id") or str(place),
        title=row.text("title") or row.text("sku") or row.text("line_id"),
        quantity=row.whole("quantity", 1),
        product_id=row.text("product_id"),
        variant_id=row.text("variant_id"),
        sku=row.text("sku"),
        variant=row.text("variant"),
        image_url=row.text("image_url"),
        price=row.money("price"),
    )


def _promise(row: Row, order: f.OrderPlaced) -> list[f.Fact]:
    latest = row.day("promised_at")
    if latest is None:
        return []
    earliest = row.day("promised_from")
    if earliest and earliest > latest:
        raise CellError("promised_from", "is after promised_at")
    at = order.happened_at
    promise = f.PromiseMade(
        source=order.source, happened_at=at, reported_at=at, order_id=order.order_id, latest=latest, earliest=earliest
    )
    return [promise]


def parcels(rows: Sequence[Row]) -> list[f.Fact]:
    row = rows[0]
    order_id = row.needed("order_id").lstrip("#")
    numbers = _numbers(row)
    fulfilment = row.text("fulfilment_id") or ":".join([order_id, *numbers])
    shipped_at = row.moment("shipped_at") or row.moment("handed_over_at")
    if shipped_at is None:
        raise CellError("shipped_at", "is missing, and so is handed_over_at")
    return [*_parcel(row, order_id, fulfilment, shipped_at), *_estimate(row, fulfilment, numbers, shipped_at)]


def _numbers(row: Row) -> tuple[str, ...]:
    value = row.cells.get("tracking_number")
    told = value if isinstance(value, list) else row.text("tracking_number").replace(";", ",").split(",")
    return tuple(word for one in told if (word := str(one).strip()))


def _parcel(row: Row, order_id: str, fulfilment: str, since: datetime) -> list[f.Fact]:
    """A consignment, and the delivery scan of one that arrived. None where nothing says that it left."""
    shipped_at, handed_over_at = row.moment("shipped_at"), row.moment("handed_over_at")
    delivered_at, numbers = row.moment("delivered_at"), _numbers(row)
    if not (shipped_at or handed_over_at or delivered_at or numbers):
        return []
    at = shipped_at or handed_over_at or since
    as_of = _as_of(row)
    left = f.ParcelsShipped(
        source=row.reading.source,
        happened_at=at,
        reported_at=as_of,
        fulfilment_id=fulfilment,
        order_id=order_id,
        as_of=as_of,
        carrier=row.text("carrier"),
        service=row.text("service"),
        numbers=numbers,
        ship_from=row.place("origin_"),
        handed_over_at=handed_over_at,
        cancelled=row.flag("cancelled"),
    )
    if delivered_at is None:
        return [left]
    if delivered_at < at:
        raise CellError("delivered_at", "is before the parcel left")
    return [left, _delivered(left, delivered_at, row)]


def _delivered(left: f.ParcelsShipped, at: datetime, row: Row) -> f.Fact:
    written = at.astimezone(row.reading.zone)
    return f.ParcelScanned(
        source=left.source,
        happened_at=at,
        reported_at=at,
        at=clocked(written, f.Place()),
        state=f.State.DELIVERED,
        code="delivered",
        fulfilment_id=left.fulfilment_id,
        carrier=left.carrier,
    )


def _estimate(row: Row, fulfilment: str, numbers: tuple[str, ...], at: datetime) -> list[f.Fact]:
    latest = row.day("estimated_at")
    if latest is None:
        return []
    made = f.ArrivalEstimated(
        source=row.reading.source,
        happened_at=at,
        reported_at=at,
        number=numbers[0] if numbers else "",
        fulfilment_id="" if numbers else fulfilment,
        carrier=row.text("carrier"),
        earliest=None,
        latest=latest,
    )
    return [made]


def scans(rows: Sequence[Row]) -> list[f.Fact]:
    row = rows[0]
    number, fulfilment = row.text("tracking_number"), row.text("fulfilment_id")
    if not number and not fulfilment:
        raise CellError("tracking_number", "is missing, and so is fulfilment_id")
    place = row.place()
    at = clocked(row.local_time("at"), place)
    said = row.text("state") or row.text("code")
    state, reason, attention = meaning(said)
    scan = f.ParcelScanned(
        source=row.reading.source,
        happened_at=at.instant,
        reported_at=row.moment("reported_at") or at.instant,
        at=at,
        state=state,
        code=row.text("code") or said,
        number=number,
        carrier=row.text("carrier"),
        fulfilment_id=fulfilment,
        reason=row.text("reason") or reason,
        attention=row.attention() or attention,
        description=row.text("description")[:300],
        place=place,
    )
    return [scan]


def products(rows: Sequence[Row]) -> list[f.Fact]:
    row = rows[0]
    as_of = _as_of(row)
    variants = [(r.text("variant_id") or r.text("sku"), r.text("sku"), r.text("variant")) for r in rows]
    product = f.ProductListed(
        source=row.reading.source,
        happened_at=as_of,
        reported_at=as_of,
        product_id=row.needed("product_id"),
        title=row.needed("title"),
        as_of=as_of,
        image_url=row.text("image_url"),
        variants=tuple(variant for variant in variants if variant[0]),
        removed=row.flag("removed"),
    )
    return [product]


def contacts(rows: Sequence[Row]) -> list[f.Fact]:
    row = rows[0]
    at, text = row.needed_moment("at"), row.needed("text")
    customer = _person(row)
    content = "\x1f".join((at.isoformat(), text, row.text("subject"), customer.email, customer.external_id))
    message = f.MessageReceived(
        source=row.reading.source,
        happened_at=at,
        reported_at=at,
        message_id=row.text("message_id") or hashlib.blake2b(content.encode(), digest_size=16).hexdigest(),
        channel=row.text("channel") or "import",
        customer=customer,
        text=text,
        subject=row.text("subject"),
        order_number=row.text("order_number").lstrip("#"),
        category=row.text("category"),
    )
    return [message]


READERS: dict[str, Callable[[Sequence[Row]], list[f.Fact]]] = {
    "orders": orders,
    "products": products,
    "parcels": parcels,
    "scans": scans,
    "contacts": contacts,
}
# Records that follow one another and share this are about one thing.
TOGETHER = {"orders": ("order_id", "number"), "products": ("product_id",)}

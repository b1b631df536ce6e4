"""The vocabulary: what the outside can tell us, in our words.

A fact is immutable, safe to record twice and safe to record in any order. `source` and the ids in it are the
outside's own ("shopify", "820982911946154508"); stages derive our ids from them. `happened_at` is the instant at
which the thing happened in the world, `reported_at` the instant at which the source told us; both are aware.
Where a fact is a snapshot of a thing that changes, `as_of` is the source's version of it: the newest wins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from aftercart.facts.messages import ConsentTold, MessageAnnounced, MessageReceived, MessageReported
from aftercart.facts.parts import (
    Attention,
    Call,
    Clocked,
    Fact,
    File,
    Line,
    Money,
    Nature,
    Outcome,
    Person,
    Place,
    State,
    ZoneSource,
)

__all__ = [
    "ANY_FACT",
    "ArrivalEstimated",
    "Attention",
    "Call",
    "Clocked",
    "ConsentTold",
    "CustomerSeen",
    "Fact",
    "File",
    "Line",
    "MessageAnnounced",
    "MessageReceived",
    "MessageReported",
    "Money",
    "Nature",
    "NotReceived",
    "OrderCancelled",
    "OrderEdited",
    "OrderPlaced",
    "Outcome",
    "PageViewed",
    "ParcelScanned",
    "ParcelsShipped",
    "PaymentPosted",
    "Person",
    "Place",
    "PointsPosted",
    "ProductListed",
    "PromiseMade",
    "RefundIssued",
    "ReturnChanged",
    "ReturnReceived",
    "ReturnShipped",
    "State",
    "StockChanged",
    "Unread",
    "ZoneSource",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductListed(Fact):
    product_id: str
    title: str
    as_of: datetime
    image_url: str = ""
    variants: tuple[tuple[str, str, str], ...] = ()  # (variant id, sku, title)
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChanged(Fact):
    item_id: str  # the source's inventory item or variant
    location_id: str
    available: int | None  # None: tracked no longer, or not said


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSeen(Fact):
    person: Person
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Fact):
    """An order as of one version of it. `happened_at` is when it was placed."""

    order_id: str
    number: str  # what the customer calls it, without '#'
    as_of: datetime
    customer: Person = field(default_factory=Person)
    lines: tuple[Line, ...] = ()
    total: Money | None = None
    ship_to: Place = field(default_factory=Place)
    ship_from: Place = field(default_factory=Place)
    street: tuple[str, ...] = ()  # personal: stored apart, shown only to whoever holds the customer's link
    service: str = ""  # the delivery method's name at checkout
    approved_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Fact):
    order_id: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEdited(Fact):
    order_id: str  # the order as it then is follows as a newer OrderPlaced
    edit_id: str = ""
    changes: tuple[tuple[str, int], ...] = ()  # (order line's external id, how many more or fewer)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPosted(Fact):
    payment_id: str
    order_id: str
    kind: str  # authorization, capture, sale, void, refund, as the source calls it
    succeeded: bool
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelsShipped(Fact):
    """A fulfilment as of one version of it: which lines left, with which tracking numbers (none yet: empty)."""

    fulfilment_id: str
    order_id: str
    as_of: datetime
    carrier: str = ""  # the source's word; orders.rules.carrier() reads it
    service: str = ""
    numbers: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()  # (order line's external id, quantity)
    ship_from: Place = field(default_factory=Place)
    handed_over_at: datetime | None = None  # known possession by the carrier, not just a printed label
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelScanned(Fact):
    """One event on a parcel's road, found by number, or by fulfilment where the source knows no number.

    `state` is None where we do not know the source's `code`: the scan is kept and counted, and changes nothing.
    """

    at: Clocked
    state: State | None
    code: str  # the source's raw code, for identity and for counting unknown ones
    number: str = ""
    carrier: str = ""
    fulfilment_id: str = ""
    reason: str = ""
    attention: Attention = Attention.NONE
    description: str = ""
    place: Place = field(default_factory=Place)
    collect_by: date | None = None  # until when a pick-up point keeps it


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalEstimated(Fact):
    number: str
    carrier: str
    earliest: date | None
    latest: date
    fulfilment_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMade(Fact):
    """A delivery date that the shop told the customer itself, and on which surface (checkout, confirmation …)."""

    order_id: str
    latest: date
    earliest: date | None = None
    surface: str = "checkout"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReceived(Fact):
    """The customer says that what counts as delivered is not with them; `found`: that it is there after all.

    Without a number it is about every parcel of the order. Of several about the same, the newest counts.
    """

    order_id: str
    as_of: datetime
    number: str = ""
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageViewed(Fact):
    order_id: str
    surface: str
    visitor: str  # a keyed hash, never an address


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundIssued(Fact):
    refund_id: str
    order_id: str
    amount: Money | None
    lines: tuple[tuple[str, int], ...] = ()
    note: str = ""
    method: str = ""  # the source's word for where it goes back to: card, paypal, gift_card …; returns.rules reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnChanged(Fact):
    return_id: str
    step: str  # the source's word: request, approve, decline, close …
    order_id: str = ""
    name: str = ""
    lines: tuple[tuple[str, int, str], ...] = ()  # (fulfilment line or order line id, quantity, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceived(Fact):
    return_id: str
    disposition: str  # what was done with the goods: restocked, discarded …
    quantity: int
    line_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnShipped(Fact):
    return_id: str
    number: str
    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsPosted(Fact):
    entry_id: str
    customer: Person
    points: int
    why: str
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a payload that we did not understand: said, counted, never guessed."""

    where: str
    what: str


ANY_FACT = (
    ProductListed | StockChanged | CustomerSeen | OrderPlaced | OrderCancelled | OrderEdited | PaymentPosted
    | ParcelsShipped | ParcelScanned | ArrivalEstimated | PromiseMade | NotReceived | PageViewed | RefundIssued
    | ReturnChanged | ReturnReceived | ReturnShipped | PointsPosted | MessageReceived | MessageReported | ConsentTold
)  # fmt: skip

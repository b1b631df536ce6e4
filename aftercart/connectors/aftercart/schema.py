"""Our own JSON: one struct per fact, named as in facts.py and strict, so that a slip is said and not swallowed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from aftercart.connectors.aftercart.parts import (
    Address,
    Call,
    Change,
    Clocked,
    Count,
    File,
    Key,
    Line,
    MessageKey,
    Moment,
    Money,
    OptionalKey,
    Person,
    Place,
    Prose,
    Returned,
    Share,
    Text,
    Variant,
    Whole,
    Word,
)
from aftercart.facts import Attention, Nature, Outcome, State


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every fact may say. `reported_at` is happened_at unless told, `source` is 'aftercart' unless told."""

    reported_at: Moment | None = None
    source: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")] = "aftercart"
    version: Literal[1] = 1


class Dated(Told, frozen=True, kw_only=True):
    happened_at: Moment


class Versioned(Dated, frozen=True, kw_only=True):
    """A snapshot: `as_of` is reported_at unless told."""

    as_of: Moment | None = None


class ProductListed(Versioned, frozen=True, kw_only=True, tag="product_listed"):
    product_id: Key
    title: Text
    image_url: Annotated[str, Meta(max_length=1000)] = ""
    variants: tuple[Variant, ...] = ()
    removed: bool = False


class StockChanged(Dated, frozen=True, kw_only=True, tag="stock_changed"):
    item_id: Key
    location_id: OptionalKey = ""
    available: Whole | None = None


class CustomerSeen(Versioned, frozen=True, kw_only=True, tag="customer_seen"):
    person: Person


class OrderPlaced(Versioned, frozen=True, kw_only=True, tag="order_placed"):
    order_id: Key
    number: Annotated[str, Meta(min_length=1, max_length=60)]
    customer: Person = Person()
    lines: tuple[Line, ...] = ()
    total: Money | None = None
    ship_to: Place = Place()
    ship_from: Place = Place()
    street: tuple[Text, ...] = ()
    service: Annotated[str, Meta(max_length=120)] = ""
    approved_at: Moment | None = None
    cancelled_at: Moment | None = None


class OrderCancelled(Dated, frozen=True, kw_only=True, tag="order_cancelled"):
    order_id: Key
    why: Annotated[str, Meta(max_length=200)] = ""


class OrderEdited(Dated, frozen=True, kw_only=True, tag="order_edited"):
    order_id: Key
    edit_id: OptionalKey = ""
    changes: tuple[Change, ...] = ()


class PaymentPosted(Dated, frozen=True, kw_only=True, tag="payment_posted", rename={"kind": "payment_kind"}):
    payment_id: Key
    order_id: Key
    kind: Annotated[str, Meta(min_length=1, max_length=30)]
    succeeded: bool
    amount: Money | None = None


class ParcelsShipped(Versioned, frozen=True, kw_only=True, tag="parcels_shipped"):
    fulfilment_id: Key
    order_id: Key
    carrier: Word = ""
    service: Annotated[str, Meta(max_length=120)] = ""
    numbers: tuple[Key, ...] = ()
    lines: tuple[Share, ...] = ()
    ship_from: Place = Place()
    handed_over_at: Moment | None = None
    cancelled: bool = False


class ParcelScanned(Told, frozen=True, kw_only=True, tag="parcel_scanned"):
    """`at` says the local time: as text, with an offset or (then read by the place) without, or in full.

    Without `at`, happened_at is the time; without happened_at, `at` is.
    """

    happened_at: Moment | None = None
    at: str | Clocked | None = None
    state: State | None = None
    code: Word = ""
    number: OptionalKey = ""
    carrier: Word = ""
    fulfilment_id: OptionalKey = ""
    reason: Word = ""
    attention: Attention = Attention.NONE
    description: Text = ""
    place: Place = Place()
    collect_by: date | None = None


class ArrivalEstimated(Dated, frozen=True, kw_only=True, tag="arrival_estimated"):
    latest: date
    earliest: date | None = None
    number: OptionalKey = ""
    carrier: Word = ""
    fulfilment_id: OptionalKey = ""


class PromiseMade(Dated, frozen=True, kw_only=True, tag="promise_made"):
    order_id: Key
    latest: date
    earliest: date | None = None
    surface: Annotated[str, Meta(min_length=1, max_length=40)] = "checkout"


class NotReceived(Versioned, frozen=True, kw_only=True, tag="not_received"):
    """That a parcel which counts as delivered is not with its customer; without a number, any of the order's."""

    order_id: Key
    number: OptionalKey = ""
    found: bool = False


class PageViewed(Dated, frozen=True, kw_only=True, tag="page_viewed"):
    order_id: Key
    surface: Annotated[str, Meta(min_length=1, max_length=40)]
    visitor: Annotated[str, Meta(max_length=64)]


class RefundIssued(Dated, frozen=True, kw_only=True, tag="refund_issued"):
    refund_id: Key
    order_id: Key
    amount: Money | None = None
    lines: tuple[Share, ...] = ()
    note: Text = ""
    method: Annotated[str, Meta(max_length=60)] = ""


class ReturnChanged(Dated, frozen=True, kw_only=True, tag="return_changed"):
    return_id: Key
    step: Annotated[str, Meta(min_length=1, max_length=80)]
    order_id: OptionalKey = ""
    name: Annotated[str, Meta(max_length=60)] = ""
    lines: tuple[Returned, ...] = ()


class ReturnReceived(Dated, frozen=True, kw_only=True, tag="return_received"):
    return_id: Key
    disposition: Word
    quantity: Count
    line_id: OptionalKey = ""


class ReturnShipped(Dated, frozen=True, kw_only=True, tag="return_shipped"):
    return_id: Key
    number: OptionalKey
    carrier: Word = ""


class PointsPosted(Dated, frozen=True, kw_only=True, tag="points_posted"):
    entry_id: Key
    customer: Person
    points: Whole
    why: Text
    order_id: OptionalKey = ""


class MessageReceived(Dated, frozen=True, kw_only=True, tag="message_received"):
    message_id: MessageKey
    digest: OptionalKey = ""
    channel: Annotated[str, Meta(min_length=1, max_length=40)]
    customer: Person
    text: Prose
    subject: Annotated[str, Meta(max_length=1000)] = ""
    order_number: Annotated[str, Meta(max_length=60)] = ""
    category: Word = ""
    html: Annotated[str, Meta(max_length=2_000_000)] = ""
    quoted: Prose = ""
    nature: Nature = Nature.PERSON
    proven: bool = False
    doubted: bool = False
    public: bool = False
    handle: Annotated[str, Meta(max_length=200)] = ""
    thread: Annotated[str, Meta(max_length=200)] = ""
    to: Annotated[tuple[Address, ...], Meta(max_length=100)] = ()
    answers: Annotated[tuple[MessageKey, ...], Meta(max_length=100)] = ()
    tokens: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    files: Annotated[tuple[File, ...], Meta(max_length=50)] = ()
    call: Call | None = None
    notes: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()


ChannelName = Literal["email", "sms", "whatsapp", "event"]


class MessageReported(Dated, frozen=True, kw_only=True, tag="message_reported"):
    """By `reference`, which we gave, or by the provider's own `message_id`, or by the address alone."""

    outcome: Outcome
    channel: ChannelName
    message_id: Annotated[str, Meta(max_length=200)] = ""
    reference: OptionalKey = ""
    address: Annotated[str, Meta(max_length=320)] = ""
    reason: Text = ""


class ConsentTold(Dated, frozen=True, kw_only=True, tag="consent_told"):
    channel: ChannelName
    address: Annotated[str, Meta(min_length=3, max_length=320)]
    granted: bool
    purpose: Literal["", "service", "marketing"] = ""


AnyFact = (
    ProductListed | StockChanged | CustomerSeen | OrderPlaced | OrderCancelled | OrderEdited | PaymentPosted
    | ParcelsShipped | ParcelScanned | ArrivalEstimated | PromiseMade | NotReceived | PageViewed | RefundIssued
    | ReturnChanged | ReturnReceived | ReturnShipped | PointsPosted | MessageReceived | MessageReported | ConsentTold
)  # fmt: skip


class Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    facts: Annotated[tuple[AnyFact, ...], Meta(max_length=10_000)]
    version: Literal[1] = 1

"""What facts are made of: their beginning, states, money, places, people, order lines, times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    source: str
    happened_at: datetime
    reported_at: datetime


class State(StrEnum):
    """Where a parcel stands, as its customer would understand it."""

    NOT_FOUND = "not_found"
    LABEL_CREATED = "label_created"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    IN_CUSTOMS = "in_customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    DELAYED = "delayed"
    HELD = "held"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    DAMAGED = "damaged"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Attention(StrEnum):
    NONE = "none"
    WATCH = "watch"
    ACTION = "action"  # by the customer


class Outcome(StrEnum):
    """What became of a message, the last word last: of several reports about one message the latter counts."""

    SOFT_BOUNCED = "soft_bounced"  # not now: the provider may try again, and another message may arrive
    DELIVERED = "delivered"
    FAILED = "failed"  # not taken, for reasons that lie in the message or on the way
    HARD_BOUNCED = "hard_bounced"  # nobody is at this address
    COMPLAINED = "complained"  # its holder called it unwanted


class ZoneSource(StrEnum):
    EXPLICIT = "explicit"  # the source gave an offset or UTC
    LOCATION = "location"  # worked out from the place of the scan
    ASSUMED = "assumed"  # nothing known: read as UTC, and said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    amount: int  # in the currency's minor units: cents; yen have none
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town, never a street: what may be shown to anyone who holds an order number."""

    city: str = ""
    region: str = ""
    country: str = ""  # ISO 3166-1 alpha-2, upper case
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer as a source describes them. `external_id` is the source's own; all of it may be missing."""

    external_id: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    locale: str = ""  # BCP 47, as given


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order. `price` is of a single unit."""

    external_id: str
    title: str
    quantity: int
    product_id: str = ""
    variant_id: str = ""
    sku: str = ""
    variant: str = ""
    image_url: str = ""
    price: Money | None = None
    ships: bool = True  # no: a gift card, an insurance, a wrapping: nothing of it is ever in a parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A scan's time, kept honestly. `offset_minutes` is None only where `zone` is ASSUMED."""

    instant: datetime
    local: datetime  # naive wall time as the source printed it
    offset_minutes: int | None
    zone: ZoneSource


class Nature(StrEnum):
    """Who speaks in a message: a person, a machine that answers or informs, an undelivered mail, a mailing list."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What came with a message. `declared` is the sender's type, `type` what the first bytes are, '' if unknown."""

    name: str
    content: bytes = field(repr=False)
    type: str = ""
    declared: str = ""
    inline: bool = False  # shown within the text, where `content_id` is named
    content_id: str = ""
    url: str = ""  # where the source keeps it; with no content: it has not been fetched from there


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is kept of a call. `outcome` is the source's word: completed, no-answer, voicemail …; '' if not told."""

    seconds: int
    outcome: str
    inbound: bool = True
    recording_url: str = ""
    transcript: str = ""

"""The pieces that facts of our own JSON are made of, and how long each text may be."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from aftercart.facts import ZoneSource

Key = Annotated[str, Meta(min_length=1, max_length=120)]
OptionalKey = Annotated[str, Meta(max_length=120)]
Text = Annotated[str, Meta(max_length=300)]
Word = Annotated[str, Meta(max_length=80)]
Moment = Annotated[datetime, Meta(tz=True)]
Naive = Annotated[datetime, Meta(tz=False)]
Whole = Annotated[int, Meta(ge=-(2**31), lt=2**31)]
Count = Annotated[int, Meta(ge=0, lt=2**31)]
Cents = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
# A mail's id may fill a line of its head (RFC 5322, 2.1.1).
MessageKey = Annotated[str, Meta(min_length=1, max_length=998)]
Address = Annotated[str, Meta(min_length=1, max_length=320)]
Link = Annotated[str, Meta(max_length=1000, pattern=r"^(https?://[^\s]+)?$")]
Prose = Annotated[str, Meta(max_length=200_000)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a fact. The fact's own classes have the same fields."""


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a fact that is a plain tuple there."""


class Money(Part, frozen=True):
    amount: Cents
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class Place(Part, frozen=True):
    city: Annotated[str, Meta(max_length=120)] = ""
    region: Annotated[str, Meta(max_length=120)] = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")] = ""
    postal_code: Annotated[str, Meta(max_length=20)] = ""


class Person(Part, frozen=True):
    external_id: OptionalKey = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    name: Annotated[str, Meta(max_length=200)] = ""
    locale: Annotated[str, Meta(max_length=20)] = ""


class Line(Part, frozen=True):
    external_id: Key
    title: Text
    quantity: Count
    product_id: OptionalKey = ""
    variant_id: OptionalKey = ""
    sku: OptionalKey = ""
    variant: Annotated[str, Meta(max_length=200)] = ""
    image_url: Annotated[str, Meta(max_length=1000)] = ""
    price: Money | None = None
    ships: bool = True


class Clocked(Part, frozen=True):
    instant: Moment
    local: Naive
    offset_minutes: Annotated[int, Meta(ge=-1440, le=1440)] | None = None
    zone: ZoneSource = ZoneSource.ASSUMED


class File(Part, frozen=True):
    """Without the `type` of the fact's own class: that is what the bytes show, so nobody is asked for it."""

    name: Text
    content: Annotated[bytes, Meta(max_length=25_000_000)] = b""
    declared: Word = ""
    inline: bool = False
    content_id: Text = ""
    url: Link = ""


class Call(Part, frozen=True):
    outcome: Annotated[str, Meta(max_length=40)] = ""
    seconds: Count = 0
    inbound: bool = True
    recording_url: Link = ""
    transcript: Prose = ""


class Variant(Row, frozen=True):
    variant_id: Key
    sku: OptionalKey = ""
    title: Annotated[str, Meta(max_length=200)] = ""


class Share(Row, frozen=True):
    line_id: Key
    quantity: Count = 1


class Change(Row, frozen=True):
    line_id: Key
    by: Whole


class Returned(Row, frozen=True):
    line_id: Key
    quantity: Count = 1
    reason: Word = ""

"""Signed links: to the pages of one order and to questions about it, which expire by the machine's clock; to what a
customer wants to hear, and to the end of messages."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

from aftercart.brands.models import Brand

LIMITED_FOR = timedelta(hours=2)
ASKED_FOR = timedelta(days=30)
YES, NO, EITHER = "y", "n", "e"
_FULL, _LIMITED = "f", "l"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens: the order, `full` with its address and amounts, otherwise its state and town only."""

    order_id: UUID
    full: bool


class Unreadable(ValueError):
    """We did not sign this."""


class Expired(Unreadable):
    """We signed this, too long ago. `link` is what it used to open."""

    def __init__(self, link: Link) -> None:
        super().__init__("this link is too old")
        self.link = link


def tracking_url(brand: Brand, order_id: UUID) -> str:
    """The address to put into a message to the order's customer: opens everything."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{brand.slug}/{tracking_token(brand, Link(order_id, full=True))}/"


def address_url(brand: Brand, order_id: UUID, parcel_id: UUID) -> str:
    """Where the order's customer says what the courier of this parcel needs to know: opens everything, too."""
    return f"{tracking_url(brand, order_id)}address/{parcel_id}/"


def tracking_token(brand: Brand, link: Link, *, at: datetime | None = None) -> str:
    """`at`: by the machine's clock, from when on it ages; now unless told."""
    return _signed(_signer(brand, at), link.order_id, full=link.full)


def read_tracking_token(brand: Brand, token: str) -> Link:
    """Raises `Expired` or `Unreadable`."""
    signer = _signer(brand)
    order, full = _unsigned(signer, token)
    link = Link(order, full)
    lives = timedelta(days=settings.TRACKING_LINK_DAYS) if link.full else LIMITED_FOR
    try:
        signer.unsign(token, max_age=lives)
    except signing.SignatureExpired as error:
        raise Expired(link) from error
    return link


def _signed(signer: signing.Signer, subject: UUID, *, full: bool) -> str:
    return signer.sign((_FULL if full else _LIMITED) + _short(subject.bytes))


def _unsigned(signer: signing.Signer, token: str) -> tuple[UUID, bool]:
    """What it is about, and whether it opens all of that. Raises `Unreadable`."""
    try:
        told = signer.unsign(token)
        return UUID(bytes=urlsafe_b64decode(told[1:] + "==")), told[0] == _FULL
    except (signing.BadSignature, binascii.Error, ValueError, IndexError) as error:
        raise Unreadable("this is no link of ours") from error


@dataclass(frozen=True, slots=True)
class Choices:
    """Opens what a customer wants to hear and where; `full`: they may change it."""

    customer_id: UUID
    full: bool


def choices_url(brand: Brand, customer_id: UUID) -> str:
    """For the foot of every message. It never expires: an old message must still lead to an end."""
    token = choices_token(brand, Choices(customer_id, full=True))
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{brand.slug}/messages/{token}/"


def choices_token(brand: Brand, choices: Choices) -> str:
    return _signed(_chooser(brand), choices.customer_id, full=choices.full)


def read_choices(brand: Brand, token: str) -> Choices:
    """Raises `Unreadable`, also for one that opens little and is too old."""
    signer = _chooser(brand)
    choices = Choices(*_unsigned(signer, token))
    try:
        signer.unsign(token, max_age=None if choices.full else LIMITED_FOR)
    except signing.SignatureExpired as error:
        raise Unreadable("this link is too old") from error
    return choices


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link ends: messages of that purpose, on that channel, to a customer's address of that hash."""

    address_hash: str
    channel: str
    purpose: str
    customer_id: UUID


def stop_url(brand: Brand, address_hash: str, channel: str, purpose: str, customer_id: UUID) -> str:
    """For List-Unsubscribe: it holds no address, and never expires, as an old message must still be ended."""
    told = ":".join((channel, purpose, _short(bytes.fromhex(address_hash)), _short(customer_id.bytes)))
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{brand.slug}/stop/{_stopper(brand).sign(told)}/"


def read_stop(brand: Brand, token: str) -> Stop:
    """Raises `Unreadable`."""
    try:
        channel, purpose, told, customer = _stopper(brand).unsign(token).split(":")
        return Stop(
            urlsafe_b64decode(told + "==").hex(), channel, purpose, UUID(bytes=urlsafe_b64decode(customer + "=="))
        )
    except (signing.BadSignature, binascii.Error, ValueError) as error:
        raise Unreadable("this is no link of ours") from error


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link answers: the question (its decision), and with `say` YES, NO or, as yet, EITHER."""

    question: UUID
    say: str


def question_url(brand: Brand, asked: Asked) -> str:
    """The address of the page that asks it, with that answer first."""
    told = urlsafe_b64encode(asked.question.bytes).rstrip(b"=").decode()
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{brand.slug}/asked/{_asker(brand).sign(asked.say + told)}/"


def read_question(brand: Brand, token: str) -> Asked:
    """Raises `Unreadable`, also for one that is too old."""
    try:
        told = _asker(brand).unsign(token, max_age=ASKED_FOR)
        return Asked(UUID(bytes=urlsafe_b64decode(told[1:] + "==")), told[0])
    except (signing.BadSignature, binascii.Error, ValueError, IndexError) as error:
        raise Unreadable("this is no link of ours") from error


def _asker(brand: Brand) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"asked:{brand.id}")


def _short(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _chooser(brand: Brand) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"messages:{brand.id}")


def _stopper(brand: Brand) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"stop:{brand.id}")


class _Signer(signing.TimestampSigner):
    at: datetime | None = None

    def timestamp(self) -> str:
        return signing.b62_encode(int(self.at.timestamp())) if self.at else super().timestamp()


def _signer(brand: Brand, at: datetime | None = None) -> signing.TimestampSigner:
    signer = _Signer(sep=".", salt=f"tracking:{brand.id}")
    signer.at = at
    return signer

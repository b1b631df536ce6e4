"""Signed links: to the pages of one order and to questions about it, which expire by the machine's clock, and to the
end of messages."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
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


def tracking_token(brand: Brand, link: Link) -> str:
    order = urlsafe_b64encode(link.order_id.bytes).rstrip(b"=").decode()
    return _signer(brand).sign((_FULL if link.full else _LIMITED) + order)


def read_tracking_token(brand: Brand, token: str) -> Link:
    """Raises `Expired` or `Unreadable`."""
    try:
        signed = _signer(brand).unsign(token)
        link = Link(UUID(bytes=urlsafe_b64decode(signed[1:] + "==")), full=signed[0] == _FULL)
    except (signing.BadSignature, binascii.Error, ValueError, IndexError) as error:
        raise Unreadable("this is no link of ours") from error
    lives = timedelta(days=settings.TRACKING_LINK_DAYS) if link.full else LIMITED_FOR
    try:
        _signer(brand).unsign(token, max_age=lives)
    except signing.SignatureExpired as error:
        raise Expired(link) from error
    return link


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link ends: messages of that purpose, on that channel, to the address of that hash."""

    address_hash: str
    channel: str
    purpose: str


def stop_url(brand: Brand, address_hash: str, channel: str, purpose: str) -> str:
    """For List-Unsubscribe: it holds no address, and never expires, as an old message must still be ended."""
    told = urlsafe_b64encode(bytes.fromhex(address_hash)).rstrip(b"=").decode()
    token = _stopper(brand).sign(f"{channel}:{purpose}:{told}")
    return f"{settings.PUBLIC_URL.rstrip('/')}/t/{brand.slug}/stop/{token}/"


def read_stop(brand: Brand, token: str) -> Stop:
    """Raises `Unreadable`."""
    try:
        channel, purpose, told = _stopper(brand).unsign(token).split(":")
        return Stop(urlsafe_b64decode(told + "==").hex(), channel, purpose)
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


def _stopper(brand: Brand) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"stop:{brand.id}")


def _signer(brand: Brand) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"tracking:{brand.id}")

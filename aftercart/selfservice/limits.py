"""How often somebody may try to find an order: counted in PostgreSQL, so that every web process counts together."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from aftercart.brands.models import Brand
from aftercart.orders.rules import order_number
from aftercart.plumbing import clock, ids
from aftercart.selfservice.models import WrongGuesses

_COUNT = """
INSERT INTO selfservice_attempt (id, brand_id, key, hour, count) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (brand_id, key, hour) DO UPDATE SET count = selfservice_attempt.count + 1 RETURNING count"""

_GUESSED = """
INSERT INTO selfservice_wrongguesses (id, hour, count) VALUES (%s, %s, 1)
ON CONFLICT (id) DO UPDATE SET count = selfservice_wrongguesses.count + 1 RETURNING count"""


def hashed(purpose: str, value: str) -> str:
    """A keyed hash: tells the same from the same, and tells nobody what it was."""
    return salted_hmac(f"aftercart.selfservice.{purpose}", value, algorithm="sha256").hexdigest()[:40]


def address_of(request: HttpRequest) -> str:
    """The visitor's address: the last one that a proxy of ours wrote down, where there are proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        return forwarded[-settings.PROXIES].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def may_try(brand: Brand, address: str, number: str) -> bool:
    """Count this attempt; False once there were too many in this hour. Committed at once, whatever comes of it."""
    with transaction.atomic():
        by_address = _count(brand, hashed("address", address))
        by_number = _count(brand, hashed("number", order_number(number)))
        if by_address == 1:
            _forget(brand)
    return max(by_address, by_number) <= settings.LOOKUPS_PER_HOUR


def may_report(brand: Brand, address: str, order: str) -> bool:
    """Count that a customer says something about a delivery; False once it was too often in this hour."""
    with transaction.atomic():
        by_address = _count(brand, hashed("report-address", address))
        by_order = _count(brand, hashed("report-order", order))
    return max(by_address, by_order) <= settings.LOOKUPS_PER_HOUR


def may_write(brand: Brand, address: str, about: str) -> bool:
    """Count that somebody writes to us, about an order or from an e-mail address; False once it was too often."""
    with transaction.atomic():
        by_address = _count(brand, hashed("write-address", address))
        by_about = _count(brand, hashed("write-about", about.strip().lower()))
        if by_address == 1:
            _forget(brand)
    return max(by_address, by_about) <= settings.LOOKUPS_PER_HOUR


def may_guess(address: str) -> bool:
    """Whether somebody at this address may try a short link: not after too many wrong ones in this hour."""
    found = WrongGuesses.objects.filter(id=_guesser(address, _hour())).values_list("count", flat=True).first()
    return (found or 0) < settings.LOOKUPS_PER_HOUR


def guessed_wrong(address: str) -> None:
    hour = _hour()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GUESSED, [_guesser(address, hour), hour])
        if cursor.fetchone() == (1,):
            WrongGuesses.objects.filter(hour__lt=hour - timedelta(days=1)).delete()


def _guesser(address: str, hour: datetime) -> UUID:
    return ids.mirrored("guesses", hashed("address", address), hour)


def _hour() -> datetime:
    return clock.machine().replace(minute=0, second=0, microsecond=0)


def _count(brand: Brand, key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [ids.new(), brand.id, key, _hour()])
        return int(cursor.fetchone()[0])


def _forget(brand: Brand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM selfservice_attempt WHERE brand_id = %s AND hour < %s",
            [brand.id, clock.machine() - timedelta(days=1)],
        )

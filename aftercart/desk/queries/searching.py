"""Finding tickets: by what names one exactly, and by the words in it; always the newest first.

A common word is in half of all tickets. Those need not be found to show the newest few: the newest tickets are walked
first, and only a word that is rare among them is looked up in the index of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from aftercart.brands.models import Brand
from aftercart.desk.queries.queues import LISTED, PAGE, Listed, Row
from aftercart.orders.models import Order, Parcel
from aftercart.orders.rules import order_number, track_id
from aftercart.people.models import Customer, Identity
from aftercart.people.rules import normal_email
from aftercart.plumbing.addresses import normal_phone
from aftercart.story.rows import fetch
from aftercart.tickets.models import Ticket
from aftercart.understanding.folding import folded

WALKED = 2_000  # tickets; a word that fills a page among so many is common
LOOKED_UP = 20_000  # tickets that are sorted at most
LONGEST = 200  # characters
QUERY = "plainto_tsquery('simple', %(words)s)"
NEWEST = f"""
SELECT id, last_at FROM (
    SELECT id, last_at, words FROM tickets_search WHERE brand_id = %(brand)s ORDER BY last_at DESC LIMIT %(walked)s
) newest WHERE words @@ {QUERY} ORDER BY last_at DESC LIMIT %(most)s
"""
RARE = f"""
WITH hit AS MATERIALIZED (
    SELECT id, last_at FROM tickets_search WHERE words @@ {QUERY} AND brand_id = %(brand)s LIMIT %(looked_up)s
)
SELECT id, last_at, (SELECT count(*) FROM hit) FROM hit ORDER BY last_at DESC LIMIT %(most)s
"""
ALL = f"""
SELECT id, last_at FROM tickets_search WHERE brand_id = %(brand)s AND words @@ {QUERY} ORDER BY last_at DESC
LIMIT %(most)s
"""
FOUND = "SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND id = ANY(%(ids)s) AND state <> 'gone'"


def search(brand: Brand, text: str) -> Listed:
    """A page of tickets, the newest first: those that `text` names, and those that say all its words."""
    text = " ".join(text[:LONGEST].split())
    if not text:
        return Listed([])
    found = dict.fromkeys(ticket for ticket, _ in by_words(brand, text))
    named = list(_named(brand, text))
    rows = _rows(brand, [*named, *found])
    first = set(named)
    return Listed(sorted(rows, key=lambda row: (row.id not in first, -row.last_at.timestamp()))[:PAGE])


def by_words(brand: Brand, text: str) -> list[tuple[UUID, datetime]]:
    """The newest tickets in which all of these words are, and when each was last written to."""
    words = folded(text)
    if not any(letter.isalnum() for letter in words):
        return []
    known = {"brand": brand.id, "words": words, "walked": WALKED, "looked_up": LOOKED_UP + 1, "most": PAGE}
    # Numbers are never common.
    newest = [] if any(map(str.isdigit, words)) else fetch(_pair, NEWEST, known)
    if len(newest) == PAGE:
        return newest
    rare = fetch(lambda *row: row, RARE, known)
    if rare and rare[0][2] > LOOKED_UP:
        # Common once, though not of late.
        return fetch(_pair, ALL, known)
    return [(ticket, at) for ticket, at, _ in rare]


def _pair(ticket: UUID, at: datetime) -> tuple[UUID, datetime]:
    return ticket, at


def _named(brand: Brand, text: str) -> Iterator[UUID]:
    """Of a ticket's number, an order's, a parcel's, an address or a phone number: their tickets, the newest first."""
    if "@" not in text and not any(letter.isdigit() for letter in text):
        return
    for match in _matches(brand, text):
        # One index each; a single OR would read far more.
        tickets = Ticket.objects.filter(match, brand=brand).exclude(state=Ticket.GONE).order_by("-last_at")
        yield from tickets.values_list("id", flat=True)[:PAGE]


def _matches(brand: Brand, text: str) -> Iterator[Q]:
    digits = text.removeprefix("#")
    if digits.isdecimal() and len(digits) < 19:
        yield Q(number=int(digits))
    parcels = Parcel.objects.filter(brand=brand, track_id=track_id(brand.id, text))
    orders = set(parcels.values_list("order_id", flat=True)[:PAGE])
    if key := order_number(text):
        orders |= set(Order.objects.filter(brand=brand, number_key=key).values_list("id", flat=True)[:PAGE])
    if orders:
        yield Q(order_id__in=orders)
    if customers := _customers(brand, text):
        yield Q(customer_id__in=customers)


def _customers(brand: Brand, text: str) -> set[UUID]:
    value = normal_email(text) or (normal_phone(text) if any(letter.isdigit() for letter in text) else "")
    if not value:
        return set()
    kind = "email" if "@" in value else "phone"
    known = Identity.objects.filter(brand=brand, kind=kind, value=value).values_list("customer_id", flat=True)
    found = set(known[:PAGE])
    if kind == "email":
        found |= set(Customer.objects.filter(brand=brand, email=value).values_list("id", flat=True)[:PAGE])
    return found


def _rows(brand: Brand, tickets: list[UUID]) -> list[Row]:
    return fetch(Row, LISTED.format(tickets=FOUND), {"brand": brand.id, "ids": tickets}) if tickets else []

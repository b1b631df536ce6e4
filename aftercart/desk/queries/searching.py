"""Finding tickets: by what names one exactly, and by the words in it; always the newest first.

A common word is in half of all tickets. Those need not be found to show the newest few: the newest tickets are walked
first, and only a word that is rare among them is looked up in the index of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from operator import or_
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
from aftercart.tickets.pairs import asked

WALKED = 2_000  # tickets; a word that fills a page among so many is common
LOOKED_UP = 20_000  # tickets that are sorted at most
LONGEST = 200  # characters
QUERY = "(plainto_tsquery('simple', %(words)s) && to_tsquery('simple', %(begins)s))"
# The first comparison is what the index is entered by.
OLDER = "last_at <= %(at)s AND (last_at, id) < (%(at)s, %(last)s)"
NEWEST = f"""
SELECT id, last_at FROM (
    SELECT id, last_at, words FROM tickets_search WHERE brand_id = %(brand)s AND {{older}}
    ORDER BY last_at DESC, id DESC LIMIT %(walked)s
) newest WHERE words @@ {QUERY} ORDER BY last_at DESC, id DESC LIMIT %(most)s
"""
RARE = f"""
WITH hit AS MATERIALIZED (
    SELECT id, last_at FROM tickets_search
    WHERE words @@ {QUERY} AND brand_id = %(brand)s AND {{older}} LIMIT %(looked_up)s
)
SELECT id, last_at, (SELECT count(*) FROM hit) FROM hit ORDER BY last_at DESC, id DESC LIMIT %(most)s
"""
ALL = f"""
SELECT id, last_at FROM tickets_search WHERE brand_id = %(brand)s AND words @@ {QUERY} AND {{older}}
ORDER BY last_at DESC, id DESC LIMIT %(most)s
"""
FOUND = "SELECT * FROM tickets_ticket WHERE brand_id = %(brand)s AND id = ANY(%(ids)s) AND state <> 'gone'"
NAMED, SAYING = "named", "saying"

Hit = tuple[UUID, datetime]  # a ticket, and when it was last written to


def search(brand: Brand, text: str, after: str = "") -> Listed:
    """A page of tickets: first those that `text` names, then those that say all its words; each the newest first.

    ValueError where `after` is no mark that a page gave.
    """
    text = " ".join(text[:LONGEST].replace("\0", " ").split())
    part, mark = _marked(after)
    if not text:
        return Listed([])
    matches = list(_matches(brand, text))
    named = _named(brand, matches, mark) if part == NAMED else []
    hits = [(NAMED, hit) for hit in named[: PAGE + 1]]
    if len(hits) <= PAGE:
        # Before the first page ends, all that are named are known.
        listed = None if mark else {ticket for ticket, _ in named}
        saying = _saying(brand, text, mark if part == SAYING else None, PAGE + 1 - len(hits), matches, listed)
        hits += [(SAYING, hit) for hit in saying]
    rows = _rows(brand, [ticket for _, (ticket, _) in hits[:PAGE]])
    if len(hits) <= PAGE:
        return Listed(rows)
    part, (ticket, at) = hits[PAGE - 1]
    return Listed(rows, f"{part}_{at.isoformat()}_{ticket}")


def _marked(after: str) -> tuple[str, Hit | None]:
    if not after:
        return NAMED, None
    part, at, ticket = after.split("_")
    if part not in (NAMED, SAYING):
        raise ValueError(f"after: {part!r} is no part of a search")
    return part, (UUID(ticket), datetime.fromisoformat(at))


def by_words(brand: Brand, text: str, mark: Hit | None = None, most: int = PAGE) -> list[Hit]:
    """The newest tickets, older than `mark`, in which all of these words are."""
    words, begins = asked(text)
    if not any(letter.isalnum() for letter in words) and not begins:
        return []
    known = {
        "brand": brand.id, "words": words, "begins": " & ".join(f"'{one}':*" for one in begins), "walked": WALKED,
        "looked_up": LOOKED_UP + 1, "most": most,
    }  # fmt: skip
    older = OLDER if mark else "true"
    known |= {"last": mark[0], "at": mark[1]} if mark else {}
    # Numbers are never common.
    newest = [] if any(map(str.isdigit, words)) else fetch(_pair, NEWEST.format(older=older), known)
    if len(newest) == most:
        return newest
    rare = fetch(lambda *row: row, RARE.format(older=older), known)
    if rare and rare[0][2] > LOOKED_UP:
        # Common once, though not of late.
        return fetch(_pair, ALL.format(older=older), known)
    return [(ticket, at) for ticket, at, _ in rare]


def _pair(ticket: UUID, at: datetime) -> Hit:
    return ticket, at


def _named(brand: Brand, matches: Iterable[Q], mark: Hit | None) -> list[Hit]:
    """Tickets of a number, an order, a parcel or a person, the newest first."""
    found: dict[UUID, datetime] = {}
    older = Q(last_at__lt=mark[1]) | Q(last_at=mark[1], id__lt=mark[0]) if mark else Q()
    for match in matches:
        # One index each; a single OR would read far more.
        tickets = Ticket.objects.filter(match, older, brand=brand).exclude(state=Ticket.GONE)
        found |= dict(tickets.order_by("-last_at", "-id").values_list("id", "last_at")[: PAGE + 1])
    return sorted(found.items(), key=lambda hit: (hit[1], hit[0]), reverse=True)


def _saying(
    brand: Brand, text: str, mark: Hit | None, most: int, matches: list[Q], listed: set[UUID] | None
) -> list[Hit]:
    """Tickets with these words, but those that are named: they are `listed` before, or found by `matches`."""
    found: list[Hit] = []
    while len(found) < most:
        hits = by_words(brand, text, mark, PAGE + 1)
        named = _of(brand, matches, [ticket for ticket, _ in hits]) if listed is None else listed
        found += [hit for hit in hits if hit[0] not in named]
        if len(hits) <= PAGE:
            break
        mark = hits[-1]
    return found[:most]


def _of(brand: Brand, matches: list[Q], tickets: list[UUID]) -> set[UUID]:
    """Which of these tickets are named."""
    if not matches:
        return set()
    return set(Ticket.objects.filter(reduce(or_, matches), brand=brand, id__in=tickets).values_list("id", flat=True))


def _matches(brand: Brand, text: str) -> Iterator[Q]:
    if "@" not in text and not any(letter.isdigit() for letter in text):
        return
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
    """In this order; what is gone meanwhile is not among them."""
    place = {ticket: n for n, ticket in enumerate(tickets)}
    rows = fetch(Row, LISTED.format(tickets=FOUND), {"brand": brand.id, "ids": tickets}) if tickets else []
    return sorted(rows, key=lambda row: place[row.id])

"""Messages that came before what they are about: judged again when it comes, as if it had been there.

What waits is found by the numbers in it, by who wrote it and by the address that they claimed, each by an index of its
own; nothing else of any message is read. After `KEPT` nobody waits any more: a number that no order had by then is a
slip of the pen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.facts import Fact, MessageReceived, OrderPlaced, ParcelsShipped
from aftercart.facts.tellings import words
from aftercart.orders.rules import number, order_id, order_number
from aftercart.people import joining
from aftercart.people.rules import customer_id
from aftercart.plumbing import bulk, clock
from aftercart.tickets import services as tickets
from aftercart.tickets.models import Early
from aftercart.tickets.storing import Arrival, Waits
from aftercart.understanding.entities import nameable

if TYPE_CHECKING:
    from aftercart.triage.judging import Heard

KEPT = timedelta(days=30)
# An order and the message that names it may be taken in at the same moment, each unseen by the other. A batch takes
# seconds; after this both are there.
SOON = timedelta(minutes=2)
MOST_NAMES = 100  # of one message
MOST = 500  # messages that are judged again at once, the newest

KNOWN = "SELECT id FROM orders_order WHERE id = ANY(%s::uuid[])"
# Found before they are sorted: the planner would rather walk all that wait by their time.
BY_NAMES = """
WITH named AS MATERIALIZED (
    SELECT id, heard_at FROM tickets_early WHERE brand_id = %(brand)s AND names && (%(names)s::varchar[] || ARRAY(
        SELECT t.number FROM orders_parcel p JOIN orders_track t ON t.id = p.track_id
        WHERE p.brand_id = %(brand)s AND p.order_id = ANY(%(orders)s::uuid[])
    ))
)
SELECT id FROM named WHERE heard_at > %(since)s ORDER BY heard_at DESC LIMIT %(most)s
"""
BY_PEOPLE = """
(SELECT id, heard_at FROM tickets_early WHERE brand_id = %(brand)s AND customer_id = ANY(%(people)s::uuid[])
    AND heard_at > %(since)s)
UNION (SELECT id, heard_at FROM tickets_early WHERE brand_id = %(brand)s AND claimed = ANY(%(people)s::uuid[])
    AND heard_at > %(since)s)
ORDER BY 2 DESC LIMIT %(most)s
"""
CALLS = "SELECT message_id FROM tickets_known WHERE id = ANY(%s::uuid[])"
SOON_AFTER = """
SELECT e.id, EXISTS (SELECT FROM orders_order o WHERE o.brand_id = e.brand_id AND o.number_key = ANY(e.names))
    OR EXISTS (SELECT FROM orders_track t WHERE t.brand_id = e.brand_id AND t.number = ANY(e.names))
FROM tickets_early e WHERE e.brand_id = %s AND e.look_at <= %s ORDER BY e.look_at LIMIT %s FOR UPDATE SKIP LOCKED
"""


def of(said: Heard, fact: MessageReceived) -> Waits | None:
    """By what this message is found later; None where nothing that comes can say better what it is about."""
    unheard = fact.call is not None and not words(fact)
    if not said.speaks or (said.placed and not unheard):
        return None
    named = [order_number(fact.order_number)] if fact.order_number else []
    names = dict.fromkeys([*filter(None, named), *nameable(said.text, most=MOST_NAMES)])
    return Waits(
        names=tuple(names),
        look_at=clock.machine() + SOON,
        claimed=said.claimed,
        order_number=fact.order_number,
        category=fact.category,
        answers=said.answers,
    )


@dataclass(frozen=True, slots=True)
class News:
    """Of a batch: the numbers that it tells of, its orders, and the customers of those that were not known before."""

    names: set[str] = field(default_factory=set)
    orders: set[UUID] = field(default_factory=set)
    customers: set[UUID] = field(default_factory=set)


def news(brand: Brand, facts: Iterable[Fact]) -> News:
    """To be asked before these facts are recorded."""
    found, buyers = News(), {}
    for fact in facts:
        if isinstance(fact, OrderPlaced):
            named = order_id(brand.id, fact.source, fact.order_id)
            found.orders.add(named)
            found.names.add(order_number(fact.number))
            buyers[named] = customer_id(brand.id, fact.source, fact.customer)
        elif isinstance(fact, ParcelsShipped):
            found.names.update(map(number, fact.numbers))
    if buyers:
        with bulk.cursor() as cursor:
            known = {id_ for (id_,) in cursor.execute(KNOWN, [bulk.array(buyers)], binary=True).fetchall()}
        found.customers.update(who for order, who in buyers.items() if who and order not in known)
    return found


def judge_news(brand: Brand, told: News, joined: Collection[UUID], now: datetime) -> set[UUID]:
    """What waited for these, or for what is new of `joined`, is judged again. Whose messages are to be folded anew."""
    names, found = sorted(told.names - {""}), set[UUID]()
    asked = {
        "brand": brand.id, "names": names, "orders": bulk.array(told.orders), "since": now - KEPT, "most": MOST,
    }  # fmt: skip
    if names or told.orders:
        with bulk.cursor() as cursor:
            found = {id_ for (id_,) in cursor.execute(BY_NAMES, asked, binary=True).fetchall()}
    found |= _of_people(brand, told.customers | set(joined), now)
    return _judge(brand, found, now)


def judge_people(brand: Brand, joined: Collection[UUID], now: datetime) -> set[UUID]:
    """As `judge_news`, where it is new who these are."""
    return _judge(brand, _of_people(brand, joined, now), now)


def judge_calls(brand: Brand, arrivals: Sequence[Arrival], now: datetime) -> set[UUID]:
    """As `judge_news`, of calls of which more is told here than was known, as what was said in them."""
    told = [one.known_id for one in arrivals if one.call is not None and one.text]
    if not told:
        return set()
    with bulk.cursor() as cursor:
        known = {id_ for (id_,) in cursor.execute(CALLS, [bulk.array(told)], binary=True).fetchall()}
    return _judge(brand, known, now)


@transaction.atomic
def look_again(brand: Brand, now: datetime, *, limit: int = MOST) -> int:
    """What came at the same moment as what it is about; and an end to waiting. How many were looked at."""
    with bulk.cursor() as cursor:
        rows = cursor.execute(SOON_AFTER, [brand.id, clock.machine(), limit]).fetchall()
    if rows:
        tickets.regroup(brand, _judge(brand, {id_ for id_, there in rows if there}, now), now)
        Early.objects.filter(id__in=[id_ for id_, _ in rows]).update(look_at=None)
        Early.objects.filter(brand=brand, heard_at__lte=now - KEPT).delete()
    return len(rows)


def _of_people(brand: Brand, people: Collection[UUID], now: datetime) -> set[UUID]:
    """What is waited for by anybody of whom these are part, or with an address of theirs."""
    if not people or not Early.objects.filter(brand=brand).exists():
        return set()
    all_of_them = {*joining.everybody(brand.id, people), *people}
    asked = {"brand": brand.id, "people": bulk.array(all_of_them), "since": now - KEPT, "most": MOST}
    with bulk.cursor() as cursor:
        return {id_ for id_, _ in cursor.execute(BY_PEOPLE, asked, binary=True).fetchall()}


def _judge(brand: Brand, wanted: set[UUID], now: datetime) -> set[UUID]:
    """Who is joined by a message may have written others, which then say more."""
    changed, done = set[UUID](), set[UUID]()
    while todo := wanted - done:
        # Here, not above: what reads messages is heavy, and a process that none reaches never needs it.
        from aftercart.triage.again import judge_again

        done |= todo
        written, joined = judge_again(brand, todo)
        changed |= written | joined
        wanted = _of_people(brand, joined, now)
    return changed

"""What a message says and which order it is about, judged from what is known now. It may be judged again later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.orders.rules import order_number
from aftercart.people import joining
from aftercart.plumbing import bulk
from aftercart.triage.circumstances import Circumstances, circumstances
from aftercart.understanding import services as understanding
from aftercart.understanding.reading import Reading, Text

# Why an order is taken for the one that is meant.
NAMED, BY_PARCEL = "named", "parcel"
# What is asked without an order in mind.
ABOUT_NO_ORDER = frozenset({"product_question", "technical_checkout", "loyalty", "subscription", "other"})
ORDERS = """
SELECT number_key, id, customer_id FROM orders_order
WHERE brand_id = %s AND number_key = ANY(%s) AND customer_id IS NOT NULL ORDER BY id
"""
PARCELS = """
SELECT t.number, o.id, o.customer_id FROM orders_track t
JOIN orders_parcel p ON p.brand_id = t.brand_id AND p.track_id = t.id JOIN orders_order o ON o.id = p.order_id
WHERE t.brand_id = %s AND t.number = ANY(%s) AND o.customer_id IS NOT NULL ORDER BY o.id
"""


@dataclass(slots=True, kw_only=True)
class Heard:
    """What is judged of a message, and below what was found."""

    party: UUID
    text: str
    speaks: bool  # a person wrote it
    at: datetime
    claimed: UUID | None = None  # the address that they say is theirs, by `address_id`; None where that is doubted
    order_number: str = ""  # where the source says it
    answers: bool = False  # a message of ours, as a token of ours proves
    reading: Reading | None = None
    order_id: UUID | None = None
    order_how: str = ""

    @property
    def placed(self) -> bool:
        """Whether it says itself which order it is about: nothing that comes later can say that better."""
        return self.order_how in (NAMED, BY_PARCEL)


def judge(brand: Brand, heard: Sequence[Heard], now: datetime) -> set[UUID]:
    """Read them and find their orders, in the caller's transaction. Of whom it is new who they are."""
    people = _People(brand, [one.party for one in heard], now)
    _read(brand, heard, people)
    return _find_orders(brand, heard, people)


class _People:
    """Who the writers are, and what is known of them."""

    def __init__(self, brand: Brand, parties: Sequence[UUID], now: datetime) -> None:
        self.brand, self.now, self.parties = brand, now, set(parties)
        self.look()

    def look(self) -> None:
        self.roots = joining.everybody(self.brand.id, self.parties)
        self.circles: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for one, root in self.roots.items():
            self.circles[root].add(one)
        found = circumstances(self.brand, self.roots, self.now)
        self.known = {root: _together([found[one] for one in members]) for root, members in self.circles.items()}

    def of(self, party: UUID) -> Circumstances:
        return self.known[self.roots[party]]

    def owns(self, party: UUID, customer: UUID) -> bool:
        return self.roots.get(customer) == self.roots[party]


def _together(known: Sequence[Circumstances]) -> Circumstances:
    """Of one person who is several customers of the shop."""
    order = next((one.order for one in known if one.order is not None), None)
    return Circumstances(frozenset().union(*(one.facts for one in known)), order)


def _read(brand: Brand, heard: Sequence[Heard], people: _People) -> None:
    spoken = [one for one in heard if one.speaks]
    reader = understanding.reader_for(brand)
    texts = [Text(one.text, people.of(one.party).facts) for one in spoken]
    for one, reading in zip(spoken, reader.read(texts), strict=True):
        one.reading = reading


def _find_orders(brand: Brand, heard: Sequence[Heard], people: _People) -> set[UUID]:
    """The sender's own order that they name, or most likely mean. What is another's is never theirs by being named."""
    numbers = [_numbers(one) for one in heard]
    orders = _owned(ORDERS, brand.id, {number for named, _ in numbers for number in named})
    parcels = _owned(PARCELS, brand.id, {number for _, named in numbers for number in named})
    quotes = [
        joining.Quote(one.party, one.claimed, order, customer, one.at)
        for one, (named, _) in zip(heard, numbers, strict=True) if one.claimed
        for number in named for order, customer in orders.get(number, ())
        if not people.owns(one.party, customer)
    ]  # fmt: skip
    joined = joining.quoted(brand.id, quotes) if quotes else set()
    if joined:
        people.look()
    for one, (named, tracked) in zip(heard, numbers, strict=True):
        found = [(order, NAMED, c) for number in named for order, c in orders.get(number, ())]
        found += [(order, BY_PARCEL, c) for number in tracked for order, c in parcels.get(number, ())]
        mine = [(order, how) for order, how, customer in found if people.owns(one.party, customer)]
        if mine:
            one.order_id, one.order_how = mine[0]
        elif not found and _means_one(one):
            likely = people.of(one.party).order
            if likely is not None:
                one.order_id, one.order_how = likely.order_id, likely.why
    return joined


def _means_one(one: Heard) -> bool:
    """Whether whoever wrote this has one of their orders in mind."""
    return not one.answers and one.reading is not None and one.reading.category.label not in ABOUT_NO_ORDER


def _numbers(one: Heard) -> tuple[list[str], list[str]]:
    """Order and parcel numbers in it, as they are compared."""
    found = one.reading.entities if one.reading else ()
    orders = [order_number(e.value) for e in found if e.kind == "order"]
    if one.order_number:
        orders.insert(0, order_number(one.order_number))
    return [number for number in dict.fromkeys(orders) if number], [e.value for e in found if e.kind == "parcel"]


def _owned(statement: str, brand_id: UUID, numbers: set[str]) -> Mapping[str, list[tuple[UUID, UUID]]]:
    """By number, the orders that it names, each with whose it is."""
    found: defaultdict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    if numbers:
        with bulk.cursor() as cursor:
            for number, order, customer in cursor.execute(statement.encode(), [brand_id, sorted(numbers)]).fetchall():
                found[number].append((order, customer))
    return found


def understood(one: Heard) -> dict[str, object]:
    """What was understood, for people to read."""
    if (reading := one.reading) is None:
        return {}
    return {
        "likeliest": reading.category.likeliest, "confidence": reading.category.confidence,
        "entities": [{"kind": e.kind, "value": e.value, "confidence": e.confidence} for e in reading.entities],
        "signals": [{"name": s.name, "cues": list(s.cues)} for s in reading.signals],
    }  # fmt: skip

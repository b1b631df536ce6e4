"""Whose messages are folded together: customers who are known to be one person, or whom a merge by hand binds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from aftercart.people import joining
from aftercart.plumbing import bulk, ids
from aftercart.tickets.models import Act

# A number for a customer, of which no other lock of ours is made.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ticket circle ' || r, 0)) FROM unnest(%s::text[]) AS r"


@dataclass(frozen=True, slots=True)
class Circle:
    """Some circles: all their members, and of each member its circle's name."""

    members: list[UUID]
    roots: dict[UUID, UUID]


def locked(brand_id: UUID, customers: Iterable[UUID]) -> Circle:
    """The circles of these customers; until the caller's commit nobody else folds them."""
    circle = _found(brand_id, customers)
    while True:
        with bulk.cursor() as cursor:
            cursor.execute(LOCK, [sorted({str(root) for root in circle.roots.values()})])
        # While we waited somebody may have joined or merged them.
        again = _found(brand_id, circle.members)
        if again == circle:
            return circle
        circle = again


def acts(brand_id: UUID, members: Iterable[UUID]) -> list[Act]:
    """What people did to the tickets of these customers and did not take back, as far as the fold minds it."""
    found = Act.objects.filter(brand_id=brand_id, parties__overlap=list(members), undone_at=None, kind__in=Act.FOLDED)
    return list(found.order_by("id"))


def _found(brand_id: UUID, customers: Iterable[UUID]) -> Circle:
    leader = {one: one for one in customers}

    def root(one: UUID) -> UUID:
        while leader[one] != one:
            leader[one] = one = leader[leader[one]]
        return one

    seen: set[UUID] = set()
    while new := set(leader) - seen:
        seen |= new
        for bound in _bound(brand_id, new):
            for one in bound:
                leader.setdefault(one, one)
            first, *others = sorted({root(one) for one in bound}, key=ids.as_number)
            leader |= dict.fromkeys(others, first)
    members = sorted(leader, key=ids.as_number)
    return Circle(members, {one: root(one) for one in members})


def _bound(brand_id: UUID, customers: set[UUID]) -> list[set[UUID]]:
    """Sets of customers that belong together, these among them: one person by proof, or bound by a merge."""
    people: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one, root in joining.everybody(brand_id, customers).items():
        people[root].add(one)
    merges = Act.objects.filter(brand_id=brand_id, parties__overlap=list(customers), undone_at=None, kind=Act.MERGE)
    return [*people.values(), *map(set, merges.values_list("parties", flat=True))]

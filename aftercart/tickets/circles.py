"""Whose messages are folded together: customers who are known to be one person, or whom a merge by hand binds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from aftercart.people import joining
from aftercart.plumbing import bulk, ids
from aftercart.tickets.models import Act

# A number for a customer, of which no other lock of ours is made.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ticket circle ' || r, 0)) FROM unnest(%s::text[]) AS r"
# Asked with their parties as text: as a list of ids it costs more than all the rest.
ACTS = """
SELECT * FROM tickets_act
WHERE brand_id = %s AND parties && %s::uuid[] AND undone_at IS NULL AND kind = ANY(%s) ORDER BY id
"""


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
    return _acts(brand_id, members, Act.FOLDED)


def _acts(brand_id: UUID, members: Iterable[UUID], kinds: Collection[str]) -> list[Act]:
    return list(Act.objects.raw(ACTS, [brand_id, bulk.array(members), list(kinds)]))


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
    return [*people.values(), *(set(act.parties) for act in _acts(brand_id, customers, [Act.MERGE]))]

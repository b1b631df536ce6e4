"""Which customers are one person, as a function of the set of proofs. Pure: no order of arrival can matter.

Two kinds of proof join two customers: an e-mail address that both have proven, and somebody's word. Everything else
(a telephone number, a handle, a conversation, an order number with its address) only finds the one person whom it
belongs to. Where it points to two it points to nobody, for families share telephones and computers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from aftercart.plumbing import ids

# What stands behind `other_id` of a join.
ADDRESS, ACCOUNT, PHONE, SEEN_AT, QUOTE, HAND = "address", "account", "phone", "seen at", "quote", "hand"
FINDING = frozenset({PHONE, SEEN_AT, QUOTE})
# How an address is known to be somebody's. As text the greater is the stronger.
BY_ORDER, BY_ACCOUNT, BY_TOKEN = "order", "shop account", "signed token"
BY_NUMBER, BY_HAND = "order number", "by hand"
SURE = frozenset({BY_ACCOUNT, BY_TOKEN})
# What more customers than that have belongs to no one person; who has more addresses orders for many people.
MOST = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of people.models.Join that is in force. `crowded`: so many have the like that it tells nobody apart."""

    customer_id: UUID
    other_id: UUID
    way: str
    proof: str
    crowded: bool = False


def roots(customers: Iterable[UUID], proofs: Collection[Proof]) -> dict[UUID, UUID]:
    """Of each of these customers, and of all whom the proofs name, who stands for the person.

    That is the one with the strongest proof of an address, of several the one with the smallest id. `proofs` are all
    that lead from these customers to others, and on from there.
    """
    proofs = set(proofs)
    strength: dict[UUID, str] = {}
    for one in proofs:
        if one.way == ADDRESS:
            strength[one.customer_id] = max(strength.get(one.customer_id, ""), one.proof)
    joined = _Joined()
    for one in _binding(proofs):
        joined.bind(one.customer_id, one.other_id)
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one in proofs:
        if one.way in FINDING and not one.crowded and one.other_id not in joined.bound:
            found[one.other_id].add(one.customer_id)
    groups: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for node in {*customers, *(end for one in proofs for end in (one.customer_id, one.other_id))}:
        groups[_person(node, joined, found)].append(node)
    named: dict[UUID, UUID] = {}
    for group in groups.values():
        strongest = max(strength.get(node, "") for node in group)
        likely = (node for node in group if strength.get(node, "") == strongest)
        named |= dict.fromkeys(group, min(likely, key=ids.as_number))
    return named


def _binding(proofs: Collection[Proof]) -> Iterable[Proof]:
    """Proofs that make one person of two customers."""
    addresses: defaultdict[UUID, set[UUID]] = defaultdict(set)
    claimants: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one in proofs:
        if one.way == ADDRESS:
            addresses[one.customer_id].add(one.other_id)
            claimants[one.other_id].add(one.customer_id)
        elif one.way == ACCOUNT:
            claimants[one.other_id].add(one.customer_id)
    for one in proofs:
        # Who gives the shop one address of several may have given somebody else's: of the one who gets the present.
        # So it counts only as long as nobody else has it.
        own = one.way == ADDRESS and (one.proof in SURE or len(addresses[one.customer_id]) == 1)
        alone = len(claimants[one.other_id]) == 1
        if one.way == HAND or (one.way in (ADDRESS, ACCOUNT) and not one.crowded and (own or alone)):
            yield one


class _Joined:
    """Union-find. Which of a group it calls its leader tells nobody anything."""

    def __init__(self) -> None:
        self._above: dict[UUID, UUID] = {}
        self.bound: set[UUID] = set()

    def leader(self, one: UUID) -> UUID:
        while (above := self._above.get(one, one)) != one:
            self._above[one] = one = self._above.get(above, above)
        return one

    def bind(self, one: UUID, other: UUID) -> None:
        first, second = self.leader(one), self.leader(other)
        if first != second:
            self._above[first] = second
            self.bound |= {one, other}


def _person(
    one: UUID, joined: _Joined, found: dict[UUID, set[UUID]], on_the_way: frozenset[UUID] = frozenset()
) -> UUID:
    """The leader of whom this one belongs to: of whomever it finds, if that is one person only."""
    if one not in found or one in on_the_way:
        return joined.leader(one)
    people = {_person(customer, joined, found, on_the_way | {one}) for customer in found[one]}
    return people.pop() if len(people) == 1 else one

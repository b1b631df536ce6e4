"""What facts prove about who is who: rows for people.models.Join. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.facts import CustomerSeen, Fact, MessageReceived, OrderPlaced, Person
from aftercart.people import circles
from aftercart.people.rules import address_id, customer_id, identities, normal_email, number_id, party, places
from aftercart.plumbing import ids


@dataclass(frozen=True, slots=True)
class Claim:
    """That a shop tells of a customer, and by which `known` identities (kind, value), as of `at`."""

    customer_id: UUID
    person: Person
    known: list[tuple[str, str]]
    proof: str
    at: datetime
    evidence: dict[str, str]


@dataclass(frozen=True, slots=True)
class Proven:
    """That `customer_id` is `other_id`, as of `at`. `evidence` names the thing that proves it, never a person."""

    id: UUID
    customer_id: UUID
    other_id: UUID
    way: str
    proof: str
    at: datetime
    evidence: dict[str, str]


def proven(customer: UUID, way: str, other: UUID, proof: str, at: datetime, evidence: dict[str, str]) -> Proven:
    return Proven(proof_id(customer, way, other), customer, other, way, proof, at, evidence)


def proof_id(customer: UUID, way: str, other: UUID) -> UUID:
    """The same for all that proves the same: so what was undone stays undone, whatever is told anew."""
    return ids.mirrored(customer.hex, way, other.hex)


def claim(brand_id: UUID, fact: Fact) -> Claim | None:
    """What a shop says of a customer, if the fact is about one."""
    if isinstance(fact, CustomerSeen):
        person, at, proof, evidence = fact.person, fact.as_of, circles.BY_ACCOUNT, {"source": fact.source}
    elif isinstance(fact, OrderPlaced):
        evidence = {"source": fact.source, "order": fact.order_id}
        person, at, proof = fact.customer, fact.as_of, circles.BY_ORDER
    else:
        return None
    customer = customer_id(brand_id, fact.source, person)
    if customer is None:
        return None
    return Claim(customer, person, identities(fact.source, person), proof, at, evidence)


def of_claim(brand_id: UUID, said: Claim) -> Iterator[Proven]:
    """The address and the number that the shop says are theirs."""
    for kind, value in said.known:
        if kind == "email":
            way, other = circles.ADDRESS, address_id(brand_id, value)
        elif kind == "phone":
            way, other = circles.PHONE, number_id(brand_id, value)
        else:
            continue
        yield proven(said.customer_id, way, other, said.proof, said.at, said.evidence)


def of_message(brand_id: UUID, fact: MessageReceived) -> Iterator[Proven]:
    """A token that the shop signed names its account, and may name an address of it; the place then is theirs too."""
    if not fact.proven or fact.doubted or not fact.customer.external_id:
        return
    customer, at = party(brand_id, fact), fact.happened_at
    evidence = {"source": fact.source, "message": fact.message_id}
    if email := normal_email(fact.customer.email):
        yield proven(customer, circles.ADDRESS, address_id(brand_id, email), circles.BY_TOKEN, at, evidence)
    for place in places(brand_id, fact):
        yield proven(customer, circles.SEEN_AT, place, circles.BY_TOKEN, at, evidence)


def best(proofs: Iterable[Proven]) -> list[Proven]:
    """Of several proofs of the same the strongest, in the order of their ids."""
    kept: dict[UUID, Proven] = {}
    for one in proofs:
        if (known := kept.get(one.id)) is None or one.proof > known.proof:
            kept[one.id] = one
    return [kept[key] for key in sorted(kept, key=ids.as_number)]

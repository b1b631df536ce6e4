"""Who is who: the id of a customer, and the addresses by which they are known. Pure."""

from __future__ import annotations

from uuid import UUID

from aftercart.connectors.sending import RINGING
from aftercart.facts import CustomerSeen, Fact, MessageReceived, OrderPlaced, Person, PointsPosted
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import normal_phone

# What a message is about: news of what was ordered; questions and offers.
SERVICE, MARKETING = "service", "marketing"
PURPOSES = (SERVICE, MARKETING)
CUSTOMERS = (OrderPlaced, MessageReceived, PointsPosted)


def normal_email(text: str) -> str:
    """An e-mail address as it is compared, or "" where it is none. Part before the @ is kept: a '+' may matter."""
    address = text.strip().casefold()
    name, at, host = address.rpartition("@")
    return address if name and at and host and not any(c.isspace() for c in address) else ""


def customer_id(brand_id: UUID, source: str, person: Person) -> UUID | None:
    """By the shop's own id of them, else by e-mail address, else nobody."""
    if person.external_id:
        return ids.mirrored(brand_id, source, "customer", person.external_id)
    if email := normal_email(person.email):
        return ids.mirrored(brand_id, "email", email)
    return None


def person_of(fact: object) -> Person | None:
    """The customer that a fact describes, if it describes one."""
    if isinstance(fact, CustomerSeen):
        return fact.person
    if isinstance(fact, CUSTOMERS):
        return fact.customer
    return None


def people_in(brand_id: UUID, facts: list[Fact]) -> set[UUID]:
    """Whose personal data these facts hold."""
    found = set()
    for fact in facts:
        person = person_of(fact)
        if person is not None and (customer := customer_id(brand_id, fact.source, person)):
            found.add(customer)
    return found


def identities(source: str, person: Person) -> list[tuple[str, str]]:
    """(kind, value) for each way in which this customer can be recognised."""
    known = [
        ("email", normal_email(person.email)),
        ("phone", normal_phone(person.phone)),
        (source, person.external_id),
    ]
    return [(kind, value) for kind, value in known if value]


def in_force(channel: str, purpose: str, said: bool | None) -> bool:
    """Whether such messages may go there. Who never said anything (None) gets news of their orders by what does not
    ring, and nothing else: the rest has to be asked for."""
    return said if said is not None else purpose == SERVICE and channel not in RINGING

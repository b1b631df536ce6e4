"""Who is who: the id of a customer, and the addresses by which they are known. Pure."""

from __future__ import annotations

import unicodedata
from uuid import UUID

from aftercart.connectors.sending import RINGING
from aftercart.facts import CustomerSeen, Fact, MessageAnnounced, MessageReceived, OrderPlaced, Person, PointsPosted
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import normal_phone

# What a message is about: news of what was ordered; questions and offers.
SERVICE, MARKETING = "service", "marketing"
LONGEST_NAME = 40
PURPOSES = (SERVICE, MARKETING)
CUSTOMERS = (OrderPlaced, MessageReceived, PointsPosted)
# Where an answer goes to the address or number that is claimed: who claims another's gets no answer.
BY_ADDRESS, BY_NUMBER = frozenset({"email", "form"}), frozenset({"sms", "whatsapp", "voice"})


def normal_email(text: str) -> str:
    """An e-mail address as it is compared, or "" where it is none. Part before the @ is kept: a '+' may matter."""
    address = text.strip().casefold()
    name, at, host = address.rpartition("@")
    return address if name and at and host and len(address.split()) == 1 else ""


def given_name(name: str) -> str:
    """By what a customer is greeted: the first word, where it is a name; "" for an address of a page, a number, a sum.

    Whoever orders writes what they like there, and to whomever they like: we would say it for them.
    """
    first = next(iter(name.split()), "")
    letters = first.removesuffix(".")
    plain = all(sign.isalpha() or sign in "'’-·" or unicodedata.combining(sign) for sign in letters)
    return first if plain and any(map(str.isalpha, letters)) and len(first) <= LONGEST_NAME else ""


def customer_id(brand_id: UUID, source: str, person: Person) -> UUID | None:
    """By the shop's own id of them, else by e-mail address, else nobody."""
    if person.external_id:
        return ids.mirrored(brand_id, source, "customer", person.external_id)
    if email := normal_email(person.email):
        return address_id(brand_id, email)
    return None


def address_id(brand_id: UUID, email: str) -> UUID:
    """Whoever is known by nothing but this address, as normal_email has it."""
    return ids.mirrored(brand_id, "email", email)


def number_id(brand_id: UUID, phone: str) -> UUID:
    """Whoever is known by nothing but this number, as normal_phone has it."""
    return ids.mirrored(brand_id, "phone", phone)


def party(brand_id: UUID, fact: MessageReceived) -> UUID:
    """Who wrote, as far as the message itself can tell: the same whatever else is known, and in whatever order.

    Who that is among the customers, `people.joining` tells. Whoever is doubted is somebody of their own.
    """
    if fact.doubted:
        address = normal_email(fact.customer.email) or fact.customer.phone or fact.handle
        return ids.mirrored(brand_id, "doubted", address or fact.message_id)
    kind, value = recognised(fact)
    if kind == "email":
        return address_id(brand_id, value)
    if kind == "phone":
        return number_id(brand_id, value)
    if kind == fact.source:
        return ids.mirrored(brand_id, fact.source, "customer", value)
    return next(iter(places(brand_id, fact)), None) or ids.mirrored(brand_id, "message", fact.source, fact.message_id)


def recognised(fact: MessageReceived) -> tuple[str, str]:
    """(kind, value) of the identity by which whoever wrote this is known; ("", "") if there is none.

    Claims that nobody vouches for count only where the answer goes to what is claimed: who types a customer's address
    into a chat would read the answer there.
    """
    who = fact.customer
    email, phone = ("email", normal_email(who.email)), ("phone", normal_phone(who.phone))
    handle = (fact.channel[:20], fact.handle if fact.channel not in ("email", "phone") else "")
    if fact.channel in BY_NUMBER:
        known = [phone, (fact.channel, "" if phone[1] else who.phone.strip()), handle]
    elif fact.channel in BY_ADDRESS:
        known = [email, phone]
    else:
        known = [email, phone, handle] if fact.proven else [handle]
    account = [(fact.source, who.external_id)] if fact.proven else []
    return next(((kind, value) for kind, value in (*account, *known) if value), ("", ""))


def places(brand_id: UUID, fact: MessageReceived) -> list[UUID]:
    """The handle and the conversation through which this came, where those are somebody's own."""
    number = fact.customer.phone.strip() if fact.channel in BY_NUMBER else ""
    handles = [ids.mirrored(brand_id, "handle", fact.channel, one) for one in (fact.handle or number,) if one]
    private = fact.thread if not fact.public and fact.channel not in BY_ADDRESS else ""
    return handles + ([ids.mirrored(brand_id, "thread", fact.source, private)] if private else [])


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
    for told in facts:
        fact = told.stand_in if isinstance(told, MessageAnnounced) else told
        person = person_of(fact)
        if person is not None and (customer := customer_id(brand_id, fact.source, person)):
            found.add(customer)
        if isinstance(fact, MessageReceived):
            found.add(party(brand_id, fact))
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

"""What a customer hears from us, and where: as it is in force, and as they change it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, SMS, WHATSAPP
from aftercart.outbox import lines
from aftercart.people import consent, preferences
from aftercart.people.models import Customer
from aftercart.people.rules import PURPOSES, in_force
from aftercart.plumbing.addresses import address_hash, normal_phone
from aftercart.selfservice.services import masked, masked_number


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether messages of a purpose go by a channel now. `name`: how a form calls it."""

    channel: str
    purpose: str
    on: bool

    @property
    def name(self) -> str:
        return f"{self.channel}:{self.purpose}"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by which the brand can reach them. `blocked`: since a STOP its provider lets nothing through."""

    channel: str
    address: str
    masked: str
    choices: tuple[Choice, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    customer: Customer
    ways: tuple[Way, ...]
    preferred: str


def wishes_of(brand: Brand, customer_id: UUID) -> Wishes | None:
    """None where there is no such customer."""
    customer = Customer.objects.filter(brand=brand, id=customer_id).first()
    if customer is None:
        return None
    number = normal_phone(customer.phone)
    known = {EMAIL: customer.email, SMS: number, WHATSAPP: number}
    known = {channel: address for channel, address in known.items() if address and channel in lines.open_to(brand)}
    said = consent.said_of(brand, known.items())
    ways = tuple(
        Way(
            channel,
            address,
            masked(address) if channel == EMAIL else masked_number(address),
            tuple(
                Choice(channel, purpose, in_force(channel, purpose, said.get((channel, address, purpose))))
                for purpose in PURPOSES
            ),
            blocked=said.get((channel, address, consent.AT_PROVIDER)) is False,
        )
        for channel, address in known.items()
    )
    return Wishes(customer, ways, preferences.preferred_of(brand, [customer_id]).get(customer_id, ""))


def change(
    brand: Brand, wishes: Wishes, *, shown: Collection[str], on: Collection[str], preferred: str, at: datetime
) -> None:
    """Write down what the customer changed, from the commit on. `shown`: the choices that were on when they looked.

    What they left as it was is not written again: it may have been changed elsewhere meanwhile, by a STOP for example.
    """
    with transaction.atomic():
        for way in wishes.ways:
            for choice in way.choices:
                wish = choice.name in on
                if wish != (choice.name in shown):
                    hashed = address_hash(brand.id, way.address)
                    consent.tell(brand.id, hashed, channel=way.channel, purpose=choice.purpose, granted=wish, at=at)
        if preferred in {"", *(way.channel for way in wishes.ways)} and preferred != wishes.preferred:
            preferences.prefer(brand, wishes.customer.id, preferred, at=at)

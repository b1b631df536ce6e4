"""Who asked for no messages, where and of what kind. Kept by the hash of an address, so that it outlives it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.registry import PROVIDERS
from aftercart.connectors.sending import EMAIL, RINGING
from aftercart.facts import ConsentTold, Fact
from aftercart.outbox.handover import Consents
from aftercart.people.links import stop_url
from aftercart.people.models import Consent
from aftercart.people.rules import MARKETING, PURPOSES, SERVICE
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import address_hash
from aftercart.plumbing.bulk import cursor

__all__ = ["MARKETING", "PURPOSES", "SERVICE"]
PLACED: frozenset[type[Fact]] = frozenset({ConsentTold})
# Of a number: whether its provider lets anything through. Who answers STOP is blocked there until they answer START,
# whatever they tell us meanwhile.
AT_PROVIDER = "provider"

# Of an outgoing message `o`: its recipient wants to hear no such thing there. Asked as its sending begins.
REFUSED = (
    "EXISTS (SELECT 1 FROM people_consent c WHERE c.brand_id = o.brand_id AND c.address_hash = o.address_hash"
    " AND c.channel = o.channel AND NOT c.granted"
    f" AND (c.purpose = o.purpose OR c.purpose = '{AT_PROVIDER}' AND o.purpose IN ('{SERVICE}', '{MARKETING}')"
    # Who wants to hear nothing of their orders is not asked how they liked them either.
    f" OR o.purpose = '{MARKETING}' AND c.purpose = '{SERVICE}'))"
)
# Told in any order and any number of times: the newest counts, and of two at one moment the refusal. In two statements:
# DO UPDATE minds one unique index alone, and of two who tell at once of a new address one would break on the other.
TELL = """
INSERT INTO people_consent (id, brand_id, address_hash, channel, purpose, granted, at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
TELL_AGAIN = """
UPDATE people_consent SET granted = %(granted)s, at = %(at)s
WHERE id = %(id)s AND (at < %(at)s OR (at = %(at)s AND NOT %(granted)s))
"""


def refused_of(brand: Brand, addresses: Iterable[str], *, channel: str = EMAIL, purpose: str = SERVICE) -> set[str]:
    """Those of these addresses whose owner wants to hear nothing of that kind there."""
    hashes: dict[str, list[str]] = {}
    for address in addresses:
        if address:
            hashes.setdefault(address_hash(brand.id, address), []).append(address)
    rows = Consent.objects.filter(
        brand=brand, address_hash__in=hashes, channel=channel, purpose=purpose, granted=False
    ).values_list("address_hash", flat=True)
    return {address for row in rows for address in hashes[row]}


def said_of(brand: Brand, ways: Iterable[tuple[str, str]]) -> dict[tuple[str, str, str], bool]:
    """By channel, address and purpose (AT_PROVIDER too): what is known of these channels and addresses."""
    hashes = {(channel, address): address_hash(brand.id, address) for channel, address in ways if address}
    rows = Consent.objects.filter(brand=brand, address_hash__in=set(hashes.values()))
    told = {
        (channel, hashed, purpose): granted
        for channel, hashed, purpose, granted in rows.values_list("channel", "address_hash", "purpose", "granted")
    }
    return {
        (channel, address, purpose): told[channel, hashed, purpose]
        for (channel, address), hashed in hashes.items()
        for purpose in (*PURPOSES, AT_PROVIDER)
        if (channel, hashed, purpose) in told
    }


def answers(brand: Brand, ways: Iterable[tuple[str, str]], *, purpose: str = SERVICE) -> dict[tuple[str, str], bool]:
    """Of these channels and addresses: what their owners said of such messages, where they said anything.

    No is also what a provider no longer lets through.
    """
    found: dict[tuple[str, str], bool] = {}
    for (channel, address, about), granted in said_of(brand, ways).items():
        if about == purpose or (about == AT_PROVIDER and not granted):
            found[channel, address] = granted and found.get((channel, address), True)
    return found


def is_refused(brand: Brand, hashed: str, *, channel: str, purpose: str) -> bool:
    told = Consent.objects.filter(brand=brand, address_hash=hashed, channel=channel, purpose=purpose)
    return told.filter(granted=False).exists()


def record(brand_id: UUID, facts: Iterable[Fact]) -> None:
    """What holders of addresses told, in the caller's transaction."""
    told = [
        (address_hash(brand_id, fact.address), fact.channel, purpose, fact.granted, fact.happened_at)
        for fact in facts
        if isinstance(fact, ConsentTold)
        for purpose in _purposes(fact)
    ]
    # In one order, so that two workers never wait for each other.
    for hashed, channel, purpose, granted, at in sorted(told):
        tell(brand_id, hashed, channel=channel, purpose=purpose, granted=granted, at=at)


def _purposes(fact: ConsentTold) -> tuple[str, ...]:
    if fact.purpose:
        return (fact.purpose,)
    return (*PURPOSES, AT_PROVIDER) if fact.source in PROVIDERS and fact.channel in RINGING else PURPOSES


def tell(brand_id: UUID, hashed: str, *, channel: str, purpose: str, granted: bool, at: datetime) -> None:
    """`hashed`: the address, by plumbing.addresses. Holds from the commit on, also for what is owed already."""
    with cursor() as one:
        row = ids.mirrored(brand_id, "consent", hashed, channel, purpose)
        one.execute(TELL, (row, brand_id, hashed, channel, purpose, granted, at))
        if not one.rowcount:
            one.execute(TELL_AGAIN, {"id": row, "granted": granted, "at": at})


def _stop(brand: Brand, customer: UUID, hashed: str, channel: str, purpose: str) -> str:
    offered = hashed and channel == EMAIL and purpose in PURPOSES
    return stop_url(brand, hashed, channel, purpose, customer) if offered else ""


# What the outbox, which comes before us, has to know as it hands a message over.
consents = Consents(refused=REFUSED, stop=_stop)

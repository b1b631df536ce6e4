"""Who asked for no messages, where and of what kind. Kept by the hash of an address, so that it outlives it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL
from aftercart.facts import ConsentTold, Fact
from aftercart.outbox.handover import Consents
from aftercart.people.links import stop_url
from aftercart.people.models import Consent
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import address_hash
from aftercart.plumbing.bulk import cursor

PLACED: frozenset[type[Fact]] = frozenset({ConsentTold})
SERVICE, MARKETING = "service", "marketing"
PURPOSES = (SERVICE, MARKETING)

# Of an outgoing message `o`: its recipient wants to hear no such thing there. Asked as its sending begins.
REFUSED = (
    "EXISTS (SELECT 1 FROM people_consent c WHERE c.brand_id = o.brand_id AND c.address_hash = o.address_hash"
    " AND c.channel = o.channel AND NOT c.granted"
    # Who wants to hear nothing of their orders is not asked how they liked them either.
    f" AND (c.purpose = o.purpose OR (o.purpose = '{MARKETING}' AND c.purpose = '{SERVICE}')))"
)
# Told in any order and any number of times: the newest counts, and of two at one moment the refusal.
TELL = """
INSERT INTO people_consent AS c (id, brand_id, address_hash, channel, purpose, granted, at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (brand_id, address_hash, channel, purpose) DO UPDATE SET granted = excluded.granted, at = excluded.at
WHERE excluded.at > c.at OR (excluded.at = c.at AND NOT excluded.granted)
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


def answers(brand: Brand, ways: Iterable[tuple[str, str]], *, purpose: str = SERVICE) -> dict[tuple[str, str], bool]:
    """Of these channels and addresses: what their owners said of such messages, where they said anything."""
    hashes = {(channel, address): address_hash(brand.id, address) for channel, address in ways if address}
    rows = Consent.objects.filter(brand=brand, address_hash__in=set(hashes.values()), purpose=purpose)
    said = {
        (channel, hashed): granted
        for channel, hashed, granted in rows.values_list("channel", "address_hash", "granted")
    }
    return {way: said[way[0], hashed] for way, hashed in hashes.items() if (way[0], hashed) in said}


def is_refused(brand: Brand, hashed: str, *, channel: str, purpose: str) -> bool:
    told = Consent.objects.filter(brand=brand, address_hash=hashed, channel=channel, purpose=purpose)
    return told.filter(granted=False).exists()


def record(brand_id: UUID, facts: Iterable[Fact]) -> None:
    """What holders of addresses told, in the caller's transaction."""
    told = [
        (address_hash(brand_id, fact.address), fact.channel, purpose, fact.granted, fact.happened_at)
        for fact in facts
        if isinstance(fact, ConsentTold)
        for purpose in ([fact.purpose] if fact.purpose else PURPOSES)
    ]
    # In one order, so that two workers never wait for each other.
    for hashed, channel, purpose, granted, at in sorted(told):
        tell(brand_id, hashed, channel=channel, purpose=purpose, granted=granted, at=at)


def tell(brand_id: UUID, hashed: str, *, channel: str, purpose: str, granted: bool, at: datetime) -> None:
    """`hashed`: the address, by plumbing.addresses. Holds from the commit on, also for what is owed already."""
    with cursor() as one:
        row = ids.mirrored(brand_id, "consent", hashed, channel, purpose)
        one.execute(TELL, (row, brand_id, hashed, channel, purpose, granted, at))


def _stop(brand: Brand, hashed: str, channel: str, purpose: str) -> str:
    return stop_url(brand, hashed, channel, purpose) if hashed and channel == EMAIL and purpose in PURPOSES else ""


# What the outbox, which comes before us, has to know as it hands a message over.
consents = Consents(refused=REFUSED, stop=_stop)

"""When customers last wrote to us where our answer may be free: their own words open a conversation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import WHATSAPP
from aftercart.facts import Fact, MessageReceived
from aftercart.people.models import Heard
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import address_hash
from aftercart.plumbing.bulk import cursor

HEAR = """
INSERT INTO people_heard AS h (id, brand_id, channel, address_hash, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET at = greatest(h.at, excluded.at)
"""


def record(brand_id: UUID, facts: Iterable[Fact]) -> None:
    """In the caller's transaction."""
    heard: dict[UUID, tuple[str, datetime]] = {}
    for fact in facts:
        if isinstance(fact, MessageReceived) and fact.channel == WHATSAPP and fact.customer.phone:
            hashed = address_hash(brand_id, fact.customer.phone)
            row = _id(brand_id, hashed)
            heard[row] = hashed, max(fact.happened_at, heard.get(row, (hashed, fact.happened_at))[1])
    with cursor() as one:
        for row, (hashed, at) in sorted(heard.items()):
            one.execute(HEAR, (row, brand_id, WHATSAPP, hashed, at))


def heard_of(brand: Brand, numbers: Iterable[str]) -> dict[str, datetime]:
    """When the holders of these numbers last wrote by WhatsApp, as far as they did."""
    rows = {_id(brand.id, address_hash(brand.id, number)): number for number in numbers if number}
    found = Heard.objects.filter(brand=brand, id__in=rows).values_list("id", "at")
    return {rows[row]: at for row, at in found}


def _id(brand_id: UUID, hashed: str) -> UUID:
    return ids.mirrored(brand_id, "heard", WHATSAPP, hashed)

"""Who asked for no messages. Kept by the hash of an address, so that it outlives the address itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.people.models import Consent

EMAIL = "email"


def address_hash(brand_id: UUID, address: str) -> str:
    return hashlib.blake2b(address.strip().lower().encode(), key=brand_id.bytes, digest_size=32).hexdigest()


def refused_of(brand: Brand, addresses: Iterable[str]) -> set[str]:
    """Those of these addresses whose owner wants to hear nothing of orders."""
    hashes = {address_hash(brand.id, address): address for address in addresses if address}
    rows = Consent.objects.filter(
        brand=brand, address_hash__in=hashes, channel=EMAIL, purpose="service", granted=False
    ).values_list("address_hash", flat=True)
    return {hashes[row] for row in rows}

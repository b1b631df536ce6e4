"""What was agreed to. Kept by the hash of an address, so that it outlives the address itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.people.models import Consent

SERVICE = "service"  # the purpose: news of what somebody bought


def address_hash(brand_id: UUID, address: str) -> str:
    return hashlib.blake2b(address.strip().lower().encode(), key=brand_id.bytes, digest_size=32).hexdigest()


def answers(brand: Brand, ways: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bool]:
    """Of these channels and addresses: what their owners said of service messages, where they said anything."""
    hashes = {(channel, address_hash(brand.id, address)): (channel, address) for channel, address in ways if address}
    rows = Consent.objects.filter(brand=brand, address_hash__in={key for _, key in hashes}, purpose=SERVICE)
    said = rows.values_list("channel", "address_hash", "granted")
    return {hashes[channel, key]: granted for channel, key, granted in said if (channel, key) in hashes}

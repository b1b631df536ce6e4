"""Where people can be reached: one spelling of each address, and a name of it that does not give it away."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

SHORTEST_PHONE = 8
_OTHERS = re.compile(r"[^0-9]+")


def normal_phone(text: str) -> str:
    """'+' and digits; "" where the country is not said, since national numbers of two countries can be equal."""
    digits = _OTHERS.sub("", text)
    if text.strip().startswith("00"):
        digits = digits[2:]
    elif not text.strip().startswith("+"):
        return ""
    return f"+{digits}" if len(digits) >= SHORTEST_PHONE else ""


def address_hash(brand_id: UUID, address: str) -> str:
    """The name under which a brand keeps what is known of an address, so that it outlives the address itself."""
    spelt = address if "@" in address else normal_phone(address) or address
    return hashlib.blake2b(spelt.strip().lower().encode(), key=brand_id.bytes, digest_size=32).hexdigest()

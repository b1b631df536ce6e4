"""Public keys of a shop's own pages: they ask when something would arrive and, with a proof, how an order stands."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.crypto import salted_hmac

from aftercart.brands.models import Brand, Storefront
from aftercart.brands.services import BrandError, audit
from aftercart.plumbing import ids
from aftercart.plumbing.signing import hmac_hex, same

PREFIX = "pk_"


def add(
    brand: Brand, origins: Sequence[str], *, at: datetime, by: str, name: str = "shop", per_minute: int = 120
) -> Storefront:
    """A fresh key for these origins; BrandError where one is none, or the name is taken."""
    bound = [origin(text) for text in origins]
    if not bound:
        raise BrandError("origin: name at least one, such as https://juniper.example")
    if not 1 <= per_minute <= 100_000:
        raise BrandError(f"per-minute: {per_minute} is not between 1 and 100000")
    if Storefront.objects.filter(brand=brand, name=name, revoked_at=None).exists():
        raise BrandError(f"name: there is a key called {name!r}; revoke it first, or give another name")
    key = PREFIX + secrets.token_urlsafe(24)
    with transaction.atomic():
        row = Storefront.objects.create(
            id=ids.new(at), brand=brand, name=name, key=key, origins=bound, per_minute=per_minute, made_at=at
        )
        audit(brand, actor=by, action="storefront.add", subject=str(row.id), detail={"name": name, "origins": bound})
    return row


def secret(key: str) -> str:
    """With what the shop's server proves to us that it showed a page for an order itself. As old as the key."""
    return salted_hmac("aftercart.storefront", key, algorithm="sha256").hexdigest()


def proof(key: str, order: str) -> str:
    """HMAC-SHA256 of the shop's own id of the order, by the key's secret, in hexadecimal."""
    return hmac_hex(secret(key).encode(), order.encode())


def proves(key: str, order: str, given: str) -> bool:
    return same(given.lower(), proof(key, order))


def revoke(brand: Brand, name: str, *, at: datetime, by: str) -> bool:
    """From now on the key of that name opens nothing."""
    with transaction.atomic():
        row = Storefront.objects.select_for_update().filter(brand=brand, name=name, revoked_at=None).first()
        if row is None:
            return False
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        audit(brand, actor=by, action="storefront.revoke", subject=str(row.id), detail={"name": name})
        return True


def origin(text: str) -> str:
    """An origin as browsers send it: scheme, host and port, in small letters."""
    parts = urlsplit(text.strip().rstrip("/").lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise BrandError(f"origin: {text!r} is none; write it like https://juniper.example")
    try:
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = f":{parts.port}" if parts.port not in (None, usual) else ""
    except ValueError:
        raise BrandError(f"origin: {text!r} has no such port") from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"

"""Who may ask: public storefront keys, the origins that they are bound to, and how often."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from aftercart.api.errors import ApiError
from aftercart.brands.models import Brand, Storefront
from aftercart.plumbing.buckets import Buckets
from aftercart.selfservice.limits import address_of

FRESH = 3.0  # seconds for which keys are kept: that long a revoked one still opens


@dataclass(frozen=True, slots=True)
class Door:
    """A key that is open, and the brand that it belongs to."""

    id: UUID
    key: str
    brand: Brand
    origins: frozenset[str]
    per_minute: int


@dataclass(slots=True)
class _Keys:
    """All of them, since there are few: an invented key costs no query."""

    read_at: float = -FRESH
    doors: dict[str, Door] | None = None

    def all(self) -> dict[str, Door]:
        if self.doors is None or time.monotonic() - self.read_at > FRESH:
            rows = Storefront.objects.filter(revoked_at=None).select_related("brand")
            self.doors = {r.key: Door(r.id, r.key, r.brand, frozenset(r.origins), r.per_minute) for r in rows}
            self.read_at = time.monotonic()
        return self.doors


_keys, _buckets = _Keys(), Buckets[tuple[UUID, str]]()


def forget() -> None:
    """Read the keys anew at the next question, and count from none."""
    global _buckets
    _keys.doors = None
    _buckets = Buckets()


def enter(request: HttpRequest, key: str) -> Door:
    """The door that this key opens from where it is asked; ApiError where it opens none."""
    door = _keys.all().get(key)
    if door is None:
        raise ApiError(401, "authentication", "unknown_key", "This storefront key opens nothing.", param="key")
    if origin_of(request) not in door.origins:
        message = "This storefront key is for other origins: add yours with `aftercart storefront add`."
        raise ApiError(403, "permission", "origin_not_allowed", message)
    wait = _buckets.take((door.id, _visitor(request)), door.per_minute, time.monotonic())
    if wait:
        error = ApiError(429, "rate_limit", "too_many_questions", "Too many questions: ask again a little later.")
        error.headers = {"Retry-After": str(int(wait) + 1)}
        raise error
    return door


def known_origin(request: HttpRequest) -> str:
    """The origin that asks, if any key is bound to it; else nothing."""
    origin = origin_of(request)
    return origin if any(origin in door.origins for door in _keys.all().values()) else ""


def origin_of(request: HttpRequest) -> str:
    """Whose page asks: browsers say so where it is another's than ours, and their Referer does where it is ours."""
    if origin := request.headers.get("Origin", ""):
        return origin.lower()
    parts = urlsplit(request.headers.get("Referer", "").lower())
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _visitor(request: HttpRequest) -> str:
    return salted_hmac("aftercart.api.visitor", address_of(request), algorithm="sha256").hexdigest()[:24]

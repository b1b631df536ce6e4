"""The token with which a shop says who is signed in: a JWT (RFC 7519) by HS256 and no other way. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from aftercart.connectors.chat.bodies import Person
from aftercart.plumbing.signing import same

LEEWAY = timedelta(seconds=60)  # by which the shop's clock may differ from ours
# A token is in the page, so whoever gets hold of the page has it: one that is good for weeks is refused.
LONGEST_LIFE = timedelta(hours=24)
LONGEST_TOKEN = 4_000
EXPIRED, INVALID = "expired", "invalid"


class NotProven(ValueError):
    """`kind`: EXPIRED (a fresh page helps) or INVALID (the shop has to look at it); the text says what is wrong."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def identify(token: str, secrets: Iterable[str], audience: str, now: datetime) -> Person:
    """Whom the shop vouches for. `audience`: the brand, which `aud` names if it is there. Raises NotProven."""
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise NotProven(INVALID, "it is no JWT")
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    header = _json(head, "header")
    if header.get("alg") != "HS256" or "crit" in header:
        raise NotProven(INVALID, "it is not signed by HS256")
    # All are compared, so that the time does not tell which one fitted.
    fitting = [secret for secret in secrets if secret and same(signature, _signature(secret, signed))]
    if not fitting:
        raise NotProven(INVALID, "its signature does not fit")
    claims = _json(body, "claims")
    _check_times(claims, now)
    _check_audience(claims.get("aud"), audience)
    return _person(claims)


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    expires, issued, begins = _moment(claims, "exp"), _moment(claims, "iat"), _moment(claims, "nbf")
    if expires is None:
        raise NotProven(INVALID, "it does not say until when it holds (exp)")
    if expires + LEEWAY <= now:
        raise NotProven(EXPIRED, "it has expired")
    if expires - (issued or now) > LONGEST_LIFE + LEEWAY or expires - now > LONGEST_LIFE + LEEWAY:
        raise NotProven(INVALID, "it holds for more than 24 hours")
    if max(issued or now, begins or now) > now + LEEWAY:
        raise NotProven(INVALID, "it is from the future")


def _check_audience(told: object, audience: str) -> None:
    if told is not None and audience not in (told if isinstance(told, list) else [told]):
        raise NotProven(INVALID, "it is for somebody else (aud)")


def _person(claims: Mapping[str, Any]) -> Person:
    subject = claims.get("sub")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= 120 or "\0" in subject:
        raise NotProven(INVALID, "it names no customer (sub)")
    # As OpenID Connect says it: an address that the shop has not verified proves nothing.
    email = "" if claims.get("email_verified") is False else _text(claims, "email", 254)
    return Person(
        external_id=subject,
        email=email if "@" in email else "",
        name=_text(claims, "name", 200),
        locale=_text(claims, "locale", 35),
    )


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    told = claims.get(name)
    return told.replace("\0", "").strip()[:longest] if isinstance(told, str) else ""


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    told = claims.get(name)
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told < 1e11:
        raise NotProven(INVALID, f"its {name} is no time")
    return datetime.fromtimestamp(told, UTC)


def _json(part: str, what: str) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise NotProven(INVALID, f"its {what} cannot be read") from None
    if not isinstance(found, dict):
        raise NotProven(INVALID, f"its {what} cannot be read")
    return found


def _signature(secret: str, signed: str) -> str:
    digest = hmac.digest(secret.encode(), signed.encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

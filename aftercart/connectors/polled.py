"""What the carriers that we ask have in common: they send nothing by themselves, so no delivery of theirs is let in.

The poller stores their answers, and keeps with each the number that it had asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aftercart.connectors.contract import ASKED_FOR

SIGNED = True
TYPED = False
KEPT_HEADERS = frozenset([ASKED_FOR])


def is_authentic(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Never: the secrets of such a source are what we log in with, and prove nothing of a sender."""
    return False


def bound_to(headers: Mapping[str, str]) -> str:
    return ""


def sent_at(headers: Mapping[str, str]) -> datetime | None:
    return None


def delivery_id(body: bytes, headers: Mapping[str, str]) -> str:
    return ""


def topic(body: bytes, headers: Mapping[str, str]) -> str:
    return ""

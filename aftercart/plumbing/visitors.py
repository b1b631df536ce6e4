"""From where a request came."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The visitor's address, of a request to a page."""
    return address(request.headers.get("X-Forwarded-For", ""), str(request.META.get("REMOTE_ADDR", "")))


def address(forwarded: str, peer: str) -> str:
    """The last address that a proxy of ours wrote down, where there are proxies; else that of who is connected."""
    written = forwarded.split(",")
    if settings.PROXIES and len(written) >= settings.PROXIES:
        return written[-settings.PROXIES].strip()
    return peer

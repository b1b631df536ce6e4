"""What a server reports about a mail of ours: RFC 3464, and the older forms that carry the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aftercart.connectors.mail.inbound.headers import Head
from aftercart.connectors.mail.inbound.parts import Parts
from aftercart.connectors.mail.inbound.shapes import Report

_FIELD = re.compile(r"^([A-Za-z-]{2,60}):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# Looked for where one can begin alone: from every letter of a long word on it would take for ever.
_ADDRESS = re.compile(r"(?<![^\s<>;,\"'])[^\s<>;,\"']+@[^\s<>;,\"']+")
_INNER_ID = re.compile(r"^Message-ID:\s*<([^<>\s]{1,900})>", re.MULTILINE | re.IGNORECASE)
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_LONGEST = 100_000


def report_in(head: Head, parts: Parts, text: str) -> Report:
    """What is said anywhere in a mail that is about another; empty where nothing is."""
    fields = [pair for block in parts.reports for pair in _fields(block)]
    recipients = [*_addresses(fields, "final-recipient"), *_addresses(fields, "original-recipient")]
    recipients = recipients or [
        found for value in head.every("x-failed-recipients") for found in _ADDRESS.findall(value)
    ]
    action = next((value.lower() for name, value in fields if name == "action" and value.lower() in _ACTIONS), "")
    status = _STATUS.search(" ".join(value for name, value in fields if name == "status"))
    status = status or (None if fields else _STATUS.search(text[:_LONGEST]))
    inner = [found for one in parts.inner for found in one.ids("message-id")]
    inner = inner or _INNER_ID.findall(text[:_LONGEST])
    return Report(
        action=action or ("failed" if head.first("x-failed-recipients") else ""),
        status=status[1] if status else "",
        diagnostic=next((value for name, value in fields if name == "diagnostic-code"), "")[:500],
        recipients=tuple(dict.fromkeys(address.lower() for address in recipients)),
        message_id=inner[0] if inner else "",
    )


def _fields(block: str) -> Iterable[tuple[str, str]]:
    for match in _FIELD.finditer(block[:_LONGEST]):
        yield match[1].lower(), " ".join(match[2].split())


def _addresses(fields: Iterable[tuple[str, str]], wanted: str) -> Iterable[str]:
    """Such as `rfc822; anna@shop.example`."""
    return [
        found
        for name, value in fields
        if name == wanted
        for found in _ADDRESS.findall(value.partition(";")[2] or value)
    ]

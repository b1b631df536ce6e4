"""What the receiving server found out about the sender: its Authentication-Results (RFC 8601), and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aftercart.connectors.mail.inbound.headers import Head, decoded
from aftercart.connectors.mail.inbound.shapes import Verdict

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([A-Za-z]{1,20})", re.IGNORECASE)
_DOMAIN = re.compile(r"\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s@;\"]*@)?([^\s;\"]+)", re.IGNORECASE)
# The worst first: where one server says two things about one method, the worse counts.
_ORDER = ("fail", "hardfail", "softfail", "permerror", "temperror", "policy", "neutral", "none", "pass")


def verdict_of(head: Head, authserv_id: str | None) -> Verdict:
    """The verdict of the server that calls itself `authserv_id`; empty where that is not known or it said nothing.

    Only what stands above the next hop is read: what the sender wrote himself lies below. That a server removes
    what others wrote in its name is asked of it by RFC 8601, section 5.
    """
    if not authserv_id:
        return Verdict()
    found: dict[str, str] = {}
    domain = ""
    for value in _said_by(head, authserv_id.lower()):
        within: dict[str, list[str]] = {}
        for method, result, about in _results(value):
            within.setdefault(method, []).append(result)
            if method == "dkim" and result == "pass":
                domain = domain or about
        for method, results in within.items():
            # One signature that fits is enough; a second header may only make it worse.
            best = "pass" if "pass" in results else results[0]
            found[method] = min(found.get(method, best), best, key=_rank)
    passed = found.get("dkim") == "pass"
    return Verdict(found.get("spf", ""), found.get("dkim", ""), found.get("dmarc", ""), domain if passed else "")


def _said_by(head: Head, authserv_id: str) -> Iterator[str]:
    seen = False
    for name, value in head.lines:
        if name == "authentication-results":
            said = decoded(value)
            if _without_comments(said).partition(";")[0].split()[:1] == [authserv_id]:
                seen = True
                yield said
        elif name == "received" and seen:
            return


def _results(value: str) -> Iterator[tuple[str, str, str]]:
    """(method, result, domain)"""
    for piece in _without_comments(value).split(";")[1:]:
        if match := _RESULT.match(piece):
            domain = _DOMAIN.search(piece)
            yield match[1].lower(), match[2].lower(), domain[1].lower() if domain else ""


def _without_comments(value: str) -> str:
    """Comments may hold anything, a semicolon with a result behind it too; they nest."""
    value = value.lower()
    for _ in range(10):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value


def _rank(result: str) -> int:
    return _ORDER.index(result) if result in _ORDER else 0

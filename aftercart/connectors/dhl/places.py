"""Where DHL says that something was: one line of text with the town, sometimes a region, and the country's name."""

from __future__ import annotations

import re

from aftercart.connectors.reading import place, text
from aftercart.facts import Place
from aftercart.plumbing.countries import country_code

_CUTS = re.compile(r"\s*,\s*|\s+-\s*|\s*-\s+|-(?=[A-Z]{2,3}$)")
_STREET = re.compile(r"\d")


def area(line: str) -> Place:
    """ "MILAN - ITALY", "KINGSTON-JAM", "SPRINGFIELD GARDENS,NY-USA": an Express service area."""
    return _place(line, "", "")


def address(line: object, country: object, postal_code: object) -> Place:
    """The locality of a unified answer, which may begin with a street: only the town is kept."""
    return _place(text(line, 200), text(country, 80), text(postal_code, 20))


def _place(line: str, country: str, postal_code: str) -> Place:
    parts = [part for part in _CUTS.split(" ".join(line.split())) if part]
    if len(parts) > 2 and country_code(two := ", ".join(parts[-2:])):
        parts[-2:] = [two]
    while len(parts) > 1 and country_code(parts[-1]):
        country = country or parts[-1]
        parts.pop()
    if len(parts) == 1 and not country and len(parts[0]) > 3 and country_code(parts[0]):
        country = parts.pop()
    if len(parts) > 1 and _STREET.search(parts[0]):
        parts.pop(0)
    region = parts.pop() if len(parts) > 1 and re.fullmatch(r"[A-Z]{2,3}", parts[-1]) else ""
    return place(", ".join(parts), region, country, postal_code)

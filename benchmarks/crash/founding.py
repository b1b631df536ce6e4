"""The brand of both lives, and its sources."""

from __future__ import annotations

import secrets
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.brands.services import connect
from benchmarks.crash.stream import SHOP, START

# Every id of the outside is made from it, so it has to be the same in both lives.
BRAND = UUID("0190c0de-0000-7000-8000-00000000cafe")
SLUG = "maren-oak"


def found() -> dict[str, dict[str, str]]:
    """For each kind of source its address and secret."""
    brand = Brand.objects.create(
        id=BRAND,
        slug=SLUG,
        name="Maren & Oak",
        from_email="Maren & Oak <hello@maren-and-oak.example>",
        country="NL",
        time_zone="Europe/Amsterdam",
        speaks_since=START,
        clock_business=START,
        clock_machine=START,
        clock_rate=0,
    )
    found = {}
    for kind, bound_to in (("shopify", SHOP), ("easypost", ""), ("aftercart", "")):
        source = connect(brand, kind, secret=_secret(kind), bound_to=bound_to)
        found[kind] = {"path": f"/in/{SLUG}/{kind}/{source.token}", "secret": source.secrets[0]}
    return found


def _secret(kind: str) -> str:
    return "whsec_" + "bWFyZW4tYW5kLW9hay1pbi1hLXN0b3Jt" if kind == "aftercart" else secrets.token_hex(32)

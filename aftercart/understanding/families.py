"""Words that mean alike, so that what was taught of "coupon" is known of "voucher". English. Pure.

`families/en.txt` has a family a line, and families that are near to each other without a blank line between them.
Where it comes from: ../../docs/why/0030-understanding.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Families = Mapping[str, tuple[str, str]]


@cache
def families() -> Families:
    """Of each word that is in one, its family and the wider one, as features that no word is."""
    raw = files("aftercart.understanding").joinpath("families", "en.txt").read_text("utf-8")
    lines = [line for line in raw.splitlines() if not line.startswith("#")]
    found: dict[str, tuple[str, str]] = {}
    wide = 0
    for n, line in enumerate(lines):
        wide += not line
        found |= dict.fromkeys(line.split(), (f"~{n}", f"~~{wide}"))
    return found

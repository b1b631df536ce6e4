from __future__ import annotations

import re

from tests.house.test_sizes import ROOT

# Each of these would read a clock that a rehearsal cannot drive.
BARE = re.compile(
    r"timezone\.now\(|datetime\.now\(|datetime\.utcnow\(|date\.today\(|\bCURRENT_TIMESTAMP\b|(?<![\w.])now\(\)"
)
MAY = {"aftercart/plumbing/clock.py"}


def test_stages_read_only_our_two_clocks() -> None:
    found = {}
    for path in (ROOT / "aftercart").rglob("*.py"):
        name = str(path.relative_to(ROOT))
        if name not in MAY and (hit := BARE.search(path.read_text("utf-8"))):
            found[name] = hit.group()
    assert found == {}

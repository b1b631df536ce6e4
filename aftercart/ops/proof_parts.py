"""What notices are measured to do part by part, and who bought again, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aftercart.ops.proof import Side, between, spared
from aftercart.orders.carriers import carrier_name
from aftercart.outreach.experiments.estimate import Estimate
from aftercart.outreach.experiments.queries import Arms, Report
from aftercart.story.rules import kind_in_words

PARTS = {"notice": "By notice", "carrier": "By carrier", "month": "By month of the notice"}


@dataclass(frozen=True, slots=True)
class Slice:
    name: str
    held_out: Side
    notified: Side
    found: Estimate | None

    @property
    def difference(self) -> str:
        return spared(self.found.effect) if self.found and self.found.enough else ""

    @property
    def interval(self) -> str:
        return between(self.found.interval) if self.found and self.found.enough else "too few to tell"


def slices(arms: dict[str, Arms], part: str) -> list[Slice]:
    """Those with most affected orders first; months in their order."""
    rows = []
    for name, one in arms.items():
        out, told = one.arms
        rows.append(Slice(_named(part, name), Side(out), Side(told), one.estimate))
    if part == "month":
        return rows
    return sorted(rows, key=lambda row: -(row.held_out.arm.orders + row.notified.arm.orders))


def _named(part: str, name: str) -> str:
    if part == "notice":
        return kind_in_words(name)
    if part == "carrier":
        return carrier_name(name) if name else "Not shipped yet"
    return f"{date.fromisoformat(f'{name}-01'):%B %Y}"


@dataclass(frozen=True, slots=True)
class Again:
    """Customers who bought again, of each arm, and the difference that notices make."""

    held_out: Side
    notified: Side
    said: str


def again(report: Report) -> Again | None:
    """None before anybody's days are over."""
    out, told = report.again.arms
    found = report.again.estimate
    if not out.customers or not told.customers:
        return None
    if found is None or not found.enough:
        return Again(Side(out), Side(told), "too few to tell")
    # There the held-out less the notified; here what is gained.
    low, high = -found.interval[1], -found.interval[0]
    return Again(
        Side(out), Side(told), f"{100 * -found.effect:+.1f} points (95 %: {100 * low:+.1f} to {100 * high:+.1f})"
    )

"""What may come of a concern, in words for operators: chances, amounts and their reasons. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aftercart.plumbing.money import decimals
from aftercart.story.rules import kind_in_words, money

# A chance below which a word is fair, and the word.
WORDS = ((0.05, "very unlikely"), (0.15, "unlikely"), (0.35, "possible"), (0.6, "likely"), (1.01, "very likely"))


@dataclass(frozen=True, slots=True)
class Weighed:
    """`chances`: of a contact within 1, 3 and 7 days. `costs`: contacts, refunds and lost custom, in minor units."""

    chances: tuple[float, float, float]
    costs: tuple[int, int, int]
    currency: str
    reasons: list[list[object]]
    factors: list[list[object]]
    version: int

    @property
    def total(self) -> int:
        return sum(self.costs)

    @property
    def money(self) -> str:
        return money(self.total, self.currency)

    @property
    def parts(self) -> str:
        """ "contacts €1.20, refunds €14.00"; a part that is nothing is left out."""
        named = zip(("contacts", "refunds", "lost custom"), self.costs, strict=True)
        return ", ".join(f"{name} {money(cost, self.currency)}" for name, cost in named if cost)

    @property
    def chance(self) -> str:
        return chance_in_words(self.chances[-1])

    @property
    def each(self) -> str:
        one, three, seven = (percent(chance) for chance in self.chances)
        return f"{one} within a day, {three} within 3 days, {seven} within 7 days"

    @property
    def why(self) -> str:
        return " · ".join(filter(None, (reason_in_words(str(name), figures) for name, *figures in self.reasons)))

    @property
    def odds(self) -> str:
        """ "looks: 4 or more ×3.0, date: in time ×0.7"."""
        return ", ".join(
            f"{name}: {kind_in_words(str(level)).lower() if name == 'kind' else level} ×{odds:g}"
            for name, level, odds in self.factors
        )

    @property
    def basis(self) -> str:
        if not self.version:
            return "assumed: nobody has told Aftercart of this brand's contacts yet"
        return f"learned from this brand's contacts, version {self.version}"

    def amount(self, minor: int) -> Decimal:
        return Decimal(minor).scaleb(-decimals(self.currency))


def percent(chance: float) -> str:
    """ "0.4 %", "3 %", "41 %": one place only where it tells something."""
    written = f"{chance:.1%}" if chance < 0.0095 else f"{chance:.0%}"
    return written.replace("%", "\N{NO-BREAK SPACE}%")


def chance_in_words(chance: float) -> str:
    """ "contact likely, 41 %"."""
    word = next(word for below, word in WORDS if chance < below)
    return f"contact {word}, {percent(chance)}"


def reason_in_words(name: str, figures: Sequence[object]) -> str:
    """One reason of `risk.rules.reasons`, "" for one that this release does not know."""
    match name, figures:
        case "value", [int(amount), str(currency)] if currency:
            return f"{money(amount, currency)} order"
        case "undelivered", [float(share)]:
            return f"{percent(share)} of it not there yet"
        case "first", _:
            return "first order"
        case "orders", [int(count)]:
            return f"{count} orders so far"
        case "past", [0]:
            return "promised for today"
        case "past", [int(days)]:
            return f"{_days(days)} past the promise"
        case "danger", _:
            return "promise in danger"
        case "silent", [int(days)]:
            return f"silent for {_days(days, 'business ')}"
        case "looks", [int(times)]:
            return f"looked {_times(times)} in 24 hours"
        case "contacts", [int(times)]:
            return f"contacted us {_times(times)} lately"
        case "worries", [int(times)]:
            return f"worried {_times(times)} before, on other orders"
    return ""


def _days(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'day' if count == 1 else 'days'}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")

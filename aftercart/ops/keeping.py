"""Whether dates are kept, as operators read it: counts, and the sentences over them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from typing import Self

from aftercart.ops.speeds import Share

ENOUGH = 20  # dates due, below which nobody is named as the worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Dates told, by what became of them. Of the broken, `late` have arrived since, `days` after the day in all, and
    `waiting` have not."""

    kept: int = 0
    broken: int = 0
    open: int = 0
    days: int = 0
    late: int = 0
    waiting: int = 0

    @property
    def due(self) -> int:
        return self.kept + self.broken

    @property
    def share(self) -> Share:
        return Share(self.kept, self.due)

    @property
    def late_by(self) -> float | None:
        """Days, on average over those that have arrived since."""
        return self.days / self.late if self.late else None

    def __add__(self, other: Told) -> Told:
        return Told(
            kept=self.kept + other.kept,
            broken=self.broken + other.broken,
            open=self.open + other.open,
            days=self.days + other.days,
            late=self.late + other.late,
            waiting=self.waiting + other.waiting,
        )


def added(told: Iterable[Told]) -> Told:
    return sum(told, Told())


@dataclass(frozen=True, slots=True)
class Meant:
    """Dates that were told with about the same confidence: `promised`, the share that was meant to be kept."""

    promised: float
    told: Told

    @classmethod
    def of(cls, dates: Iterable[tuple[float, Told]]) -> Self:
        """`dates`: by their confidence. What has fallen due decides, or where nothing has, what is open."""
        known = list(dates)
        told = added(t for _, t in known)
        weighed = [(confidence, t.due if told.due else t.open) for confidence, t in known]
        return cls(sum(c * n for c, n in weighed) / max(sum(n for _, n in weighed), 1), told)


def band(confidence: float) -> float:
    """The beginning of the twentieth that it lies in: dates are told with nearly as many confidences as there are."""
    return floor(confidence * 20 + 1e-6) / 20


@dataclass(frozen=True, slots=True)
class InVain:
    """Warnings that a date will be missed, and how many of these dates were kept all the same. `expected`: the share
    of that which the chances seen at the time made likely; None where none was seen."""

    share: Share
    expected: float | None = None


def percent(value: float | None) -> str:
    """ "93 %", never parted; near either end with a decimal, so that 99.6 % is not called all."""
    if value is None:
        return "–"
    if 0 < value < 0.01 or 0.99 < value < 1:
        # 99.96 % is not all of them, and 0.04 % is not none.
        return f"{min(max(100 * value, 0.1), 99.9):.1f}\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def mondays(last: date, weeks: int) -> list[date]:
    """So many weeks by their Mondays, the last being that of `last`."""
    return [monday(last) - timedelta(weeks=n) for n in range(weeks)][::-1]


def kept_sentence(days: int, recent: Told, worst: tuple[str, Told] | None) -> str:
    """What the page says first. `worst` is the lane that kept the smallest share, in words."""
    span = f"{days // 7} weeks" if days > 7 else "7 days"
    if not recent.due:
        return f"No date that we told fell due in the last {span}."
    said = f"In the last {span} {percent(recent.share.value)} of {recent.due:,} dates were kept"
    if worst and worst[1].broken:
        said += f"; {worst[0]} kept {percent(worst[1].share.value)}"
    return said + "."


def worst_of(lanes: Mapping[str, Told]) -> tuple[str, Told] | None:
    """The lane whose share kept is surely the smallest: by the upper end of what it may really be."""
    known = {name: told for name, told in lanes.items() if told.due >= ENOUGH}
    return min(known.items(), key=lambda item: item[1].share.interval[1], default=None)


def calibration(promised: float, share: Share) -> tuple[str, str]:
    """Whether as many were kept as we said: a tone of look, and words. Chance is allowed for."""
    low, high = share.interval
    if share.of < ENOUGH:
        return "none", "too few to tell"
    if high < promised:
        return "late", "too sure of ourselves"
    if low > promised:
        return "watch", "more careful than we said"
    return "good", "as we said"

"""How likely a customer is to contact us, day by day: a discrete-time hazard whose log-odds add up. Pure.

Every factor is cut into levels, so that a slope of any shape can be learned, and each level has its odds: an operator
can read the whole table. The prior is such a table, and what a brand's own contacts teach is another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf, log
from typing import Any, Self

from aftercart.facts import State
from aftercart.risk.prior import DAILY, ENDS, FACTORS, ODDS

HORIZONS = (1, 3, 7)  # days
OTHER = "other"

# Where each level of an ordered factor begins, in the order of the prior's table.
AGES = (1, 2, 4, 7)
SILENCES = (2, 3, 5, 8)
DAYS_PAST = (1, 2, 4, 8)
LOOKS = (1, 2, 4)
CONTACTS = (1, 2)

_NEAR = frozenset({State.OUT_FOR_DELIVERY, State.AVAILABLE_FOR_PICKUP, State.ATTEMPT_FAILED})
_UNSEEN = frozenset({State.NOT_FOUND, State.LABEL_CREATED})
_ROAD = frozenset({State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS})
_LEVELS = {factor: tuple(odds) for factor, odds in ODDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an order with an open concern stands for its customer at one moment.

    `kind`: the gravest open one. `age`: whole days since the first opened. `late`: days past the promise, negative
    before it, None without one; `danger`: it will probably be missed. `silent`: business days without movement.
    `looks`: at its page within the last 24 hours. `contacts`: within the last weeks. `told`: days since we wrote.
    """

    kind: str
    age: int = 0
    late: int | None = None
    danger: bool = False
    silent: int = 0
    state: str = ""
    looks: int = 0
    contacts: int = 0
    told: int | None = None
    weekday: int = 2  # of the day that lies ahead; Monday is 0


def levels(standing: Standing) -> tuple[str, ...]:
    """The level of each factor, in the order of FACTORS."""
    return course(standing, 1)[0]


def course(standing: Standing, days: int) -> list[tuple[str, ...]]:
    """The levels on each of the days that lie ahead if nothing happens; who looked will look less."""
    kind = standing.kind if standing.kind in ODDS["kind"] else OTHER
    state = state_level(standing.state)
    contacts = _LEVELS["contacts"][bisect_right(CONTACTS, standing.contacts)]
    silent, weekday = standing.silent, standing.weekday
    found: list[tuple[str, ...]] = []
    for day in range(days):
        late = None if standing.late is None else standing.late + day
        told = None if standing.told is None else standing.told + day
        found.append(
            (
                kind,
                _LEVELS["age"][bisect_right(AGES, standing.age + day)],
                date_level(late, standing.danger),
                _LEVELS["silence"][bisect_right(SILENCES, silent)],
                state,
                _LEVELS["looks"][bisect_right(LOOKS, standing.looks >> day)],
                contacts,
                "nothing" if told is None else "today" if told < 1 else "before",
                _LEVELS["weekday"][weekday],
            )
        )
        weekday = (weekday + 1) % 7
        silent += weekday < 5
    return found


def date_level(late: int | None, danger: bool) -> str:
    if late is None:
        return "in danger" if danger else "no date"
    if late < 0:
        return "in danger" if danger else "in time"
    return _LEVELS["date"][3 + bisect_right(DAYS_PAST, late)]


def state_level(state: str) -> str:
    if not state:
        return "not left"
    if state in _UNSEEN:
        return "label"
    if state in _NEAR:
        return "nearly there"
    if state == State.DELIVERED:
        return "arrived"
    return "on the road" if state in _ROAD else "wrong"


@dataclass(frozen=True)
class Hazard:
    """`base` and `weights` are log-odds; `ends`: the chance a day that a concern of a kind ends; `scale`: for a horizon
    the log-odds as computed and as they came true, rising, with straight lines between. Version 0 is the prior."""

    version: int = 0
    base: float = log(DAILY / (1 - DAILY))
    weights: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {name: {at: log(odds) for at, odds in table.items()} for name, table in ODDS.items()}
    )
    ends: Mapping[str, float] = field(default_factory=lambda: dict(ENDS))
    scale: Mapping[int, Sequence[tuple[float, float]]] = field(default_factory=dict)
    days: int = 0  # order-days that it was learned from, and contacts within them
    contacts: int = 0

    def logit(self, at: tuple[str, ...]) -> float:
        return self.base + sum(self.weights[name].get(level, 0.0) for name, level in zip(FACTORS, at, strict=True))

    def chances(self, standing: Standing) -> tuple[float, ...]:
        """The chance of a contact within each of HORIZONS: never less for a longer one. The concern may end before."""
        found: list[float] = []
        for days, logit in zip(HORIZONS, self.raw(standing), strict=True):
            found.append(max([squash(scaled(logit, self.scale.get(days, ()))), *found]))
        return tuple(found)

    def raw(self, standing: Standing) -> tuple[float, ...]:
        """The log-odds of a contact within each of HORIZONS, before they are compared with what became of such."""
        return within(map(self.logit, course(standing, HORIZONS[-1])), self.stays(standing.kind))

    def stays(self, kind: str) -> float:
        """The chance that a concern of this kind is still open a day later."""
        return 1 - self.ends.get(kind, self.ends[OTHER])

    def why(self, standing: Standing) -> list[tuple[str, str, float]]:
        """The factors that move this chance most: (factor, level, odds), the strongest first."""
        told = [(name, at, self.weights[name].get(at, 0.0)) for name, at in zip(FACTORS, levels(standing), strict=True)]
        strongest = sorted(told, key=lambda one: -abs(one[2]))
        return [(name, at, round(exp(weight), 2)) for name, at, weight in strongest if abs(weight) >= log(1.15)]

    def to_dict(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "weights": {name: dict(table) for name, table in self.weights.items()},
            "ends": dict(self.ends),
            "scale": {str(days): [list(point) for point in points] for days, points in self.scale.items()},
            "days": self.days,
            "contacts": self.contacts,
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], version: int) -> Self:
        scale = {int(days): tuple((x, y) for x, y in points) for days, points in table["scale"].items()}
        return cls(
            version=version,
            base=table["base"],
            # What this release knows and an older table does not is as usual.
            weights={name: table["weights"].get(name, {}) for name in FACTORS},
            ends={**ENDS, **table["ends"]},
            scale=scale,
            days=table["days"],
            contacts=table["contacts"],
        )


def within(logits: Iterable[float], stays: float) -> tuple[float, ...]:
    """From the log-odds of each day, as long as the concern is open, those within each of HORIZONS."""
    quiet, still_open, found = 1.0, 1.0, []
    for day, logit in enumerate(logits, 1):
        quiet *= 1 - still_open * squash(logit)
        still_open *= stays
        if day in HORIZONS:
            found.append(unsquash(1 - quiet))
    return tuple(found)


def scaled(logit: float, points: Sequence[tuple[float, float]]) -> float:
    """Between two points on the line that joins them; beyond the outer ones half as far from them as it was."""
    if not points:
        return logit
    n = bisect_right(points, (logit, inf))
    if n in (0, len(points)):
        x, y = points[0 if n == 0 else -1]
        return y + (logit - x) / 2
    (x, y), (to_x, to_y) = points[n - 1], points[n]
    return y + (to_y - y) * (logit - x) / (to_x - x)


def squash(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))


def unsquash(chance: float) -> float:
    inside = min(max(chance, 1e-9), 1 - 1e-9)
    return log(inside / (1 - inside))


PRIOR = Hazard()

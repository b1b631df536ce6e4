"""Simulated customers of brands that are not as the prior assumes: what they do once their order worries them.

Each brand has a truth of its own: how often its customers write, and what drives them, in shapes that no table of odds
was cut to. Customers differ in patience, look at their page, write more than once, and some write after all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import exp, log, sin
from random import Random

from aftercart.risk.fitting import Day
from aftercart.risk.hazard import HORIZONS, Standing
from aftercart.risk.prior import ENDS

REMEMBERED = 21  # days, as the product counts earlier contacts
OLDEST = 30  # days that an order worries at most
AFTERWARDS = 0.004  # the chance a day that somebody writes though nothing worries any more
KINDS = {"stalled": 30, "late": 22, "missed": 16, "exception": 12, "not_shipped": 10, "no_first_scan": 6, "lost": 4}

Truth = Callable[[Standing], float]  # log-odds of a contact on that day


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    truth: Truth
    patience: float = 0.25  # how customers differ, as the spread of their log-odds


def _days_past(standing: Standing) -> int:
    return max(0, standing.late or 0)


def _calm(s: Standing) -> float:
    """Half as many contacts as assumed, and nobody minds silence: only the broken promise counts."""
    return -4.3 + 0.28 * min(_days_past(s), 7) + 0.15 * min(s.looks, 4)


def _anxious(s: Standing) -> float:
    """Three times as many; looking and silence say nearly all."""
    return -2.9 + 0.45 * min(s.looks, 5) + 0.12 * min(s.silent, 8) - 0.1 * s.age


def _steps(s: Standing) -> float:
    """Nobody writes before five silent days or three days past the date; then many do: a cliff, no slope."""
    return -4.6 + (2.2 if s.silent >= 5 else 0) + (1.9 if _days_past(s) >= 3 else 0) + (0.5 if s.weekday == 0 else 0)


def _wave(s: Standing) -> float:
    """Those who write do so early or give up; what the shop says is answered; weekends are when people have time."""
    weekend = 0.6 if s.weekday >= 5 else 0.0
    return -3.4 + 0.9 * sin(1.1 * s.age) + (0.7 if s.told is not None and s.told < 1 else 0) + weekend


def _combined(s: Standing) -> float:
    """Looking matters only once the date has passed, and who wrote once writes again: not a sum of factors at all."""
    again = 1.1 * min(s.contacts, 2)
    return -3.7 + 0.1 * min(_days_past(s), 10) + 0.25 * min(s.looks, 4) * (_days_past(s) > 0) + again


def _rare(s: Standing) -> float:
    """A tenth of what is assumed: a helpline that nobody knows."""
    return -5.8 + 0.3 * log(1 + s.silent) + 0.2 * min(s.looks, 4)


BRANDS = (
    Brand("calm", _calm),
    Brand("anxious", _anxious),
    Brand("steps", _steps),
    Brand("wave", _wave),
    Brand("combined", _combined, patience=0.5),
    Brand("rare", _rare),
)


def days(brand: Brand, *, orders: int, over: int, seed: object) -> Iterator[Day]:
    """The order-days of so many orders a day over so many days, told as the product would know them at the end."""
    rng = Random(f"{brand.name} {seed}")
    for n in range(orders * over):
        began = n // orders
        life = _begin(brand, began, rng)
        life.go_on(over + HORIZONS[-1], rng)
        for day, standing in life.lived:
            if day < over:
                within = {horizon: life.wrote_within(day, horizon) for horizon in HORIZONS if day + horizon <= over}
                ended = day == life.lived[-1][0] if day + 1 < over else None
                yield Day(order=n, standing=standing, within=within, ended=ended, ago=over - day)


@dataclass(frozen=True, slots=True)
class Probe:
    """One morning of an order, and the share of its possible futures in which its customer wrote, for each horizon."""

    standing: Standing
    share: tuple[float, ...]


def probes(brand: Brand, *, count: int, seed: object, futures: int = 25) -> list[Probe]:
    """Mornings as one meets them, each of an order of its own: chance is drawn out of many futures instead of one."""
    rng = Random(f"{brand.name} probes {seed}")
    found: list[Probe] = []
    while len(found) < count:
        life = _begin(brand, rng.randrange(7), rng)
        life.go_on(life.day + OLDEST, rng)
        # An order is met the oftener, the longer it worries.
        if rng.random() >= len(life.lived) / OLDEST:
            continue
        day, standing = rng.choice(life.lived)
        wrote = [at for at in life.wrote if at < day]
        came = [0] * len(HORIZONS)
        for _ in range(futures):
            again = replace(life, day=day, standing=standing, lived=[], wrote=list(wrote))
            again.go_on(day + HORIZONS[-1], rng)
            came = [n + again.wrote_within(day, horizon) for n, horizon in zip(came, HORIZONS, strict=True)]
        found.append(Probe(standing, tuple(n / futures for n in came)))
    return found


@dataclass(slots=True)
class _Life:
    """One order while it worries."""

    brand: Brand
    mood: float
    ends: float
    day: int
    standing: Standing
    lived: list[tuple[int, Standing]]
    wrote: list[int]

    def go_on(self, until: int, rng: Random) -> None:
        """Day by day to its end or `until`; some write afterwards too."""
        while True:
            self.lived.append((self.day, self.standing))
            if rng.random() < _chance(self.brand.truth(self.standing) + self.mood):
                self.wrote.append(self.day)
            if self.day >= until or rng.random() < self.ends:
                break
            self.day += 1
            lately = sum(self.day - at <= REMEMBERED for at in self.wrote)
            self.standing = _next(self.standing, self.day, lately, self.mood, rng)
        after = range(self.day + 1, self.day + 1 + HORIZONS[-1])
        self.wrote += [late for late in after if rng.random() < AFTERWARDS]

    def wrote_within(self, day: int, horizon: int) -> bool:
        return any(day <= at < day + horizon for at in self.wrote)


def _begin(brand: Brand, day: int, rng: Random) -> _Life:
    mood, standing = rng.gauss(0, brand.patience), _first(rng, weekday=day % 7)
    ends = min(0.9, ENDS[standing.kind] * rng.uniform(0.7, 1.5))
    return _Life(brand, mood, ends, day, standing, [], [])


def _first(rng: Random, *, weekday: int) -> Standing:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    late = {"missed": 1, "late": -rng.randint(0, 3)}.get(
        kind, rng.choice((None, -rng.randint(0, 6), rng.randint(0, 4)))
    )
    return Standing(
        kind=kind,
        late=late,
        danger=kind == "late",
        silent=rng.choice((0, 1, 2, 3, 4)) + 2 * (kind in ("stalled", "lost")),
        state={"not_shipped": "", "no_first_scan": "label_created", "exception": "held", "lost": "lost"}.get(
            kind, "in_transit"
        ),
        looks=_looks(0.0, late, rng),
        contacts=int(rng.random() < 0.08),
        told=0 if rng.random() < 0.6 else None,
        weekday=weekday,
    )


def _next(before: Standing, day: int, wrote: int, mood: float, rng: Random) -> Standing:
    weekday = day % 7
    late = None if before.late is None else before.late + 1
    told = before.told + 1 if before.told is not None else 0 if rng.random() < 0.1 else None
    return replace(
        before,
        age=before.age + 1,
        late=late,
        silent=0 if rng.random() < 0.2 else before.silent + (weekday < 5),
        looks=_looks(mood, late, rng),
        contacts=min(wrote, 3),
        told=told,
        weekday=weekday,
    )


def _looks(mood: float, late: int | None, rng: Random) -> int:
    mean = 0.6 * exp(mood) * (1.8 if late is not None and late > 0 else 1.0)
    count, left = 0, rng.expovariate(1.0)
    while left < mean and count < 9:
        count, left = count + 1, left + rng.expovariate(1.0)
    return count


def _chance(logit: float) -> float:
    return 1 / (1 + exp(-logit))

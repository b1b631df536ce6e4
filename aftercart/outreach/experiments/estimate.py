"""How many contacts notices spare, and how surely: two arms of customers, compared by intention to treat. Pure.

The figure of an arm is its contacts over its affected orders: a ratio of sums over customers, who are what was
assigned. A customer's worries come together, so the customer is the unit of all scatter (linearised ratio scores).

Two intervals. `interval` holds for one look that was planned. Its arms are compared by Welch's t with degrees of
freedom that know how heavy the tails are, and by the skewness-corrected interval of Zhou and Dinh (Biostatistics 2005,
after Hall 1992); it reaches as far as either, for a few held-out customers of whom some write often pull a plain t too
short. `always` holds at every look at once: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy
and Ramdas (Annals of Statistics 2024), with a normal mixture. Why: docs/why/0018.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import copysign, exp, inf, isfinite, lgamma, log, log1p, sqrt
from statistics import NormalDist

# (affected orders, contacts) of a customer → how many customers are so. All that the estimate needs to know of an arm.
Tally = Mapping[tuple[int, int], int]
Interval = tuple[float, float]

LEVEL = 0.95
# The standard error, in contacts per affected order, at which `always` is sharpest. Set beforehand, for all brands.
SHARPEST = 0.03
# Below these no interval is worth showing.
LEAST_CUSTOMERS, LEAST_CONTACTS = 30, 10
POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """`variance` and `skew`: second and third cumulant of `rate`; `freedom`: how well the former is known."""

    customers: int = 0
    orders: int = 0
    contacts: int = 0
    rate: float = 0.0
    variance: float = 0.0
    skew: float = 0.0
    freedom: float = 1.0

    @property
    def enough(self) -> bool:
        return self.customers >= LEAST_CUSTOMERS and self.contacts >= LEAST_CONTACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Contacts per affected order. `effect`: held out less notified, so above zero where notices spare contacts.

    `relative`: the share of contacts spared, by Fieller; an end is None where the held-out arm says too little.
    """

    held_out: Arm
    notified: Arm
    effect: float
    error: float
    interval: Interval
    always: Interval
    relative: tuple[float | None, float | None, float | None]

    @property
    def enough(self) -> bool:
        return self.held_out.enough and self.notified.enough

    @property
    def proven(self) -> bool:
        """Whether there is a difference, at whatever moment this is looked at."""
        return self.enough and (self.always[0] > 0 or self.always[1] < 0)


def tally(customers: Iterable[tuple[int, int]]) -> Counter[tuple[int, int]]:
    """Of customers by their affected orders and contacts; who has no affected order has no part in it."""
    return Counter(one for one in customers if one[0] > 0)


def arm(told: Tally) -> Arm:
    known = {cell: n for cell, n in told.items() if cell[0] > 0}
    customers = sum(known.values())
    orders = sum(n * cell[0] for cell, n in known.items())
    contacts = sum(n * cell[1] for cell, n in known.items())
    if customers < 2:
        return Arm(customers=customers, orders=orders, contacts=contacts, rate=contacts / orders if orders else 0.0)
    rate = contacts / orders
    # Sorted, so that the sums are the same to the last digit in whatever order the customers came.
    left = [((cell[1] - rate * cell[0]) / orders, n) for cell, n in sorted(known.items())]
    second, third, fourth = (sum(n * score**power for score, n in left) for power in (2, 3, 4))
    # The scatter of an estimated variance (O'Neill 2014): with heavy tails it is known as if from far fewer.
    tails = customers * fourth / second**2 if second else 1.0
    return Arm(
        customers=customers,
        orders=orders,
        contacts=contacts,
        rate=rate,
        # No arm is so quiet that one contact more would have been a surprise.
        variance=max(second * customers / (customers - 1), orders**-2),
        skew=third,
        freedom=max(min(customers - 1.0, 2 * customers / (tails - 1) if tails > 1 else inf), 2.0),
    )


def estimate(held_out: Tally, notified: Tally) -> Estimate | None:
    """None where an arm has fewer than two affected customers, or nobody wrote at all."""
    out, told = arm(held_out), arm(notified)
    if min(out.customers, told.customers) < 2 or not out.contacts + told.contacts:
        return None
    effect = out.rate - told.rate
    of_out, of_told = _at_least(out, told), _at_least(told, out)
    variance = of_out + of_told
    error = sqrt(variance)
    t = student((1 + LEVEL) / 2, variance**2 / (of_out**2 / out.freedom + of_told**2 / told.freedom))
    once, often = _interval(effect, error, t, (out.skew - told.skew) / error**3), _always(effect, error)
    return Estimate(
        held_out=out,
        notified=told,
        effect=effect,
        error=error,
        interval=once,
        # Whoever looks often never knows more than who looks once.
        always=(min(often[0], once[0]), max(often[1], once[1])),
        relative=_relative(out.rate, told.rate, of_out, of_told, t),
    )


def _at_least(small: Arm, large: Arm) -> float:
    """The variance of an arm's rate. Few customers may by chance hold none who writes often: those of an arm vary no
    less than those of a larger one, and counts vary at least in proportion to their mean."""
    if small.customers >= large.customers:
        return small.variance
    more = max(small.rate / large.rate, 1.0) if large.rate else 1.0
    return max(
        small.variance, large.variance * (large.orders / small.orders) ** 2 * small.customers / large.customers * more
    )


def _interval(effect: float, error: float, t: float, skew: float) -> Interval:
    def bent(x: float) -> float:
        """Hall's transformation, undone: how many standard errors stand for x of a skewed estimate."""
        if abs(skew) < 1e-6:
            return x
        inner = 1 + skew * (x - skew / 6)
        return 3 / skew * (copysign(abs(inner) ** (1 / 3), inner) - 1)

    return effect - error * max(t, bent(t)), effect + error * max(t, -bent(-t))


def _always(effect: float, error: float) -> Interval:
    alpha = 1 - LEVEL
    # Of a normal mixture whose width is best at SHARPEST: its information there, by the authors' rule.
    best = -2 * log(alpha) + log(-2 * log(alpha) + 1)
    known = best * (SHARPEST / error) ** 2
    half = error * sqrt(2 * (1 + 1 / known) * log(sqrt(known + 1) / alpha))
    return effect - half, effect + half


def _relative(
    out: float, told: float, of_out: float, of_told: float, t: float
) -> tuple[float | None, float | None, float | None]:
    """1 − told/out with the ends of all r for which told − r × out may be zero."""
    if not out:
        return None, None, None
    spread = out**2 - t**2 * of_out
    if spread <= 0:
        return 1 - told / out, None, None
    root = t * sqrt(max(of_told * spread + of_out * told**2, 0.0))
    return 1 - told / out, 1 - (out * told + root) / spread, 1 - (out * told - root) / spread


def student(share: float, freedom: float) -> float:
    """The quantile of Student's t, for `share` above one half and two degrees of freedom or more (Hill 1970)."""
    z = NormalDist().inv_cdf(share)
    if not isfinite(freedom):
        return z
    powers = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**n for n, term in enumerate(powers, 1))


def customers_needed(found: Estimate, share: float, *, sought: float) -> int | None:
    """Affected customers in both arms with whom a relative effect of `sought` would probably be seen by `always`."""
    arms = (found.held_out, found.notified)
    rate = max(one.rate for one in arms)
    if not 0 < share < 1 or not rate:
        return None
    # Of one customer; the larger arm knows it better.
    large = max(arms, key=lambda one: one.customers)
    one = large.variance * large.customers
    z = NormalDist().inv_cdf(POWER)
    error = sought * rate / 3.1
    for _ in range(20):
        low, high = _always(0.0, error)
        error = sought * rate / ((high - low) / 2 / error + z)
    return round(one * (1 / share + 1 / (1 - share)) / error**2)


def split_chance(held_out: int, customers: int, share: float) -> float:
    """How often chance alone splits customers as unevenly as this or more so: exact binomial, two-sided."""
    if not customers or not 0 < share < 1:
        return 1.0
    peak = min(int((customers + 1) * share), customers)
    below = _tail(held_out, customers, share, -1) if held_out <= peak else 1.0
    above = _tail(held_out, customers, share, 1) if held_out >= peak else 1.0
    return min(1.0, 2 * min(below, above))


def _tail(start: int, n: int, share: float, step: int) -> float:
    """The chance of `start` or beyond, away from the peak, where each term is less than the one before."""
    term = exp(
        lgamma(n + 1) - lgamma(start + 1) - lgamma(n - start + 1) + start * log(share) + (n - start) * log1p(-share)
    )
    total, k, odds = 0.0, start, share / (1 - share)
    while 0 <= k <= n and term > total * 1e-16:
        total += term
        term *= (n - k) / (k + 1) * odds if step > 0 else k / (n - k + 1) / odds
        k += step
    return total

"""What is at stake with an order that worries, in money, and why. Pure.

Expected cost = chance of a contact × what one costs + chance of a refund × what has not arrived + chance that the
customer leaves × what they would still have bought. Each part has its prior (`risk.prior`); a brand replaces the costs
by its policy `stakes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from aftercart.plumbing.money import decimals
from aftercart.risk.hazard import OTHER, Standing, date_level
from aftercart.risk.prior import LEAVES, REFUNDED, REFUNDED_PAST, UNHAPPY, UNHAPPY_KIND

Reason = list[object]

# What about a dollar buys, in units of a currency: to put concerns in order across currencies, never to charge anybody.
ROUGHLY: Mapping[str, float] = {
    "USD": 1, "EUR": 0.9, "GBP": 0.78, "CAD": 1.4, "AUD": 1.5, "NZD": 1.65, "CHF": 0.88, "JPY": 150, "CNY": 7.2,
    "KRW": 1350, "INR": 84, "BRL": 5.6, "MXN": 18, "SEK": 10.5, "NOK": 10.8, "DKK": 6.7, "PLN": 3.9, "CZK": 22.5,
    "HUF": 355, "TRY": 34, "ZAR": 18, "SGD": 1.34, "HKD": 7.8, "IDR": 15800, "KWD": 0.31,
}  # fmt: skip
SHOWN_SILENCE = 2  # business days from which silence is a reason


class StakesError(ValueError):
    """What is wrong with a brand's policy: the field and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """A brand's policy `stakes`. `contact`: of one contact, in units of `currency`; `margin`: of a sale.

    `again_*`: orders that a customer still places within a year after the first, after a few, and as a regular.
    `rates`: units of a currency for one of `currency`, where the brand knows better than ROUGHLY.
    """

    contact: float = 8.0
    currency: str = "USD"
    margin: float = 0.3
    again_first: float = 0.4
    again_few: float = 1.0
    again_regular: float = 2.0
    rates: Mapping[str, float] = field(default_factory=dict)

    def rate(self, currency: str) -> float:
        """Units of `currency` for one of the brand's. One that nobody knows is taken as it is."""
        if currency == self.currency:
            return 1.0
        return self.rates.get(currency) or ROUGHLY.get(currency, 1.0) / ROUGHLY.get(self.currency, 1.0)

    def contact_in(self, currency: str) -> float:
        return float(self.contact * self.rate(currency) * 10 ** decimals(currency))

    def worth(self, amount: float, currency: str) -> float:
        """An amount in minor units as units of the brand's currency."""
        return float(amount / 10 ** decimals(currency) / self.rate(currency))

    def again(self, orders: int) -> float:
        return self.again_first if orders <= 1 else self.again_few if orders <= 3 else self.again_regular


def costs(policy: Mapping[str, object]) -> Costs:
    """The policy as told; what it leaves out has its default. StakesError names what is wrong."""
    known = {one.name for one in fields(Costs)}
    for name, value in policy.items():
        if name not in known:
            raise StakesError(f"{name}: is no part of stakes; there are {', '.join(sorted(known))}")
        if name == "currency":
            _is(isinstance(value, str) and len(value) == 3, name, "is not a currency's three letters")
        elif name == "rates":
            _is(
                isinstance(value, dict) and all(_amount(rate) and rate > 0 for rate in value.values()),
                name,
                "is not currencies with a rate above 0",
            )
        else:
            _is(_amount(value), name, "is not a number of 0 or more")
    return Costs(**policy)  # type: ignore[arg-type]


def _amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _is(right: bool, name: str, reason: str) -> None:
    if not right:
        raise StakesError(f"{name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """The order and its customer. `value`, `refunded` and `spent` are minor units of `currency`; `undelivered` is the
    share of the value that has not arrived; `orders` and `spent` count this order; `worries`: on earlier orders."""

    value: int = 0
    currency: str = ""
    undelivered: float = 1.0
    refunded: int = 0
    orders: int = 1
    spent: int = 0
    worries: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected, in minor units: contacts, refunds, and what the customer would still have bought."""

    contact: float
    refund: float
    future: float
    currency: str

    @property
    def total(self) -> float:
        return self.contact + self.refund + self.future


def expected(standing: Standing, stake: Stake, *, chance: float, costs: Costs) -> Cost:
    """`chance`: of a contact within the time that counts."""
    currency = stake.currency or costs.currency
    exposed = max(0.0, stake.value * stake.undelivered - stake.refunded)
    usual_order = max(stake.spent, stake.value) / max(stake.orders, 1)
    return Cost(
        contact=chance * costs.contact_in(currency),
        refund=refund_chance(standing) * exposed,
        future=leaving_chance(standing) * costs.margin * costs.again(stake.orders) * usual_order,
        currency=currency,
    )


def refund_chance(standing: Standing) -> float:
    by_kind = REFUNDED.get(standing.kind, REFUNDED[OTHER])
    return max(by_kind, REFUNDED_PAST.get(date_level(standing.late, standing.danger), 0.0))


def leaving_chance(standing: Standing) -> float:
    return LEAVES * max(
        UNHAPPY.get(date_level(standing.late, standing.danger), 0.0), UNHAPPY_KIND.get(standing.kind, 0.0)
    )


def undelivered(lines: Mapping[str, tuple[int, int | None]], arrived: Iterable[tuple[str, int]]) -> float:
    """The share of an order's value that has not arrived. `lines`: quantity and unit price; by pieces where a price is
    missing. `arrived`: what is in consignments that have."""
    priced = all(price is not None for _, price in lines.values())
    worth = {key: quantity * ((price or 0) if priced else 1) for key, (quantity, price) in lines.items()}
    whole = sum(worth.values())
    if whole <= 0:
        return 1.0
    left = {key: quantity for key, (quantity, _) in lines.items()}
    for key, quantity in arrived:
        if key in left:
            left[key] = max(0, left[key] - quantity)
    return sum(worth[key] * left[key] / lines[key][0] for key in lines if lines[key][0]) / whole


def reasons(standing: Standing, stake: Stake) -> list[Reason]:
    """What makes it cost that, as words with their figures; nothing that is usual."""
    told: list[Reason] = []
    if stake.value:
        told.append(["value", stake.value, stake.currency])
    if stake.value and stake.undelivered < 0.995:
        told.append(["undelivered", round(stake.undelivered, 2)])
    told.append(["first"] if stake.orders <= 1 else ["orders", stake.orders])
    if standing.late is not None and standing.late >= 0:
        told.append(["past", standing.late])
    elif standing.danger:
        told.append(["danger"])
    figures = (
        ("silent", standing.silent if standing.silent >= SHOWN_SILENCE else 0),
        ("looks", standing.looks),
        ("contacts", standing.contacts),
        ("worries", stake.worries),
    )
    return told + [[name, count] for name, count in figures if count]

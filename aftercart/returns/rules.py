"""What shops' words mean for a return, the fold of its steps, and by which day a refund can be seen. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import holidays

from aftercart.plumbing import ids

CHANGED, LABEL, GOODS = "changed", "label", "goods"
REQUESTED, OPEN, RECEIVED, CHECKED = "requested", "open", "received", "checked"
DECLINED, CANCELLED, CLOSED = "declined", "cancelled", "closed"
# Those on which nothing more follows.
ENDED = frozenset({DECLINED, CANCELLED, CLOSED})
# What sources call the steps of a return. A word that is not here changes nothing.
_STEPS = {
    REQUESTED: "request requested submit submitted create created pending",
    OPEN: "approve approved open opened reopen reopened",
    RECEIVED: "receive received arrived",
    CHECKED: "inspect inspected process processed",
    DECLINED: "decline declined reject rejected",
    CANCELLED: "cancel canceled cancelled expire expired",
    CLOSED: "close closed resolve resolved complete completed",
}
STEP = {word: step for step, words in _STEPS.items() for word in words.split()}
# What became of goods, where that means that somebody has looked at them. Other words only say that they are here.
LOOKED_AT = frozenset({"restocked", "not_restocked", "discarded", "donated", "recycled", "refurbished", "resold"})
MISSING = "missing"
# Several of one instant: the order of the road decides.
_ALONG = {step: place for place, step in enumerate((REQUESTED, OPEN, RECEIVED, CHECKED, DECLINED, CANCELLED, CLOSED))}

CARD, PAYPAL, BANK, ORIGINAL, GIFT_CARD, STORE_CREDIT = (
    "card", "paypal", "bank", "original", "gift_card", "store_credit",
)  # fmt: skip
METHODS = (CARD, PAYPAL, BANK, ORIGINAL, GIFT_CARD, STORE_CREDIT)
# What the customer spends at the brand itself, so that it is there as soon as it is given.
CREDITS = frozenset({GIFT_CARD, STORE_CREDIT})
# What sources call them. A gateway that takes several ways of paying only says that the money goes back as it came.
_METHODS = {
    CARD: "card credit_card debit_card visa mastercard amex",
    PAYPAL: "paypal paypal_express paypal_express_checkout",
    BANK: "bank bank_transfer bank_deposit sepa sepa_debit ideal sofort bancontact",
    ORIGINAL: "original shopify_payments stripe adyen mollie braintree klarna",
    GIFT_CARD: "gift_card",
    STORE_CREDIT: "store_credit shopify_store_credit",
}
_METHOD = {word: method for method, words in _METHODS.items() for word in words.split()}


def return_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    return ids.mirrored(brand_id, source, "return", external_id)


def refund_id(brand_id: UUID, source: str, external_id: str) -> UUID:
    return ids.mirrored(brand_id, source, "refund", external_id)


def method(word: str) -> str:
    """Where money goes back to, by a source's word; '' where that does not say it."""
    return _METHOD.get(word.strip().lower().replace(" ", "_").replace("-", "_"), "")


class Told(NamedTuple):
    """A step of a return as it is stored."""

    at: datetime
    id: str
    kind: str
    word: str = ""
    order_key: str = ""
    name: str = ""
    number: str = ""
    carrier: str = ""
    lines: tuple[str, ...] = ()


class Standing(NamedTuple):
    """Where a return stands. The names are the columns of its table."""

    order_key: str
    name: str
    state: str
    asked_at: datetime | None
    approved_at: datetime | None
    received_at: datetime | None
    checked_at: datetime | None
    ended_at: datetime | None
    number: str
    carrier: str
    missing: bool
    lines: list[str]


def fold(steps: Iterable[Told]) -> Standing:
    """Any order of the same steps, some of them twice, ends in the same standing."""
    known = sorted(dict.fromkeys(steps), key=_in_order)
    first: dict[str, datetime] = {}
    road = ""
    last: dict[str, str] = {}
    for step in known:
        meaning = _meaning(step)
        if meaning:
            first.setdefault(meaning, step.at)
            road = meaning if meaning not in (RECEIVED, CHECKED) else road
        last |= {name: word for name in ("order_key", "name", "number", "carrier") if (word := getattr(step, name))}
    ended = max((step.at for step in known if _meaning(step) == road), default=None) if road in ENDED else None
    return Standing(
        order_key=last.get("order_key", ""),
        name=last.get("name", ""),
        state=road if road in ENDED else _state(first),
        asked_at=first.get(REQUESTED),
        approved_at=first.get(OPEN),
        received_at=min((at for word in (RECEIVED, CHECKED) if (at := first.get(word))), default=None),
        checked_at=first.get(CHECKED),
        ended_at=ended,
        number=last.get("number", ""),
        carrier=last.get("carrier", ""),
        missing=any(step.kind == GOODS and step.word == MISSING for step in known),
        lines=sorted({line for step in known for line in step.lines}),
    )


def _in_order(step: Told) -> tuple[datetime, int, str]:
    return step.at, _ALONG.get(_meaning(step), -1), step.id


def _meaning(step: Told) -> str:
    if step.kind == GOODS:
        return CHECKED if step.word in LOOKED_AT else "" if step.word == MISSING else RECEIVED
    return STEP.get(step.word, "") if step.kind == CHANGED else ""


def _state(first: Collection[str]) -> str:
    return next((state for state in (CHECKED, RECEIVED, OPEN, REQUESTED) if state in first), "")


MOST_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Within how many working days steps follow; None: the brand has said nothing, so nothing is promised.

    `decide`: from a request to the decision; `check`: from arrival to the result; `pay`: from the result until the
    money leaves; `settle`: until a refund that cannot be seen in time is settled. `visible`: from leaving us until the
    customer sees it, by method, '' where it is not known.
    """

    decide: int | None = None
    check: int | None = None
    pay: int | None = None
    settle: int | None = None
    visible: tuple[tuple[str, int], ...] = tuple(
        (method, 0 if method in CREDITS else 10) for method in ("", *METHODS)
    )  # what banks and payment providers say at most: docs/reference/returns.md

    def __post_init__(self) -> None:
        steps = [(name, getattr(self, name), 1) for name in ("decide", "check", "pay", "settle")]
        for name, days, least in [
            *steps,
            *((f"visible.{method or 'other'}", days, 0) for method, days in self.visible),
        ]:
            if days is not None and (type(days) is not int or not least <= days <= MOST_DAYS):
                raise ValueError(f"{name}: {days!r} is not a number of working days ({least} to {MOST_DAYS})")
        if unknown := {method for method, _ in self.visible} - {"", *METHODS}:
            raise ValueError(f"visible: {min(unknown)!r} is none of {', '.join(METHODS)}, other")

    def seen_within(self, method: str) -> int:
        return dict(self.visible).get(method, dict(self.visible)[""])


# What a return waits for in each state, by the term that says for how long.
STAGES = {REQUESTED: "decide", RECEIVED: "check", CHECKED: "pay"}


def due_on(state: str, since: date, terms: Terms, country: str) -> date | None:
    """The last working day on which the next step of a return in `state` since `since` keeps the brand's term.

    None where nothing is awaited of the brand, or it has set itself no term.
    """
    days = getattr(terms, STAGES[state]) if state in STAGES else None
    return working_day(since, days, country) if days is not None else None


def working_day(since: date, days: int, country: str) -> date:
    """The day on which so many working days have passed since `since`, which is not counted.

    The country's weekends and public holidays are none; where it is unknown, Saturdays and Sundays.
    """
    day, calendar = since, _calendar(country)
    while days > 0:
        day += timedelta(days=1)
        days -= calendar.is_working_day(day)
    return day


@lru_cache(maxsize=256)
def _calendar(country: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return holidays.HolidayBase()

"""What can honestly be said of an order's returns and refunds, and the facts and rules that it rests on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from aftercart.returns.rules import (
    CANCELLED,
    CHECKED,
    CLOSED,
    CREDITS,
    DECLINED,
    ENDED,
    OPEN,
    RECEIVED,
    REQUESTED,
    Terms,
    working_day,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One return. Days are those of the customer's calendar; `lines` are of the order, empty where nobody named any."""

    name: str = ""
    state: str = ""
    asked: date | None = None
    approved: date | None = None
    received: date | None = None
    checked: date | None = None
    number: str = ""
    missing: bool = False
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """Money that went back: `amount` in minor units, 0 where none has left yet; `method` '' where it is not known."""

    day: date
    amount: int
    currency: str
    method: str = ""
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`named`: what the customer calls the return that they ask about. `total`: of the order, with its currency.
    `here` is the brand's country, `there` the customer's: their working days count."""

    today: date
    terms: Terms
    returns: Sequence[Returned] = ()
    refunds: Sequence[Refunded] = ()
    named: str = ""
    failed: bool = False  # the last payment back to the customer is not known to have succeeded
    total: tuple[int, str] | None = None
    here: str = ""
    there: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What to say. `facts` are plain JSON: all that it rests on, and the rule that gives its day."""

    kind: str
    since: date
    deadline: date | None = None
    days: int | None = None
    amount: int | None = None
    currency: str = ""
    method: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def of_return(case: Case) -> Told | str:
    """When will my return be done? Or why nobody can say."""
    if why := _contradiction(case):
        return why
    one = _meant(case)
    if isinstance(one, str):
        return one
    if one is None:
        return "no return of this order is known"
    mine = _of(one, case)
    if isinstance(mine, str):
        return mine
    return _refunded(mine, case, one) if mine else _stage(one, case)


def of_refund(case: Case) -> Told | str:
    """Where is my refund? Or why nobody can say."""
    if why := _contradiction(case):
        return why
    one = _meant(case)
    paid = _paid(case)
    if case.named or not paid:
        if one is None:
            return _no_money(case)
        return of_return(case)
    if isinstance(one, str) or (one and one.state in (RECEIVED, CHECKED) and _of(one, case) != paid):
        return "a refund has left, a return is open, and it is not known which of them is meant"
    return _refunded(paid, case)


def _contradiction(case: Case) -> str:
    if case.failed:
        return "the last payment back to the customer has not succeeded"
    paid = _paid(case)
    if case.total and sum(one.amount for one in paid if one.currency == case.total[1]) > case.total[0]:
        return "more was refunded than the order cost"
    if any(one.day > case.today for one in paid):
        return "a refund is dated after today"
    if any(one.state in (DECLINED, CANCELLED) and one.received for one in case.returns):
        return f"a return is {DECLINED} or {CANCELLED}, and its goods are here"
    return ""


def _meant(case: Case) -> Returned | str | None:
    """The return that is asked about: the one that is named, else the one that is open, else the only one."""
    if case.named:
        named = [one for one in case.returns if one.name.casefold() == case.named.strip().casefold()]
        return named[0] if len(named) == 1 else f"no return of this order is known by the name {case.named!r}"
    unfinished = [one for one in case.returns if one.state not in ENDED]
    some = unfinished or case.returns
    if len(some) > 1:
        return f"{len(some)} returns of this order are {'open' if unfinished else 'known'}, and none is named"
    return some[0] if some else None


def _of(one: Returned, case: Case) -> Sequence[Refunded] | str:
    """The money that has gone back for this return: by the lines of the order that both name, or because it is the only
    return, and was here before the money left."""
    mine: list[Refunded] = []
    for refund in _paid(case):
        if refund.lines and one.lines:
            mine += [refund] if refund.lines & one.lines else []
        elif len(case.returns) == 1 and one.received and one.received <= refund.day:
            mine.append(refund)
        else:
            return "a refund has left, and it is not known for which return"
    return mine


def _paid(case: Case) -> Sequence[Refunded]:
    return [one for one in case.refunds if one.amount]


def _no_money(case: Case) -> str:
    if case.refunds:
        return "a refund was entered, and no money is known to have left"
    return "no return and no refund of this order is known"


def _refunded(paid: Sequence[Refunded], case: Case, one: Returned | None = None) -> Told | str:
    seen = {refund: _seen(refund, case) for refund in paid}
    coming = [refund for refund in paid if seen[refund] >= case.today] or list(paid)
    if len(coming) > 1:
        return f"{len(coming)} refunds have left, and it is not known which of them is meant"
    (refund,) = coming
    day, within = seen[refund], case.terms.seen_within(refund.method)
    facts = _known(one) | {
        "amount": refund.amount,
        "currency": refund.currency,
        "method": refund.method,
        "refunded_on": refund.day.isoformat(),
        "visible_by": day.isoformat(),
        "rule": f"returns.visible.{refund.method or 'other'}: {within} working days",
    }
    told = Told(
        kind="credited" if refund.method in CREDITS else "refunded",
        since=refund.day,
        deadline=day,
        amount=refund.amount,
        currency=refund.currency,
        method=refund.method,
        facts={name: value for name, value in facts.items() if value not in ("", None)},
    )
    return told if day >= case.today or refund.method in CREDITS else _overdue(told, day, case)


def _overdue(told: Told, due: date, case: Case) -> Told | str:
    if case.terms.settle is None:
        return f"the refund should be visible since {due}"
    settled = working_day(due, case.terms.settle, case.here)
    if settled < case.today:
        return f"the refund should be visible since {due}, and was to be settled by {settled}"
    facts = {**told.facts, "settled_by": settled.isoformat(), "settle_rule": _rule("settle", case.terms.settle)}
    return Told(
        kind="refund_overdue", since=due, deadline=settled, amount=told.amount, currency=told.currency,
        method=told.method, facts=facts,
    )  # fmt: skip


def _seen(refund: Refunded, case: Case) -> date:
    return working_day(refund.day, case.terms.seen_within(refund.method), case.there)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is said while a return is in a state: since when it is in it, and the rule for what follows."""

    kind: str
    since: Callable[[Returned], date | None]
    step: str
    dated: bool = True  # what follows is counted from `since`; else from what the customer does


STAGES: Mapping[str, Stage] = {
    REQUESTED: Stage("return_requested", lambda one: one.asked, "decide"),
    OPEN: Stage("return_awaited", lambda one: one.approved, "check", dated=False),
    RECEIVED: Stage("return_received", lambda one: one.received, "check"),
    CHECKED: Stage("return_inspected", lambda one: one.checked, "pay"),
}
OVER = {
    DECLINED: "the return was declined",
    CANCELLED: "the return was cancelled",
    CLOSED: "the return is closed, and no refund of it is known",
}


def _stage(one: Returned, case: Case) -> Told | str:
    if one.state in OVER:
        return OVER[one.state]
    if one.missing:
        return "something is missing from what came back"
    stage = STAGES.get(one.state)
    since = stage.since(one) if stage else None
    if stage is None or since is None:
        return "it is not known how far the return is"
    within: int | None = getattr(case.terms, stage.step)
    if within is None:
        return f"the brand has not said within how many days this follows (returns.{stage.step})"
    facts = _known(one) | {"rule": _rule(stage.step, within)}
    if not stage.dated:
        return Told(kind=stage.kind, since=since, days=within, facts=facts)
    due = working_day(since, within, case.here)
    if due < case.today:
        return f"the next step of the return was due on {due}"
    return Told(kind=stage.kind, since=since, deadline=due, days=within, facts=facts | {"due": due.isoformat()})


def _rule(step: str, days: int) -> str:
    return f"returns.{step}: {days} working days"


def _known(one: Returned | None) -> dict[str, object]:
    if one is None:
        return {}
    days = {name: getattr(one, name) for name in ("asked", "approved", "received", "checked")}
    known = {"return": one.name, "return_state": one.state, "return_number": one.number}
    return {name: word for name, word in known.items() if word} | {
        f"return_{name}_on": day.isoformat() for name, day in days.items() if day
    }

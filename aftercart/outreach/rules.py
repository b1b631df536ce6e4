"""Whether a concern deserves words, and why not where it does not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aftercart.watch.disruptions.standing import BLIND
from aftercart.watch.rules import KINDS

# What needs the customer, or ends all hope of a date, is said even if something else was said today.
PRESSING = frozenset(
    {"lost", "damaged", "returned_to_sender", "refused", "not_received", "wrong_region", "customs_document",
     "address_problem", "pickup_expiring", "exception", "attempt_failed", "pickup_waiting"}
)  # fmt: skip
# Two messages about one order within a day would raise the worry that they are to answer.
APART = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One fresh concern and what surrounds it.

    `kinds`: all that worries about the same order now. `told`: the kinds told about this order, and when last.
    `elsewhere`: the order with which this customer was told about the same disruption. `feed_outage`: nothing is heard
    of any parcel.
    """

    kind: str
    address: str
    opened_at: datetime
    speaks_since: datetime | None
    agreed: bool = True
    kinds: frozenset[str] = frozenset()
    told: Mapping[str, datetime] = field(default_factory=dict)
    elsewhere: str = ""
    feed_outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What stood still moves again. `told`: its customer heard of it; `said`: they heard that it moves."""

    ended: str
    address: str
    agreed: bool = True
    told: bool = False
    said: bool = False
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    speak: bool
    reason: str


def relieve(case: Relief) -> Verdict:
    """Good news is owed to those who had the bad, once, and while nothing graver stands beside it."""
    if not case.told:
        return Verdict(False, f"nobody was told about {case.ended}")
    if case.said:
        return Verdict(False, "they were told before that it moves again")
    if not case.address:
        return Verdict(False, "no address to write to")
    if not case.agreed:
        return Verdict(False, "the customer asked for no messages")
    if graver := _graver(case.ended, case.kinds):
        return Verdict(False, f"covered by {graver}, which is graver")
    return Verdict(True, f"{case.ended} was told and is over")


def _graver(kind: str, kinds: frozenset[str]) -> str:
    return next((other for other in KINDS[: KINDS.index(kind)] if other in kinds), "")


def decide(case: Case) -> Verdict:
    """Speak, or the first reason not to."""
    if case.speaks_since is None or case.opened_at < case.speaks_since:
        return Verdict(False, "before this brand began to speak")
    if not case.address:
        return Verdict(False, "no address to write to")
    if not case.agreed:
        return Verdict(False, "the customer asked for no messages")
    if case.feed_outage and case.kind in BLIND:
        return Verdict(False, "feed outage: no news comes in, so none of this parcel says nothing")
    if case.elsewhere:
        return Verdict(False, f"told about this disruption with order {case.elsewhere}")
    if graver := _graver(case.kind, case.kinds):
        return Verdict(False, f"covered by {graver}, which is graver")
    if case.kind in case.told and case.opened_at - case.told[case.kind] < APART:
        return Verdict(False, f"told about {case.kind} less than a day ago")
    recently = [kind for kind, at in case.told.items() if case.opened_at - at < APART]
    if recently and case.kind not in PRESSING:
        return Verdict(False, f"told about {recently[0]} less than a day ago")
    return Verdict(True, f"{case.kind} deserves words")

"""Who is held out, and from what. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from aftercart.outreach.rules import PRESSING
from aftercart.watch.rules import KINDS

SHARE, MOST_SHARE = 0.05, 0.5
WINDOW_DAYS, MOST_WINDOW_DAYS = 7, 60
# What a new experiment measures unless told otherwise: every worry that asks nothing of the customer.
WORRIES = tuple(kind for kind in KINDS if kind not in PRESSING)
# What an experiment is to show: fewer contacts, or (as of a gesture) more customers who buy again.
CONTACTS, AGAIN = "contacts", "again"
# In place of a kind of notice: that somebody is given something.
GESTURE = "gesture"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


class ExperimentError(ValueError):
    """What is wrong with an experiment: the field and the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an experiment is to be. `window_days`: within which a contact counts, from the first exposure on. `aim`:
    which of its figures is the one that counts, set before there are any."""

    name: str
    kinds: tuple[str, ...]
    share: float = SHARE
    window_days: int = WINDOW_DAYS
    aim: str = CONTACTS


def held_out(customer: UUID, key: str, share: float) -> bool:
    """Always the same for a customer and the key of an experiment. Who is at 5 % also is at 10 %."""
    digest = hashlib.blake2b(customer.bytes, key=key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def checked(plan: Plan) -> Plan:
    """The plan with each kind once, or ExperimentError with what stands against it."""
    if not _NAME.fullmatch(plan.name):
        raise ExperimentError(f"name: {plan.name!r} is not small letters, digits and hyphens, 40 at most")
    if not 0 <= plan.share <= MOST_SHARE:
        raise ExperimentError(f"share: {plan.share:g} is not from 0 to {MOST_SHARE:g}; five in a hundred is 0.05")
    if not 1 <= plan.window_days <= MOST_WINDOW_DAYS:
        raise ExperimentError(f"days: {plan.window_days} is not from 1 to {MOST_WINDOW_DAYS}")
    if plan.aim not in (CONTACTS, AGAIN):
        raise ExperimentError(f"aim: {plan.aim!r} is neither {CONTACTS!r} nor {AGAIN!r}")
    return replace(plan, kinds=_kinds(plan.kinds))


def _kinds(told: Iterable[str]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(told))
    if not kinds:
        raise ExperimentError("kinds: none is named, so nothing would be measured")
    for kind in kinds:
        if kind in PRESSING:
            raise ExperimentError(
                f"kinds: {kind!r} needs the customer to act, so nobody may be held out of it;"
                f" such are {', '.join(sorted(PRESSING))}"
            )
        if not _KIND.fullmatch(kind):
            raise ExperimentError(f"kinds: {kind!r} is not a kind of notice; it is written like 'no_first_scan'")
    return kinds

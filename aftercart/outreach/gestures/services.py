"""Giving something to who was let down: noted with the worry, decided, owed to the brand's own system, settled, told.

Each step is a transaction of its own and can be taken up by any worker where another has died.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT
from aftercart.outbox import services as outbox
from aftercart.outbox.handover import DIED
from aftercart.outbox.models import Outgoing
from aftercart.outbox.rules import retry_after
from aftercart.outreach.around import hold
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.gestures import budget
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.policy import Policy
from aftercart.outreach.gestures.rules import Gift, decide
from aftercart.outreach.gestures.surroundings import Around, around
from aftercart.outreach.gestures.terms import policy_of
from aftercart.outreach.manners import GRANTED
from aftercart.outreach.models import Decision
from aftercart.plumbing import bulk, ids
from aftercart.watch.judging import Opened

# What the brand's own system is told, and what such a message is about: no consent to messages is asked for it.
GRANT = "gesture.granted"
NOTED = (
    "id", "brand_id", "concern_id", "order_id", "customer_id", "kind", "state", "since", "at", "looks_at", "reason",
    "rule", "gift", "points", "amount", "currency", "cost",
)  # fmt: skip
DECIDED = (
    "state", "reason", "at", "looks_at", "rule", "gift", "points", "amount", "currency", "cost", "until", "month",
    "given_on", "outgoing_id",
)  # fmt: skip
ENDED = (Outgoing.SENT, Outgoing.PARKED, Outgoing.CANCELLED)


def note(brand: Brand, opened: Sequence[Opened], now: datetime) -> int:
    """In the transaction that opens these concerns: that something may be given for some of them. How many."""
    kinds = policy_of(brand, now).kinds if opened else frozenset()
    rows = [
        (
            ids.mirrored(brand.id, "gesture", one.concern.id), brand.id, one.concern.id, one.concern.order_id,
            one.subject.row.customer_id, one.concern.kind, Gesture.WAITING, one.concern.opened_at, now, now,
            "", "", "", 0, 0, "", 0,
        )
        for one in opened
        if one.concern.kind in kinds
    ]  # fmt: skip
    return bulk.merge("outreach_gesture", NOTED, rows)


def advance(brand: Brand, now: datetime, *, limit: int = 500) -> int:
    """Settle what the brand's system has answered, then decide what is due. How many rows have changed."""
    return settle(brand, now, limit=limit) + decide_due(brand, now, limit=limit)


@transaction.atomic
def decide_due(brand: Brand, now: datetime, *, limit: int = 500) -> int:
    """How many were decided. Money is taken, and the grant owed, in the transaction that says so."""
    due = Gesture.objects.filter(brand=brand, looks_at__lte=now).order_by("looks_at", "id")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    if not rows:
        return 0
    hold({row.customer_id for row in rows if row.customer_id})
    found, policy = around(brand, rows, now), policy_of(brand, now)
    exposures = [one for row in rows if (one := _decide(row, found, policy)) is not None]
    Gesture.objects.bulk_update(rows, DECIDED)
    experiments.expose(brand, exposures)
    return len(rows)


def _decide(row: Gesture, found: Around, policy: Policy) -> experiments.Exposure | None:
    """Fill in the row. Whom we would have given something, in either arm."""
    brand, now = found.brand, found.now
    month = budget.month_of(found.today)
    verdict = decide(found.case(row, budget.left(brand, policy, month)), policy)
    gift = verdict.gift
    row.at, row.reason, row.looks_at = now, verdict.reason[:300], verdict.at
    row.state = Gesture.WAITING if verdict.at else Gesture.NO
    if gift is None or row.customer_id is None:
        return None
    arm = found.arms.get(row.customer_id, experiments.NOBODY)
    if not arm.held_out and not budget.take(brand, policy, month, gift.currency, gift.cost):
        row.reason = f"{gift.rule}: the month's budget in {gift.currency} is used up"
        return None
    _keep(row, gift, found)
    if arm.held_out:
        row.state, row.reason, row.cost = Gesture.HELD_OUT, "held out, to measure what gestures do", 0
    else:
        row.state, row.month = Gesture.OWED, month
        row.outgoing_id = _owe(row, found)
    return _exposure(row, arm, found) if arm.experiment else None


def _keep(row: Gesture, gift: Gift, found: Around) -> None:
    assert row.customer_id is not None
    row.rule, row.gift, row.points, row.amount = gift.rule, gift.gift, gift.points, gift.amount
    row.currency, row.cost, row.until, row.given_on = gift.currency, gift.cost, gift.until, found.today
    found.had.add(row.order_id)
    found.given[row.customer_id].append(found.today)


def _owe(row: Gesture, found: Around) -> UUID:
    assert row.customer_id is not None and row.until is not None
    customer, order = found.customers[row.customer_id], found.orders[row.order_id]
    task: dict[str, object] = {
        "gesture": row.gift,
        "order": order.number,
        "order_id": order.external_id,
        "customer_id": customer.external_id,
        "worry": row.kind,
        "valid_until": row.until.isoformat(),
    }
    if row.points:
        task["points"] = row.points
    else:
        task |= {"amount": row.amount, "currency": row.currency}
    return outbox.owe(
        found.brand,
        outbox.Owed(
            channel=EVENT, kind=GRANT, customer_id=customer.id, episode=row.id, address=customer.email, subject=GRANT,
            text="", html="", language="", purpose=outbox.GESTURE, task=task,
        ),
        at=found.now,
    )  # fmt: skip


def _exposure(row: Gesture, arm: experiments.Arm, found: Around) -> experiments.Exposure:
    assert arm.experiment is not None and row.customer_id is not None
    return experiments.Exposure(
        experiment=arm.experiment,
        customer_id=row.customer_id,
        order_id=row.order_id,
        episode=row.concern_id,
        kind=row.kind,
        carrier=found.concerns[row.concern_id].carrier,
        held_out=arm.held_out,
        at=found.now,
    )


@transaction.atomic
def settle(brand: Brand, now: datetime, *, limit: int = 500) -> int:
    """What became of the grants that were owed: granted and to be told, or refused and the money back. How many."""
    over = Outgoing.objects.filter(brand=brand, kind=GRANT, state__in=ENDED, id__in=_owed(brand).values("outgoing_id"))
    if not (known := over.in_bulk()):
        return 0
    rows = _owed(brand).filter(outgoing_id__in=known).order_by("id").select_for_update(skip_locked=True)[:limit]
    granted, refused = [], []
    for row in rows:
        outgoing = known[row.outgoing_id] if row.outgoing_id else None
        if outgoing and outgoing.state == Outgoing.SENT:
            granted.append(row)
        elif outgoing and _refused(brand, outgoing):
            refused.append((row, outgoing.reason))
    _grant(brand, granted, now)
    for row, why in refused:
        _refuse(brand, row, why, now)
    return len(granted) + len(refused)


def _owed(brand: Brand) -> QuerySet[Gesture]:
    return Gesture.objects.filter(brand=brand, state=Gesture.OWED)


def _refused(brand: Brand, outgoing: Outgoing) -> bool:
    """Whether it is certain that nothing was given; then it is never sent again either.

    What is parked after the last attempt may have arrived with one of them: that is for a person to settle.
    """
    if outgoing.state == Outgoing.CANCELLED:
        return True
    if retry_after(outgoing.attempts) is None or outgoing.reason == DIED:
        return False
    parked = Outgoing.objects.filter(brand=brand, id=outgoing.id, state=Outgoing.PARKED, attempts=outgoing.attempts)
    return bool(parked.update(state=Outgoing.CANCELLED))


def _grant(brand: Brand, rows: Sequence[Gesture], now: datetime) -> None:
    """True from now on, so from now on it is to be told: when and how, `outreach` decides."""
    Gesture.objects.filter(brand=brand, id__in=[row.id for row in rows]).update(state=Gesture.GRANTED, at=now)
    Decision.objects.bulk_create(
        [
            Decision(
                id=ids.mirrored(brand.id, "decision", row.concern_id, GRANTED), brand=brand, concern_id=row.concern_id,
                order_id=row.order_id, customer_id=row.customer_id, kind=GRANTED, spoken=False,
                reason="the brand's system has granted it", since=now, at=now, waits_until=now,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _refuse(brand: Brand, row: Gesture, why: str, now: datetime) -> None:
    assert row.month is not None
    budget.bring_back(brand, row.month, row.currency, row.cost)
    reason = f"the brand's system did not grant it: {why}"[:300]
    Gesture.objects.filter(brand=brand, id=row.id).update(state=Gesture.REFUSED, reason=reason, at=now)

"""Occasions whose time to speak has not come: which are due, and how each stands by then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outbox.models import Outgoing
from aftercart.outreach import disruptions, milestones
from aftercart.outreach.gestures import telling
from aftercart.outreach.manners import GRANTED
from aftercart.outreach.models import Decision
from aftercart.promises import services as promises
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import MOVING_AGAIN, Opened, Standing
from aftercart.watch.models import Concern

LATE = "it could not be said while it was sure to be true: decided again"
NOTICE = "notice:"


def due(brand: Brand, now: datetime, *, limit: int = 500) -> list[UUID]:
    """The orders with an occasion whose time to speak has come."""
    rows = Decision.objects.filter(brand=brand, waits_until__lte=now).order_by("waits_until")
    return list(dict.fromkeys(rows.values_list("order_id", flat=True)[:limit]))


def decide_again(outgoing: Outgoing, now: datetime) -> None:
    """A message could not leave while it was true: none of what it was to say has been said. In the caller's
    transaction."""
    brand = outgoing.brand
    rows = Decision.objects.filter(brand=brand, outgoing_id=outgoing.id)
    orders = set(rows.values_list("order_id", flat=True))
    rows.update(spoken=False, outgoing_id=None, channel="", reason=LATE, waits_until=now, at=now)
    promises.never_told(brand, orders, surface=NOTICE, at=outgoing.created_at)


def again(row: Decision, concern: Concern | None, standing: Mapping[UUID, Standing]) -> Opened | None:
    """The occasion as it stands now; None where it has passed."""
    if row.kind == GRANTED:
        return telling.occasion(row, concern, standing)
    stands = standing.get(concern.subject_id if concern else row.concern_id)
    if stands is None:
        return None
    subject, ended = stands.subject, ""
    evidence: dict[str, object] | None = None
    if row.kind == MOVING_AGAIN:
        moved = subject.row.moved_at
        if concern and moved and not subject.done and concern.kind not in stands.worries:
            evidence, ended = {"since": moved.isoformat()}, concern.kind
    elif row.kind == disruptions.OVER:
        if concern and not subject.done:
            evidence, ended = disruptions.remembered(concern), disruptions.KIND
    elif concern is None:
        at = milestones.WHEN[row.kind](subject) if milestones.holds(row.kind, subject) else None
        evidence = {"since": at.isoformat()} if at else None
    elif concern.closed_at is None and row.kind in stands.worries:
        evidence = dict(stands.worries[row.kind].evidence)
    if evidence is None:
        return None
    episode = Episode.about(subject, row.kind, evidence, id=row.concern_id, at=row.since or row.at)
    return Opened(episode, subject, stands.believed, stands.promised, frozenset(stands.worries), ended)

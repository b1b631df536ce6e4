"""Occasions whose time to speak has not come: which are due, and how each stands by then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach import disruptions, milestones
from aftercart.outreach.gestures import telling
from aftercart.outreach.manners import GRANTED
from aftercart.outreach.models import Decision
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import MOVING_AGAIN, Opened, Standing
from aftercart.watch.models import Concern


def due(brand: Brand, now: datetime, *, limit: int = 500) -> list[UUID]:
    """The orders with an occasion whose time to speak has come."""
    rows = Decision.objects.filter(brand=brand, waits_until__lte=now).order_by("waits_until")
    return list(dict.fromkeys(rows.values_list("order_id", flat=True)[:limit]))


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
        evidence = {} if milestones.holds(row.kind, subject) else None
    elif concern.closed_at is None and row.kind in stands.worries:
        evidence = dict(stands.worries[row.kind].evidence)
    if evidence is None:
        return None
    episode = Episode(
        id=row.concern_id,
        order_id=row.order_id,
        subject_id=subject.id,
        kind=row.kind,
        opened_at=row.since or row.at,
        carrier=subject.row.carrier or "",
        lane=subject.lane.key[:200],
        evidence=evidence,
    )
    return Opened(episode, subject, stands.believed, stands.promised, frozenset(stands.worries), ended)

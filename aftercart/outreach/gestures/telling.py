"""What a customer is told once something is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.manners import GRANTED
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import NO_KINDS, Opened, Standing
from aftercart.watch.models import Concern
from aftercart.words.rules import Situation

if TYPE_CHECKING:
    from aftercart.outreach.models import Decision


def occasion(row: Decision, concern: Concern | None, standing: Mapping[UUID, Standing]) -> Opened | None:
    """It stays true whatever became of the worry, so any part of the order will do. None where it is not true."""
    gesture = Gesture.objects.filter(brand_id=row.brand_id, concern_id=row.concern_id, state=Gesture.GRANTED).first()
    parts = [one for one in standing.values() if one.subject.order_id == row.order_id]
    same = next((one for one in parts if concern and one.subject.id == concern.subject_id), None)
    if gesture is None or gesture.until is None or not parts:
        return None
    subject = (same or parts[0]).subject
    episode = Episode(
        id=row.concern_id,
        order_id=row.order_id,
        subject_id=subject.id,
        kind=GRANTED,
        opened_at=row.since or row.at,
        carrier=subject.row.carrier or "",
        lane=subject.lane.key[:200],
        evidence={
            "gesture": gesture.gift,
            "points": gesture.points,
            "amount": gesture.amount,
            "currency": gesture.currency,
            "until": gesture.until.isoformat(),
        },
    )
    return Opened(episode, subject, None, None, NO_KINDS)


def about(said: Situation, one: Opened) -> Situation:
    """Without a date of arrival: the message is about what is given, and until when it can be used."""
    told = one.concern.evidence
    return replace(
        said,
        state=str(told["gesture"]),
        points=int(str(told["points"])),
        amount=int(str(told["amount"])),
        currency=str(told["currency"]),
        deadline=date.fromisoformat(str(told["until"])),
    )

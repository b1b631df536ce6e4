"""A belief beside what was told: what may be told instead, and what a message names."""

from __future__ import annotations

from datetime import datetime

from aftercart.promises.expectations import Start
from aftercart.promises.ledger import Ledger
from aftercart.promises.queries import Subject
from aftercart.promises.repromise import Terms, believable, renewed, to_say
from aftercart.promises.rules import Window
from aftercart.promises.services import Belief


def weigh(
    subject: Subject,
    believed: Window,
    ledger: Ledger,
    *,
    start: Start,
    doubted: bool,
    now: datetime,
    terms: Terms,
) -> tuple[Belief, Window | None]:
    """The belief to keep, with the new date where one is due; and the window to say: that one, or what stands."""
    told, today = ledger.last(subject.order_id), now.astimezone(subject.zone).date()
    if told is None:
        return Belief(subject, believed, None, start), believed if believable(believed, terms) else None
    new = renewed(
        believed,
        told=told.latest,
        changed_at=ledger.changed_at(subject.order_id),
        doubted=doubted,
        today=today,
        now=now,
        terms=terms,
    )
    said = to_say(believed, told=told.latest, earliest=told.earliest, today=today, renewal=new)
    return Belief(subject, believed, new.latest if new else None, start), said

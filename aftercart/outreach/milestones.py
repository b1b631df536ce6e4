"""What an order reaches on its way, and whether that is still news. A shop mostly says these things itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from aftercart.facts import State
from aftercart.outreach.manners import Terms
from aftercart.promises.queries import Subject
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import Opened, Standing

# What we hear of later than this is history and no news: an import, or a carrier who was silent.
FRESH = timedelta(days=1)


def _confirmed(subject: Subject) -> datetime | None:
    return subject.row.placed_at if subject.row.parcel_id is None else None


def _shipped(subject: Subject) -> datetime | None:
    return subject.row.handed_over_at


def _out_for_delivery(subject: Subject) -> datetime | None:
    return subject.row.state_at if subject.state is State.OUT_FOR_DELIVERY else None


def _delivered(subject: Subject) -> datetime | None:
    return subject.row.delivered_at


WHEN: dict[str, Callable[[Subject], datetime | None]] = {
    "confirmation": _confirmed,
    "shipped": _shipped,
    "out_for_delivery": _out_for_delivery,
    "delivered": _delivered,
}


def holds(kind: str, subject: Subject) -> bool:
    """Whether it would still be true to say so: what has arrived is not on its way."""
    if subject.cancelled:
        return False
    over = subject.row.delivered_at is not None
    return WHEN[kind](subject) is not None and (not over or kind == "delivered")


def reached(standing: Iterable[Standing], terms: Terms, now: datetime) -> list[Opened]:
    """Each milestone of the last day that the brand does not leave to its shop. Its episode is what reached it."""
    return [
        Opened(
            Episode.about(stands.subject, kind, {"since": at.isoformat()}, id=stands.subject.id, at=at),
            stands.subject,
            stands.believed,
            stands.promised,
            frozenset(stands.worries),
        )
        for stands in standing
        for kind in terms.ours
        if holds(kind, stands.subject) and (at := WHEN[kind](stands.subject)) and now - at < FRESH
    ]


def last(subject: Subject) -> str:
    """The milestone that it has reached last."""
    return next((kind for kind in reversed(WHEN) if kind != "confirmation" and WHEN[kind](subject)), "confirmation")

"""One parcel as we see it now: the chance that it misses its promise, what that follows from, and what comes next.

The same tables and rules as the watch judges by, asked again for somebody who wants to know why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.orders.models import Parcel
from aftercart.promises import services as promises
from aftercart.promises.lanes import Lane
from aftercart.promises.queries import Subject, subjects
from aftercart.promises.rules import Quiet, miss_probability
from aftercart.promises.services import Taught
from aftercart.watch import seeing
from aftercart.watch.disruptions.incidents import open_disruptions
from aftercart.watch.disruptions.standing import affecting
from aftercart.watch.limits import Limits
from aftercart.watch.models import Watch
from aftercart.watch.worries.view import View
from aftercart.watch.worries.waiting import Passing, silence, staying, unseen

NEAR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """An instant at which what we think changes by itself, if no scan comes before; `quiet` where that is a limit."""

    at: datetime
    what: str
    since: str  # what there is to say once it has come
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """`chance` of missing `promised`; None where nothing is promised, or we know too little. It follows from `n`
    arrivals (fading) on `level` of lane, the `version` of the tables, and `age`: days since it was placed or `left`."""

    lane: Lane
    zone: ZoneInfo
    promised: date | None
    chance: float | None
    level: str
    n: float
    version: int
    left: bool
    age: int
    look_at: datetime | None
    why: str
    turns: list[Turn]


def patience(brand: Brand, country: str = "") -> Limits:
    tables = promises.taught(brand.id)
    return Limits(quiet=tables.quiet, calendar=promises.calendar(country))


def quiet_on(limits: Limits, lane: Lane, milestone: str) -> Quiet:
    """The limit of silence that is in force after this milestone."""
    abroad = lane.origin.partition("-")[0] != lane.destination.partition("-")[0]
    return limits.silence(milestone, lane, international=bool(lane.origin and lane.destination and abroad))


def outlook(brand: Brand, parcel: Parcel, promised: date | None, now: datetime) -> Outlook | None:
    """`promised` is the date in force for its order. None where it is no longer a parcel of that: a newer version
    dropped it."""
    found = subjects(brand.id, [parcel.order_id])[parcel.order_id]
    subject = next((one for one in found if one.row.parcel_id == parcel.id), None)
    if subject is None:
        return None
    tables = promises.taught(brand.id)
    began = subject.row.handed_over_at if tables.road is not None else None
    pace = tables.road if began is not None and tables.road is not None else tables.order
    level, n = pace.known(subject.lane)
    watch = Watch.objects.filter(brand=brand, id=parcel.order_id).first()
    turns = sorted(_turns(subject, patience(brand, subject.row.country), promised), key=lambda turn: turn.at)
    look_at = watch.look_at if watch else None
    return Outlook(
        lane=subject.lane,
        zone=subject.zone,
        promised=promised,
        chance=_chance(brand.id, subject, tables, promised, now),
        level=level,
        n=n,
        version=pace.version,
        left=began is not None,
        age=(_day(now, subject.zone) - _day(began or subject.row.placed_at, subject.zone)).days,
        look_at=look_at,
        why=_why(look_at, turns),
        turns=[turn for turn in turns if not subject.done],
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _chance(brand_id: UUID, subject: Subject, tables: Taught, promised: date | None, now: datetime) -> float | None:
    today = _day(now, subject.zone)
    if promised is None or subject.done or not tables.knows_speed:
        return None
    if promised < today:
        return 1.0
    pace, since = tables.order, subject.row.placed_at
    if tables.road is not None and subject.row.handed_over_at is not None:
        pace, since = tables.road, subject.row.handed_over_at
    slowed = seeing.slowed_by(affecting(open_disruptions(brand_id)), subject)
    held = seeing.held(slowed, subject, now)
    usually_by = promised - timedelta(days=round(held.ahead))
    if usually_by < today:
        return 1.0
    return miss_probability(
        pace,
        lane=subject.lane,
        start=min(_day(since, subject.zone) + timedelta(days=held.lost), today),
        promised=usually_by,
        today=today,
        calendar=promises.calendar(subject.row.country),
    )


# By what passes: what then happens, and what there is to say once it has.
PASSING: Mapping[Callable[[View, Limits], Passing | None], tuple[str, str]] = {
    silence: ("It counts as not moving", "It has counted as not moving since then"),
    staying: ("It counts as held up in one place", "It has counted as held up in one place since then"),
    unseen: ("A label without a scan becomes a concern", "It has been a label without a scan for too long"),
}


def _turns(subject: Subject, limits: Limits, promised: date | None) -> Iterator[Turn]:
    seen = seeing.view(
        subject,
        waits_since=subject.row.placed_at,
        promised_by=promised,
        open_kinds=frozenset(),
        around=seeing.NOTHING,
        first_at=None,
    )
    for passes, words in PASSING.items():
        if passing := passes(seen, limits):
            yield Turn(passing.at, *words, passing.limit)
    if promised is not None:
        over = datetime.combine(promised + timedelta(days=1), time(), subject.zone)
        yield Turn(over, "The promised day is over", "The promised day was over")


def _why(look_at: datetime | None, turns: list[Turn]) -> str:
    if look_at is None:
        return "only a scan or the shop can change anything"
    reason = next((turn.what for turn in turns if abs(turn.at - look_at) < NEAR), None)
    return f"{reason[0].lower()}{reason[1:]}" if reason else "what we believe is worked out anew at least once a day"

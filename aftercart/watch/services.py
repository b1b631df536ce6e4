from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.promises.queries import Subject, current_promises, subjects
from aftercart.promises.rules import Window
from aftercart.promises.services import Taught
from aftercart.watch import episodes
from aftercart.watch.disruptions.incidents import open_disruptions
from aftercart.watch.disruptions.standing import Disruption, affecting, disruption_of
from aftercart.watch.episodes import Episode, Key
from aftercart.watch.limits import LateLimits, Limits, Slowed
from aftercart.watch.rules import MOVING, View, Worry, look

# A concern that comes back within this time is the same episode: nobody is told twice about one hesitation.
SAME_EPISODE = timedelta(hours=12)
# Beliefs about arrivals are made anew at least this often while an order is open.
BELIEF_LASTS = timedelta(days=1)

NONE_OPEN: Mapping[Key, UUID] = {}
NO_KINDS: frozenset[str] = frozenset()

WATCH = """
INSERT INTO watch_watch (id, brand_id, look_at)
SELECT id, %s, NULL FROM unnest(%s::uuid[]) AS w (id) ORDER BY id ON CONFLICT (id) DO NOTHING
"""
LOCK = "SELECT count(*) FROM (SELECT 1 FROM watch_watch WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE) held"
LOOK = """
UPDATE watch_watch w SET look_at = n.look_at FROM unnest(%s::uuid[], %s::timestamptz[]) AS n (id, look_at)
WHERE w.id = n.id AND w.look_at IS DISTINCT FROM n.look_at
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A concern that began now, with what outreach needs to speak about it."""

    concern: Episode
    subject: Subject
    believed: Window | None
    promised: date | None
    kinds: frozenset[str]  # everything that worries about this order now


@dataclass(slots=True)
class Changes:
    opened: list[Opened] = field(default_factory=list)
    closed: int = 0
    looked: int = 0


def reassess(brand: Brand, order_ids: Iterable[UUID], now: datetime) -> Changes:
    """Judge these orders and their parcels at `now`: open and close concerns, set when to look again.

    Locks the orders' watch rows first and reads after that, so that what another worker has just committed counts.
    """
    wanted = sorted(set(order_ids), key=ids.as_number)
    if not wanted:
        return Changes()
    _lock(brand.id, wanted)
    return _judge(brand, wanted, now)


def look_at_due(brand: Brand, now: datetime, *, limit: int = 500) -> Changes:
    """Judge the orders whose moment has come, leaving those that another worker has in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM watch_watch WHERE brand_id = %s AND look_at <= %s ORDER BY look_at LIMIT %s"
            " FOR UPDATE SKIP LOCKED",
            [brand.id, now, limit],
        )
        due = [order for (order,) in cursor.fetchall()]
    return _judge(brand, sorted(due, key=ids.as_number), now) if due else Changes()


def _lock(brand_id: UUID, order_ids: Sequence[UUID]) -> None:
    """Nearly always all are watched already. Those that are not become so, and then all are locked again, in order."""
    listed = bulk.array(order_ids)
    with bulk.cursor() as at:
        at.execute(LOCK, [listed])
        if at.fetchone() != (len(order_ids),):
            at.execute(WATCH, [brand_id, listed])
            at.execute(LOCK, [listed])


def _judge(brand: Brand, order_ids: Sequence[UUID], now: datetime) -> Changes:
    tables = promises.taught(brand.id)
    found = subjects(brand.id, order_ids)
    promised = current_promises(brand.id, order_ids)
    before = episodes.open_of(brand.id, order_ids)
    round_ = _Round(brand, tables, promised, now)
    for order_id in order_ids:
        round_.order(order_id, found.get(order_id, ()), before.get(order_id, NONE_OPEN))
    return round_.write()


class _Round:
    """One round of judging: collects what changes, then writes it set by set."""

    def __init__(self, brand: Brand, tables: Taught, promised: dict[UUID, date], now: datetime) -> None:
        self.brand, self.tables, self.promised, self.now = brand, tables, promised, now
        self.late = LateLimits(early=tables.late["early"], last=tables.late["last"]) if tables.late else LateLimits()
        self.limits: dict[tuple[str, UUID | None, date | None], Limits] = {}  # by country, disruption and day
        self.disruptions = affecting(open_disruptions(brand.id))
        self.begun: list[tuple[Subject, Worry, Window | None, frozenset[str]]] = []
        self.ended: list[UUID] = []
        self.looks: list[tuple[UUID, datetime | None]] = []
        self.beliefs: list[tuple[Subject, Window]] = []
        self.first: list[tuple[Subject, Window]] = []

    def order(self, order_id: UUID, watched: Sequence[Subject], before: Mapping[Key, UUID]) -> None:
        looks: list[datetime] = []
        holding: set[Key] = set()
        for subject in watched:
            about, disruption = subject.id, self._disruption(subject)
            believed = self._believe(subject, disruption)
            open_kinds = frozenset([kind for at, kind in before if at == about]) if before else NO_KINDS
            worries, again = look(
                self._view(subject, open_kinds), limits=self._limits(subject, disruption), now=self.now
            )
            if worries:
                kinds = frozenset(worry.kind for worry in worries)
                holding |= {(about, kind) for kind in kinds}
                self.begun += [(subject, w, believed, kinds) for w in worries if (about, w.kind) not in before]
            if believed is not None:
                looks.append(self.now + BELIEF_LASTS)
            if again is not None:
                looks.append(again)
        self.ended += [concern for key, concern in before.items() if key not in holding]
        self.looks.append((order_id, min(looks, default=None)))

    def _disruption(self, subject: Subject) -> Disruption | None:
        """The one that it is in: only what is on the road is slowed."""
        row = subject.row
        if not self.disruptions or subject.done or row.handed_over_at is None or subject.state not in MOVING:
            return None
        return disruption_of(self.disruptions, subject.lane, row.carrier or "", row.city or "")

    def _believe(self, subject: Subject, disruption: Disruption | None) -> Window | None:
        if subject.done:
            return None
        promised = self.promised.get(subject.order_id)
        held_up = disruption.costs(self.now.astimezone(subject.zone).date()) if disruption else 0.0
        believed = promises.believe(subject, self.tables, promised, self.now, held_up=held_up)
        if believed is None:
            return None
        self.beliefs.append((subject, believed))
        if promised is None:
            self.first.append((subject, believed))
            self.promised[subject.order_id] = believed.latest
        return believed

    def _limits(self, subject: Subject, disruption: Disruption | None) -> Limits:
        country, today = subject.row.country, self.now.astimezone(subject.zone).date() if disruption else None
        key = country, disruption.id if disruption else None, today
        found = self.limits.get(key)
        if found is None:
            found = self.limits[key] = Limits(
                pace=self.tables.order if self.tables.knows_speed else None,
                transit=self.tables.road,
                late=self.late,
                quiet=self.tables.quiet,
                calendar=promises.calendar(country),
                slowed=_slowed(disruption, today) if disruption and today else None,
            )
        return found

    def _view(self, subject: Subject, open_kinds: frozenset[str]) -> View:
        row = subject.row
        return View(
            placed_at=row.placed_at,
            lane=subject.lane,
            zone=subject.zone,
            international=subject.international,
            promised_by=self.promised.get(subject.order_id),
            state=subject.state,
            state_at=row.state_at,
            reason=row.reason or "",
            attention=subject.attention,
            label_at=row.shipped_at,
            handed_over_at=row.handed_over_at,
            first_scan_at=row.first_scan_at,
            last_scan_at=row.last_scan_at,
            moved_at=row.moved_at,
            delivered_at=row.delivered_at,
            cancelled=subject.cancelled,
            open=open_kinds,
        )

    def write(self) -> Changes:
        brand_id = self.brand.id
        promises.keep_forecasts(brand_id, [order for order, _ in self.looks], self.beliefs, self.now)
        promises.first_promises(brand_id, self.first, self.now)
        orders, moments = zip(*self.looks, strict=True)
        with bulk.cursor() as at:
            at.execute(LOOK, [bulk.array(orders), bulk.instants(moments)])
        episodes.close(brand_id, self.ended, self.now, "the facts")
        return Changes(opened=self._open(), closed=len(self.ended), looked=len(self.looks))

    def _open(self) -> list[Opened]:
        if not self.begun:
            return []
        orders = {subject.order_id for subject, *_ in self.begun}
        recent = episodes.closed_since(self.brand.id, orders, self.now - SAME_EPISODE)
        again, fresh = [], []
        for subject, worry, believed, kinds in self.begun:
            if earlier := recent.get((subject.id, worry.kind)):
                again.append(earlier)
                continue
            concern = Episode(
                id=ids.new(self.now),
                order_id=subject.order_id,
                subject_id=subject.id,
                kind=worry.kind,
                opened_at=self.now,
                carrier=subject.row.carrier or "",
                lane=subject.lane.key[:200],
                evidence=worry.evidence,
            )
            fresh.append(Opened(concern, subject, believed, self.promised.get(subject.order_id), kinds))
        episodes.begin(self.brand.id, [opened.concern for opened in fresh])
        episodes.reopen(self.brand.id, again)
        return fresh


def _slowed(disruption: Disruption, today: date) -> Slowed:
    told: dict[str, object] = {
        "disruption": str(disruption.id),
        "class": disruption.kind,
        "scope": disruption.series.name,
        "town": disruption.town,
        "began": disruption.began.isoformat(),
    }
    return Slowed(held_up=disruption.costs(today), patience=disruption.patience(), told=told)


def look_again(brand: Brand, now: datetime, *, order_ids: Iterable[UUID] | None = None) -> int:
    """What they are judged by has changed: have these orders, or all that are open, looked at now."""
    statement = "UPDATE watch_watch SET look_at = %s WHERE brand_id = %s AND "
    with connection.cursor() as cursor:
        if order_ids is None:
            cursor.execute(statement + "look_at > %s", [now, brand.id, now])
        else:
            cursor.execute(statement + "id = ANY(%s)", [now, brand.id, sorted(order_ids)])
        return int(cursor.rowcount)

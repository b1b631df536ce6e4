from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from aftercart.watch.limits import LateLimits, Limits
from aftercart.watch.models import Concern
from aftercart.watch.rules import View, Worry, look

# A concern that comes back within this time is the same episode: nobody is told twice about one hesitation.
SAME_EPISODE = timedelta(hours=12)
# Beliefs about arrivals are made anew at least this often while an order is open.
BELIEF_LASTS = timedelta(days=1)

CONCERN_COLUMNS = (
    "id", "brand_id", "order_id", "subject_id", "kind", "opened_at", "closed_at", "carrier", "lane", "evidence",
    "closed_by", "reopened",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A concern that began now, with what outreach needs to speak about it."""

    concern: Concern
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
    wanted = sorted(set(order_ids))
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
    return _judge(brand, sorted(due), now) if due else Changes()


def _lock(brand_id: UUID, order_ids: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO watch_watch (id, brand_id, look_at) SELECT unnest(%s), %s, NULL ORDER BY 1"
            " ON CONFLICT (id) DO NOTHING",
            [list(order_ids), brand_id],
        )
        cursor.execute("SELECT 1 FROM watch_watch WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(order_ids)])


def _judge(brand: Brand, order_ids: Sequence[UUID], now: datetime) -> Changes:
    tables = promises.taught(brand.id)
    found = subjects(brand.id, order_ids)
    promised = current_promises(brand.id, order_ids)
    before = _open_concerns(brand.id, order_ids)
    round_ = _Round(brand, tables, promised, now)
    for order_id in order_ids:
        round_.order(order_id, found.get(order_id, []), before.get(order_id, {}))
    return round_.write()


def _open_concerns(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, dict[tuple[UUID, str], Concern]]:
    found: dict[UUID, dict[tuple[UUID, str], Concern]] = {}
    for concern in Concern.objects.filter(brand_id=brand_id, order_id__in=order_ids, closed_at=None):
        found.setdefault(concern.order_id, {})[concern.subject_id, concern.kind] = concern
    return found


class _Round:
    """One round of judging: collects what changes, then writes it set by set."""

    def __init__(self, brand: Brand, tables: Taught, promised: dict[UUID, date], now: datetime) -> None:
        self.brand, self.tables, self.promised, self.now = brand, tables, promised, now
        self.late = LateLimits(early=tables.late["early"], last=tables.late["last"]) if tables.late else LateLimits()
        self.begun: list[tuple[Subject, Worry, Window | None, frozenset[str]]] = []
        self.ended: list[Concern] = []
        self.looks: list[tuple[UUID, datetime | None]] = []
        self.beliefs: list[tuple[Subject, Window]] = []
        self.first: list[tuple[Subject, Window]] = []
        self.done: list[UUID] = []

    def order(self, order_id: UUID, watched: Sequence[Subject], before: dict[tuple[UUID, str], Concern]) -> None:
        looks: list[datetime] = []
        holding: set[tuple[UUID, str]] = set()
        for subject in watched:
            believed = self._believe(subject)
            open_kinds = frozenset(kind for at, kind in before if at == subject.id)
            worries, again = look(self._view(subject, open_kinds), limits=self._limits(subject), now=self.now)
            kinds = frozenset(worry.kind for worry in worries)
            holding |= {(subject.id, kind) for kind in kinds}
            self.begun += [(subject, w, believed, kinds) for w in worries if (subject.id, w.kind) not in before]
            if believed is not None:
                looks.append(self.now + BELIEF_LASTS)
            if again is not None:
                looks.append(again)
        if any(subject.row.parcel_id for subject in watched):
            self.done.append(order_id)  # from here on it is its parcels that arrive
        self.ended += [concern for key, concern in before.items() if key not in holding]
        self.looks.append((order_id, min(looks, default=None)))

    def _believe(self, subject: Subject) -> Window | None:
        if subject.done:
            self.done.append(subject.id)
            return None
        promised = self.promised.get(subject.order_id)
        believed = promises.believe(subject, self.tables, promised, self.now)
        self.beliefs.append((subject, believed))
        if promised is None:
            self.first.append((subject, believed))
            self.promised[subject.order_id] = believed.latest
        return believed

    def _limits(self, subject: Subject) -> Limits:
        return Limits(
            pace=self.tables.order if self.tables.knows_speed else None,
            late=self.late,
            quiet=self.tables.quiet,
            calendar=promises.calendar(subject.row.country),
        )

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
        promises.keep_forecasts(brand_id, self.beliefs, self.now)
        promises.first_promises(brand_id, self.first, self.now)
        promises.forget_forecasts(brand_id, self.done)
        bulk.update("watch_watch", ("id", "look_at"), self.looks)
        if self.ended:
            Concern.objects.filter(brand_id=brand_id, id__in=[concern.id for concern in self.ended]).update(
                closed_at=self.now, closed_by="the facts"
            )
        return Changes(opened=self._open(), closed=len(self.ended), looked=len(self.looks))

    def _open(self) -> list[Opened]:
        if not self.begun:
            return []
        recent = self._recent()
        again, fresh = [], []
        for subject, worry, believed, kinds in self.begun:
            earlier = recent.get((subject.id, worry.kind))
            if earlier is not None:
                again.append(earlier.id)
                continue
            concern = Concern(
                id=ids.new(self.now),
                brand_id=self.brand.id,
                order_id=subject.order_id,
                subject_id=subject.id,
                kind=worry.kind,
                opened_at=self.now,
                carrier=subject.row.carrier or "",
                lane=subject.lane.key,
                evidence=worry.evidence,
            )
            fresh.append(Opened(concern, subject, believed, self.promised.get(subject.order_id), kinds))
        Concern.objects.bulk_create([opened.concern for opened in fresh])
        for concern in Concern.objects.filter(brand_id=self.brand.id, id__in=again):
            concern.closed_at, concern.closed_by, concern.reopened = None, "", concern.reopened + 1
            concern.save(update_fields=["closed_at", "closed_by", "reopened"])
        return fresh

    def _recent(self) -> dict[tuple[UUID, str], Concern]:
        rows = Concern.objects.filter(
            brand_id=self.brand.id,
            order_id__in={subject.order_id for subject, *_ in self.begun},
            closed_at__gte=self.now - SAME_EPISODE,
        ).order_by("closed_at")
        return {(row.subject_id, row.kind): row for row in rows}


def look_again(brand: Brand, now: datetime, *, order_ids: Iterable[UUID] | None = None) -> int:
    """What they are judged by has changed: have these orders, or all that are open, looked at now."""
    statement = "UPDATE watch_watch SET look_at = %s WHERE brand_id = %s AND "
    with connection.cursor() as cursor:
        if order_ids is None:
            cursor.execute(statement + "look_at > %s", [now, brand.id, now])
        else:
            cursor.execute(statement + "id = ANY(%s)", [now, brand.id, sorted(order_ids)])
        return int(cursor.rowcount)

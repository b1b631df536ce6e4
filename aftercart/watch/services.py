from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.promises.ledger import Ledger
from aftercart.promises.outlook import Outlook, outlook
from aftercart.promises.queries import Subject, subjects
from aftercart.promises.repromise import Terms, believable
from aftercart.promises.rules import Window
from aftercart.promises.services import Belief, Taught
from aftercart.promises.telling import weigh
from aftercart.promises.terms import terms_of
from aftercart.watch import episodes
from aftercart.watch.episodes import Episode, Key
from aftercart.watch.limits import LateLimits, Limits
from aftercart.watch.rules import View, Worry, look

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


def settle(brand: Brand, order_ids: Iterable[UUID], now: datetime) -> None:
    """Say of these orders which dates were kept, and judge nothing else."""
    wanted = sorted(set(order_ids), key=ids.as_number)
    if wanted:
        _lock(brand.id, wanted)
        Ledger(brand.id, wanted).settle(subjects(brand.id, wanted), now)


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
    ledger = Ledger(brand.id, order_ids)
    before = episodes.open_of(brand.id, order_ids)
    round_ = _Round(brand, tables, ledger, outlook(brand, order_ids, now.date()), now)
    for order_id in order_ids:
        round_.order(order_id, found.get(order_id, ()), before.get(order_id, NONE_OPEN))
    ledger.settle(found, now)
    return round_.write()


class _Round:
    """One round of judging: collects what changes, then writes it set by set."""

    def __init__(self, brand: Brand, tables: Taught, ledger: Ledger, ahead: Outlook, now: datetime) -> None:
        self.brand, self.tables, self.ledger, self.outlook, self.now = brand, tables, ledger, ahead, now
        self.promised = ledger.promised
        self.terms = terms_of(brand, now)
        self.late = _late_limits(tables, self.terms)
        self.limits: dict[tuple[str, frozenset[date]], Limits] = {}  # by country and days closed
        self.begun: list[tuple[Subject, Worry, Window | None, frozenset[str]]] = []
        self.ended: list[UUID] = []
        self.looks: list[tuple[UUID, datetime | None]] = []
        self.beliefs: list[Belief] = []
        self.first: list[tuple[Subject, Window, str]] = []

    def order(self, order_id: UUID, watched: Sequence[Subject], before: Mapping[Key, UUID]) -> None:
        looks: list[datetime] = []
        holding: set[Key] = set()
        for subject in watched:
            about, believed = subject.id, self._believe(subject)
            open_kinds = frozenset([kind for at, kind in before if at == about]) if before else NO_KINDS
            worries, again = look(self._view(subject, open_kinds), limits=self._limits(subject), now=self.now)
            said = None
            if believed is not None:
                belief, said = weigh(
                    subject,
                    believed,
                    self.ledger,
                    start=self.outlook.start(subject),
                    doubted=bool(worries),
                    now=self.now,
                    terms=self.terms,
                )
                self.beliefs.append(belief)
                looks.append(self.now + BELIEF_LASTS)
            if worries:
                kinds = frozenset(worry.kind for worry in worries)
                holding |= {(about, kind) for kind in kinds}
                self.begun += [(subject, w, said, kinds) for w in worries if (about, w.kind) not in before]
            if again is not None:
                looks.append(again)
        self.ended += [concern for key, concern in before.items() if key not in holding]
        self.looks.append((order_id, min(looks, default=None)))

    def _believe(self, subject: Subject) -> Window | None:
        if subject.done:
            return None
        promised = self.promised.get(subject.order_id)
        believed = promises.believe(
            subject, self.tables, promised, self.now, confidence=self.terms.confidence, outlook=self.outlook
        )
        if believed is not None and promised is None and believable(believed, self.terms):
            self.first.append((subject, believed, self.outlook.start(subject).because))
            self.promised[subject.order_id] = believed.latest
        return believed

    def _limits(self, subject: Subject) -> Limits:
        key = (subject.row.country, self.outlook.closed(subject))
        found = self.limits.get(key)
        if found is None:
            found = self.limits[key] = Limits(
                pace=self.tables.order if self.tables.knows_speed else None,
                transit=self.tables.road,
                late=self.late,
                quiet=self.tables.quiet,
                calendar=promises.calendar(*key),
            )
        return found

    def _view(self, subject: Subject, open_kinds: frozenset[str]) -> View:
        row = subject.row
        return View(
            placed_at=self.outlook.waits_since(subject),
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


def _late_limits(tables: Taught, terms: Terms) -> LateLimits:
    """From what chance on a date counts as missed: the brand's own word, else as learned."""
    if terms.miss is not None:
        return LateLimits(early=terms.miss, last=terms.miss, sure=terms.miss, settled=terms.miss / 2)
    return LateLimits(early=tables.late["early"], last=tables.late["last"]) if tables.late else LateLimits()


def look_again(brand: Brand, now: datetime, *, order_ids: Iterable[UUID] | None = None) -> int:
    """What they are judged by has changed: have these orders, or all that are open, looked at now."""
    statement = "UPDATE watch_watch SET look_at = %s WHERE brand_id = %s AND "
    with connection.cursor() as cursor:
        if order_ids is None:
            cursor.execute(statement + "look_at > %s", [now, brand.id, now])
        else:
            cursor.execute(statement + "id = ANY(%s)", [now, brand.id, sorted(order_ids)])
        return int(cursor.rowcount)

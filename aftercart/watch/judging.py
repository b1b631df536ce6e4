"""One round of judging: what is believed of some orders, what worries about them, and what therefore changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.policies import services as policies
from aftercart.promises import services as promises
from aftercart.promises.ledger import Ledger
from aftercart.promises.outlook import Outlook
from aftercart.promises.queries import Subject
from aftercart.promises.repromise import Terms, believable
from aftercart.promises.rules import Held, Window
from aftercart.promises.services import Belief, Taught
from aftercart.promises.telling import weigh
from aftercart.watch import episodes, seeing
from aftercart.watch.disruptions.incidents import open_disruptions
from aftercart.watch.disruptions.standing import Disruption, affecting
from aftercart.watch.episodes import Episode, Key
from aftercart.watch.limits import LateLimits, Limits, Slowed, Waits
from aftercart.watch.rules import SLIPPED, STANDING_STILL, View, Worry, look, moves_again
from aftercart.watch.slipping import Slip, slip, slowest

# A concern that comes back within this time is the same episode: nobody is told twice about one hesitation.
SAME_EPISODE = timedelta(hours=12)
# Beliefs about arrivals are made anew at least this often while an order is open.
BELIEF_LASTS = timedelta(days=1)

# The policy that holds what a brand sets itself: `limits.Waits`.
WAITS = "waits"
# What is said when a told concern ended because the parcel moves.
MOVING_AGAIN = "moving_again"

NO_KINDS: frozenset[str] = frozenset()

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
    ended: str = ""  # where the parcel moves again: the kind of the concern that ended by that


@dataclass(frozen=True, slots=True)
class Stopped:
    """A concern about standing still that ended: perhaps because its parcel moves."""

    concern: UUID
    kind: str
    subject: Subject
    seen: View
    believed: Window | None
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order that has not left, or a parcel, stands now: all that worries about it, by kind."""

    subject: Subject
    believed: Window | None
    promised: date | None
    worries: Mapping[str, Worry]
    slip: Slip | None = None  # the date that was told gives way


@dataclass(slots=True)
class Changes:
    opened: list[Opened] = field(default_factory=list)
    moving: list[Opened] = field(default_factory=list)  # it ended, because the parcel moves
    slipped: list[Opened] = field(default_factory=list)  # a date told gives way, in this look or since an earlier one
    arrived: list[seeing.Arrival] = field(default_factory=list)  # in this look or lately
    closed: int = 0
    looked: int = 0
    changed: set[UUID] = field(default_factory=set)  # orders with a concern that opened, opened again or closed
    standing: dict[UUID, Standing] = field(default_factory=dict)  # where it was asked for, by what it is about


class Round:
    """Collects what changes, order by order, then writes it set by set."""

    def __init__(
        self,
        brand: Brand,
        tables: Taught,
        ledger: Ledger,
        outlook: Outlook,
        around: seeing.Around,
        terms: Terms,
        now: datetime,
    ) -> None:
        self.brand, self.tables, self.ledger, self.outlook, self.now = brand, tables, ledger, outlook, now
        self.around = around
        self.promised = ledger.promised
        self.terms = terms
        self.late = _late_limits(tables, terms)
        self.waits = Waits.of(policies.current(brand, WAITS, at=now))
        # By country, days closed, disruption and what that takes.
        self.limits: dict[tuple[str, frozenset[date], UUID | None, Held], Limits] = {}
        self.disruptions = affecting(open_disruptions(brand.id))
        self.begun: list[tuple[Subject, Worry, Window | None, frozenset[str]]] = []
        self.ended: list[UUID] = []
        self.looks: list[tuple[UUID, datetime | None]] = []
        self.beliefs: list[Belief] = []
        self.first: list[tuple[Subject, Window, str]] = []
        self.stopped: list[Stopped] = []
        self.slips: list[Slip] = []
        self.changed: set[UUID] = set()
        self.standing: dict[UUID, Standing] | None = None

    def order(self, order_id: UUID, watched: Sequence[Subject], before: Mapping[Key, UUID]) -> None:
        looks: list[datetime] = []
        holding: set[Key] = set()
        rest_since = self.around.rests.get(order_id)
        first_at = seeing.first_arrival(watched) if len(watched) > 1 or rest_since else None
        for subject in seeing.with_rest(watched, rest_since) if rest_since else watched:
            about = subject.id
            open_kinds = frozenset([kind for at, kind in before if at == about]) if before else NO_KINDS
            kinds = self._subject(subject, open_kinds, before, first_at, looks)
            if kinds:
                holding |= {(about, kind) for kind in kinds}
        self.ended += [concern for key, concern in before.items() if key not in holding]
        if holding != before.keys():
            self.changed.add(order_id)
        self.looks.append((order_id, min(looks, default=None)))

    def _subject(
        self,
        subject: Subject,
        open_kinds: frozenset[str],
        before: Mapping[Key, UUID],
        first_at: datetime | None,
        looks: list[datetime],
    ) -> frozenset[str]:
        """What worries about one part of an order now. Adds to `looks` when to look at it again."""
        about, disruption = subject.id, seeing.slowed_by(self.disruptions, subject)
        believed = self._believe(subject, disruption)
        seen = seeing.view(
            subject,
            waits_since=self.outlook.waits_since(subject),
            promised_by=self.promised.get(subject.order_id),
            open_kinds=open_kinds,
            around=self.around,
            first_at=first_at,
        )
        worries, again = look(seen, limits=self._limits(subject, disruption), now=self.now)
        kinds = frozenset([worry.kind for worry in worries]) if worries else NO_KINDS
        said, slips = self._weigh(subject, believed, kinds) if believed is not None else (None, None)
        self.begun += [(subject, w, said, kinds) for w in worries if w.kind not in open_kinds]
        if self.standing is not None:
            by_kind = {worry.kind: worry for worry in worries}
            self.standing[subject.id] = Standing(subject, said, self.promised.get(subject.order_id), by_kind, slips)
        if open_kinds and (still := (open_kinds - kinds) & STANDING_STILL):
            self.stopped += [Stopped(before[about, kind], kind, subject, seen, said, kinds) for kind in still]
        looks += [at for at in (again, believed and self.now + BELIEF_LASTS) if at]
        return kinds

    def _believe(self, subject: Subject, disruption: Disruption | None) -> Window | None:
        if subject.done:
            return None
        promised = self.promised.get(subject.order_id)
        believed = promises.believe(
            subject,
            self.tables,
            promised,
            self.now,
            confidence=self.terms.confidence,
            outlook=self.outlook,
            held=seeing.held(disruption, subject, self.now),
            first=self.ledger.first(subject.order_id),
        )
        if believed is not None and promised is None and believable(believed, self.terms):
            self.first.append((subject, believed, self.outlook.start(subject).because))
            self.promised[subject.order_id] = believed.latest
        return believed

    def _weigh(self, subject: Subject, believed: Window, kinds: frozenset[str]) -> tuple[Window | None, Slip | None]:
        """Keep what we believe beside what was told. What a message names: the new date, or the one told."""
        start = self.outlook.start(subject)
        belief, said = weigh(
            subject, believed, self.ledger, start=start, doubted=bool(kinds), now=self.now, terms=self.terms
        )
        self.beliefs.append(belief)
        if slips := slip(belief, self.ledger.last(subject.order_id), said, kinds):
            self.slips.append(slips)
        return said, slips

    def _limits(self, subject: Subject, disruption: Disruption | None) -> Limits:
        country, closed = subject.row.country, self.outlook.closed(subject)
        held = seeing.held(disruption, subject, self.now)
        key = (country, closed, disruption.id if disruption else None, held)
        found = self.limits.get(key)
        if found is None:
            found = self.limits[key] = Limits(
                pace=self.tables.order if self.tables.knows_speed else None,
                transit=self.tables.road,
                late=self.late,
                quiet=self.tables.quiet,
                calendar=promises.calendar(country, closed),
                waits=self.waits,
                slowed=_slowed(disruption, held) if disruption else None,
            )
        return found

    def write(self) -> Changes:
        brand_id = self.brand.id
        promises.keep_forecasts(brand_id, [order for order, _ in self.looks], self.beliefs, self.now)
        promises.first_promises(brand_id, self.first, self.now)
        orders, moments = zip(*self.looks, strict=True)
        with bulk.cursor() as at:
            at.execute(LOOK, [bulk.array(orders), bulk.instants(moments)])
        episodes.close(brand_id, self.ended, self.now, "the facts")
        return Changes(
            opened=self._open(),
            moving=self._moving(),
            slipped=self._slipped(),
            closed=len(self.ended),
            looked=len(self.looks),
            changed=self.changed,
            standing=self.standing or {},
        )

    def _moving(self) -> list[Opened]:
        """Of what stood still: the parcels that move again, as episodes of their own kind under the same id."""
        begun = episodes.begun(self.brand.id, [one.concern for one in self.stopped]) if self.stopped else {}
        return [
            Opened(
                self._episode(one.subject, MOVING_AGAIN, {"since": one.seen.moved_at.isoformat()}, one.concern),
                one.subject,
                one.believed,
                self.promised.get(one.subject.order_id),
                one.kinds,
                ended=one.kind,
            )
            for one in self.stopped
            if one.seen.moved_at and moves_again(one.kind, one.seen, since=begun[one.concern])
        ]

    def _slipped(self) -> list[Opened]:
        return [slipped(self.brand.id, one, self.now) for one in slowest(self.slips)]

    def _episode(self, subject: Subject, kind: str, evidence: dict[str, object], known: UUID | None = None) -> Episode:
        return Episode.about(subject, kind, evidence, id=known or ids.new(self.now), at=self.now)

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
            concern = self._episode(subject, worry.kind, worry.evidence)
            fresh.append(Opened(concern, subject, believed, self.promised.get(subject.order_id), kinds))
        episodes.begin(self.brand.id, [opened.concern for opened in fresh])
        episodes.reopen(self.brand.id, again)
        return fresh


def slipped(brand_id: UUID, one: Slip, at: datetime) -> Opened:
    """`at`: since when it is known."""
    episode = Episode.about(one.subject, SLIPPED, {}, id=one.episode(brand_id), at=at)
    return Opened(episode, one.subject, one.window, one.told.latest, one.kinds)


def _late_limits(tables: Taught, terms: Terms) -> LateLimits:
    """From what chance on a date counts as missed: the brand's own word, else as learned."""
    if terms.miss is not None:
        return LateLimits(early=terms.miss, last=terms.miss, sure=terms.miss, settled=terms.miss / 2)
    return LateLimits(early=tables.late["early"], last=tables.late["last"]) if tables.late else LateLimits()


def _slowed(disruption: Disruption, held: Held) -> Slowed:
    told: dict[str, object] = {
        "disruption": str(disruption.id),
        "class": disruption.kind,
        "scope": disruption.series.name,
        "town": disruption.town,
        "began": disruption.began.isoformat(),
    }
    return Slowed(held=held, patience=disruption.patience(), told=told)

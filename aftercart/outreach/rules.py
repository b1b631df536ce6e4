"""Whether an occasion deserves words, when and by which channel, and why not where it does not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aftercart.connectors.sending import EMAIL
from aftercart.outreach.channels import Reach, closed, ranked
from aftercart.outreach.corrections.rules import ANSWERED
from aftercart.outreach.manners import GRANTED, MILESTONES, USUAL, Terms
from aftercart.outreach.questions.rules import CALM, CHECK, QUESTIONS, Calm, hindrance
from aftercart.plumbing.hours import Span, opens, room
from aftercart.watch.disruptions.standing import BLIND
from aftercart.watch.rules import KINDS, SLIPPED

# What needs the customer, or ends all hope of a date, is said even if something else was said today.
PRESSING = frozenset(
    {"lost", "damaged", "returned_to_sender", "refused", "not_received", "wrong_region", "customs_document",
     "address_problem", "pickup_expiring", "exception", "attempt_failed", "pickup_waiting"}
)  # fmt: skip
UTC = ZoneInfo("UTC")
# Two messages about one order within a day would raise the worry that they are to answer.
APART = timedelta(hours=24)
# A date that changes every day is not believed: unless the last one is about to fail, the next is told after this.
STEADY = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An occasion to speak and what surrounds it.

    `since`: when the occasion arose; `at`: now. `kinds`: all that worries about the same order now. `told`: the kinds
    told about this order, and when last. `sent`: when this customer was sent anything in the last week about a worry.
    `looked_at`: when they last looked at the page of this order, `wrote_at`: wrote or called about it,
    `ticket`: the number of one about it that is open. `elsewhere`:
    the order with which they were told of the same disruption. `feed_outage`: nothing is heard of any parcel.
    `ended`: of good news, the worry that it ends.
    `theirs`, `ours`: time zones of customer and brand. `ways`: the channels that the brand has, `troubled` those of
    them that take nothing at the moment. `promised`: the last day that was told, of the customer's calendar. `calm`:
    what stands against a question. `why`: what speaks for it. `given`: when the customer last told us what the
    courier needs.
    """

    kind: str
    at: datetime
    speaks_since: datetime | None
    since: datetime
    reaches: tuple[Reach, ...]
    ways: frozenset[str] = frozenset({EMAIL})
    preferred: str = ""
    troubled: frozenset[str] = frozenset()
    theirs: ZoneInfo = UTC
    ours: ZoneInfo = UTC
    kinds: frozenset[str] = frozenset()
    told: Mapping[str, datetime] = field(default_factory=dict)
    sent: tuple[datetime, ...] = ()
    looked_at: datetime | None = None
    wrote_at: datetime | None = None
    ticket: int | None = None
    elsewhere: str = ""
    feed_outage: bool = False
    ended: str = ""
    held_out: bool = False
    promised: date | None = None
    calm: Calm = CALM
    why: str = ""
    given: datetime | None = None

    @property
    def pressing(self) -> bool:
        return self.kind in PRESSING


@dataclass(frozen=True, slots=True)
class Verdict:
    """Speak by `reach` in these `hours`, or wait `until`, or neither; and why. `affected`: we would have spoken."""

    reason: str
    reach: Reach | None = None
    until: datetime | None = None
    affected: bool = False
    hours: tuple[Span, ...] = ()

    @property
    def speak(self) -> bool:
        return self.reach is not None


def decide(case: Case, terms: Terms = USUAL) -> Verdict:
    """Speak, wait, or the first reason not to."""
    return _whether(case, terms) or _how(case, terms)


def _whether(case: Case, terms: Terms) -> Verdict | None:
    """Why it deserves no words, or none yet; None where it does."""
    if case.speaks_since is None or case.since < case.speaks_since:
        return Verdict("before this brand began to speak")
    ways = case.ways.intersection(terms.order_for(case.kind, pressing=case.pressing))
    if not any(one.open and one.channel in ways for one in case.reaches):
        return Verdict(closed(case.reaches, ways))
    if case.kind in QUESTIONS:
        found = hindrance(case.calm, since=case.since, at=case.at)
        return Verdict(found[0], until=found[1]) if found else None
    if case.kind == CHECK and case.kinds:
        return Verdict(f"covered by {_plain(min(case.kinds, key=gravity))}, which is graver")
    if case.feed_outage and (case.kind in BLIND or case.kind == SLIPPED):
        return Verdict("feed outage: no news comes in, so none of this parcel says nothing")
    if case.elsewhere:
        return Verdict(f"told about this disruption with order {case.elsewhere}")
    if graver := _graver(case.ended or case.kind, case.kinds):
        return Verdict(f"covered by {_plain(graver)}, which is graver")
    if not case.ended and case.kind in case.told and case.at - case.told[case.kind] < APART:
        return Verdict(f"told about {_plain(case.kind)} less than a day ago")
    if case.kind in ANSWERED and case.given and case.given >= case.since:
        return Verdict("they have told us what the courier needs")
    if case.pressing or case.ended or case.kind in MILESTONES or case.kind == GRANTED:
        return None
    if case.looked_at and case.looked_at >= min(case.since, case.at - timedelta(minutes=terms.looked_minutes)):
        return Verdict("they have just looked at the page, which says it")
    if case.ticket is not None:
        reason = f"ticket #{case.ticket} about this order is open, and whoever answers it says so"
        return Verdict(reason, until=case.at + timedelta(hours=terms.wrote_hours)) if terms.wrote_hours else None
    if case.wrote_at and case.at - case.wrote_at < (patience := timedelta(hours=terms.wrote_hours)):
        return Verdict("they have written about this order, and a person answers them", until=case.wrote_at + patience)
    last = max(((at, kind) for kind, at in case.told.items()), default=None)
    if last and case.at - last[0] < APART:
        return Verdict(f"told about {_plain(last[1])} less than a day ago", until=last[0] + APART)
    if case.kind == SLIPPED and last and (until := _steady(case, last[0])) > case.at:
        return Verdict("a date was told lately, and its day is not near", until=until)
    return None


def _steady(case: Case, told: datetime) -> datetime:
    """Until when the date that was told is left alone: for some days, but not into the day before its last."""
    if case.promised is None:
        return case.at
    eve = datetime.combine(case.promised - timedelta(days=1), time(), case.theirs)
    return min(told + STEADY, eve)


def _how(case: Case, terms: Terms) -> Verdict:
    free = room(case.at, case.sent, terms.caps(pressing=case.pressing))
    if free > case.at and case.kind not in MILESTONES:
        return Verdict(f"{len(case.sent)} messages in the last days are enough", until=free)
    order = terms.order_for(case.kind, pressing=case.pressing)
    ways = ranked(case.reaches, order, case.ways, case.preferred, case.troubled)
    if not ways:
        return Verdict(f"there is no way to them by {' or '.join(order)}")
    polite = case.kind in QUESTIONS
    spans = partial(terms.spans, theirs=case.theirs, ours=case.ours, polite=polite, pressing=case.pressing)
    times = {way: opens(case.at, spans(way.channel)) for way in ways}
    # What presses goes by whatever may be used now; else the way that suits best is waited for.
    first = next((way for way in ways if times[way] == case.at), None) if case.pressing else None
    way = first or next((way for way in ways if times[way]), None)
    if way is None:
        return Verdict("there is no hour at which it may be sent")
    at = times[way]
    if at is not None and at > case.at:
        return Verdict(f"waits for the hours of {way.channel}", until=at)
    if case.held_out:
        return Verdict("held out, to measure what speaking does", affected=True)
    why = case.why or f"{_plain(case.kind)} deserves words"
    if case.ended:
        why = f"{_plain(case.ended)} was told and is over"
    mine = case.ways.intersection(order)
    if lacks := next((one.lacks for one in case.reaches if one.lacks and one.channel in mine), ""):
        why = f"{why} ({lacks})"
    return Verdict(why, reach=way, affected=True, hours=spans(way.channel))


def _plain(kind: str) -> str:
    """A kind as the people who read the reason write it."""
    return kind.replace("_", " ")


def _graver(kind: str, kinds: frozenset[str]) -> str:
    """A new date is silenced by what makes any date beside the point, and not by what makes dates late."""
    kind = "disruption" if kind == SLIPPED else kind
    return next((other for other in KINDS[: gravity(kind)] if other in kinds), "") if kind in KINDS else ""


def gravity(kind: str) -> int:
    """The gravest first; good news and milestones after them, questions last."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS) + (kind in QUESTIONS)

"""Deciding on each occasion whether, when and by which channel to speak, and owing the message where we do.

Whoever calls holds a transaction in which the watch rows of the orders are locked (`watch.reassess` does), so that one
occasion is decided by one worker at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.orders.carriers import carrier_name
from aftercart.outbox import services as outbox
from aftercart.outreach import disruptions, milestones
from aftercart.outreach.around import Around, around
from aftercart.outreach.channels import EMAIL, Reach
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.models import Decision
from aftercart.outreach.rules import Case, Verdict, decide, gravity
from aftercart.outreach.terms import terms_of
from aftercart.people.links import tracking_url
from aftercart.people.models import Customer
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.watch.disruptions.incidents import feed_is_out
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import MOVING_AGAIN, Opened, Standing
from aftercart.watch.models import Concern
from aftercart.watch.services import look_again
from aftercart.words import services as words
from aftercart.words.rules import Situation

# By when a step of the carrier's or ours follows, where no arrival date is the answer.
STEP_DAYS = {
    "pickup_waiting": 5, "pickup_expiring": 2, "returned_to_sender": 14, "refused": 14, "lost": 3, "damaged": 3,
    "not_received": 3, "wrong_region": 3, "customs_document": 5, "address_problem": 3,
}  # fmt: skip
# A notice of these kinds names a new date, which thereby becomes the promise.
RENEWS = frozenset(
    {"disruption", "late", "missed", "stalled", "no_first_scan", "not_shipped", "exception", "circling", "left_behind",
     "dwelling", "moving_again"}
)  # fmt: skip
COLUMNS = (
    "id", "brand_id", "concern_id", "order_id", "customer_id", "kind", "spoken", "reason", "channel", "since", "at",
    "waits_until", "held_out", "outgoing_id",
)  # fmt: skip

Said = tuple[Opened, Verdict]


def consider(brand: Brand, opened: Sequence[Opened], now: datetime) -> int:
    """Decide about each fresh concern. How many messages are owed."""
    return _decide(brand, opened, now)


def reassure(brand: Brand, moving: Sequence[Opened], now: datetime) -> int:
    """Tell those who heard that their parcel stood still that it moves again, once. How many."""
    known = _known(brand, moving)
    due = [
        one
        for one in moving
        if known.get((one.concern.id, one.ended)) and (one.concern.id, one.concern.kind) not in known
    ]
    return _decide(brand, due, now)


def tell_all_clear(brand: Brand, now: datetime) -> int:
    """Those who were told about a disruption that is over hear so, once. How many messages are owed."""
    return _decide(brand, disruptions.over(brand, now), now)


def tell_milestones(brand: Brand, standing: Mapping[UUID, Standing], now: datetime) -> int:
    """Say what these orders have reached lately, where the brand wants us to and it was not said before. How many."""
    reached = milestones.reached(standing.values(), terms_of(brand, now), now) if standing else []
    known = _known(brand, reached)
    return _decide(brand, [one for one in reached if (one.concern.id, one.concern.kind) not in known], now)


def tells_milestones(brand: Brand, now: datetime) -> bool:
    return bool(terms_of(brand, now).ours)


def waiting(brand: Brand, now: datetime, *, limit: int = 500) -> list[UUID]:
    """The orders with an occasion whose time to speak has come."""
    rows = Decision.objects.filter(brand=brand, waits_until__lte=now).order_by("waits_until")
    return list(dict.fromkeys(rows.values_list("order_id", flat=True)[:limit]))


def reconsider(brand: Brand, orders: Sequence[UUID], standing: Mapping[UUID, Standing], now: datetime) -> int:
    """Decide again, by how these orders stand now, what had to wait until now. How many messages are owed."""
    rows = list(Decision.objects.filter(brand=brand, order_id__in=orders, waits_until__lte=now))
    concerns = {c.id: c for c in Concern.objects.filter(brand=brand, id__in={row.concern_id for row in rows})}
    again = {row.id: _again(row, concerns.get(row.concern_id), standing) for row in rows}
    over = [id_ for id_, one in again.items() if one is None]
    Decision.objects.filter(brand=brand, id__in=over).update(
        waits_until=None, at=now, reason="over before it could be said"
    )
    return _decide(brand, [one for one in again.values() if one is not None], now)


def _again(row: Decision, concern: Concern | None, standing: Mapping[UUID, Standing]) -> Opened | None:
    """The occasion as it stands now; None where it has passed."""
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


def _known(brand: Brand, occasions: Sequence[Opened]) -> dict[tuple[UUID, str], bool]:
    """What was decided about these episodes, by episode and kind of notice: whether it was spoken."""
    if not occasions:
        return {}
    rows = Decision.objects.filter(brand=brand, concern_id__in=[one.concern.id for one in occasions])
    return {(episode, kind): spoken for episode, kind, spoken in rows.values_list("concern_id", "kind", "spoken")}


def _decide(brand: Brand, occasions: Sequence[Opened], now: datetime) -> int:
    """A verdict on each, written down. What deserves words goes to each customer as one message. How many."""
    if not occasions:
        return 0
    found, terms = around(brand, occasions, now), terms_of(brand, now)
    kinds = {one.concern.kind for one in occasions}
    arms = {kind: experiments.arms(brand, found.customers.keys(), kind, now) for kind in kinds}
    elsewhere, silent = disruptions.told_with(brand, occasions), feed_is_out(brand.id)
    verdicts: list[Said] = []
    exposures: list[experiments.Exposure] = []
    speaking: defaultdict[UUID, list[Said]] = defaultdict(list)
    # The gravest first: what is said of an order silences what is said of it besides.
    for one in sorted(occasions, key=lambda one: gravity(one.concern.kind)):
        customer = one.subject.row.customer_id
        arm = arms[one.concern.kind].get(customer, experiments.NOBODY) if customer else experiments.NOBODY
        case = _case(brand, one, found, now)
        case = replace(case, elsewhere=elsewhere.order(one), feed_outage=silent, held_out=arm.held_out)
        verdict = decide(case, terms)
        verdicts.append((one, verdict))
        if verdict.affected and customer and arm.experiment:
            exposures.append(_exposure(one, customer, arm.experiment, held_out=arm.held_out, now=now))
        if verdict.affected and customer:
            found.told[one.concern.order_id][one.concern.kind] = now
            elsewhere.add(one)
        if verdict.speak and customer:
            speaking[customer].append((one, verdict))
    outgoing: dict[tuple[UUID, str], UUID] = {}
    for customer, said in speaking.items():
        message = _speak(brand, found.customers[customer], said, now)
        outgoing |= {(one.concern.id, one.concern.kind): message for one, _ in said}
    rows = [
        _row(brand, one, verdict, outgoing.get((one.concern.id, one.concern.kind)), now) for one, verdict in verdicts
    ]
    bulk.merge("outreach_decision", COLUMNS, rows, overwrite=True)
    experiments.expose(brand, exposures)
    return len(speaking)


def _case(brand: Brand, one: Opened, found: Around, now: datetime) -> Case:
    customer, order = one.subject.row.customer_id, one.concern.order_id
    reaches = found.reaches.get(customer, ()) if customer else ()
    return Case(
        kind=one.concern.kind,
        at=now,
        speaks_since=brand.speaks_since,
        since=one.concern.opened_at,
        reaches=reaches or (Reach(EMAIL, ""),),
        theirs=one.subject.zone,
        ours=ZoneInfo(brand.time_zone),
        kinds=one.kinds,
        told=found.told[order],
        sent=tuple(found.sent[customer]) if customer else (),
        looked_at=found.looked.get(order),
        ended=one.ended,
    )


def _exposure(one: Opened, customer: UUID, experiment: UUID, *, held_out: bool, now: datetime) -> experiments.Exposure:
    return experiments.Exposure(
        experiment=experiment,
        customer_id=customer,
        order_id=one.concern.order_id,
        episode=one.concern.id,
        kind=one.concern.kind,
        carrier=one.concern.carrier,
        held_out=held_out,
        at=now,
    )


def _row(brand: Brand, one: Opened, verdict: Verdict, outgoing: UUID | None, now: datetime) -> bulk.Row:
    concern, held_out = one.concern, verdict.affected and not verdict.speak
    decision = ids.mirrored(brand.id, "decision", concern.id, concern.kind)
    channel = verdict.reach.channel if verdict.reach else ""
    return (
        decision, brand.id, concern.id, concern.order_id, one.subject.row.customer_id, concern.kind, verdict.speak,
        verdict.reason, channel, concern.opened_at, now, verdict.until, held_out, outgoing,
    )  # fmt: skip


def _speak(brand: Brand, customer: Customer, said: Sequence[Said], now: datetime) -> UUID:
    """One message about all of it, by the way that suits the gravest."""
    first, verdict = said[0]
    reach = verdict.reach
    assert reach is not None, verdict.reason
    language = words.language_for(customer.locale, brand.language)
    situations = [_situation(brand, one, customer, now) for one, _ in said]
    notice = words.notice(brand, situations[0], language=language)
    outgoing = outbox.owe(
        brand,
        outbox.Owed(
            channel=reach.channel,
            kind=first.concern.kind,
            customer_id=customer.id,
            episode=first.concern.id,
            address=reach.address,
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            language=notice.language,
        ),
        at=now,
    )
    for one, _ in said:
        _renew_promise(brand, one, now)
    return outgoing


def _renew_promise(brand: Brand, one: Opened, now: datetime) -> None:
    """The date that the message names is the promise from now on, and is watched like any other."""
    believed, promised = one.believed, one.promised
    if believed is None or one.concern.kind not in RENEWS or (promised and believed.latest <= promised):
        return
    order = one.concern.order_id
    promises.tell(brand, order, believed, surface=f"notice:{one.concern.kind}", at=now, why=one.concern.kind)
    look_again(brand, now, order_ids=[order])


def _situation(brand: Brand, one: Opened, customer: Customer, now: datetime) -> Situation:
    subject = one.subject
    today = now.astimezone(subject.zone).date()
    believed = one.believed
    return Situation(
        kind=one.concern.kind,
        brand=brand.name,
        number=subject.row.number,
        link=tracking_url(brand, subject.order_id),
        since=_since(one, now).astimezone(subject.zone).date(),
        name=customer.name.split()[0] if customer.name.strip() else "",
        carrier=carrier_name(subject.row.carrier or ""),
        city=_city(one),
        reason=subject.row.reason or "",
        promised=one.promised,
        earliest=believed.earliest if believed else None,
        latest=believed.latest if believed else None,
        deadline=_deadline(one, today),
        state=(subject.row.state or "") if subject.row.parcel_id else "rest",
    )


def _deadline(one: Opened, today: date) -> date:
    """By when the next step is due: where a pick-up point told its last day, that."""
    told = one.concern.evidence.get("collect_by")
    if isinstance(told, str):
        return date.fromisoformat(told)
    if one.concern.kind == disruptions.OVER and one.believed:
        return one.believed.latest
    return today + timedelta(STEP_DAYS.get(one.concern.kind, 3))


def _since(one: Opened, now: datetime) -> datetime:
    told = one.concern.evidence.get("since")
    return datetime.fromisoformat(told) if isinstance(told, str) else one.subject.row.placed_at or now


def _city(one: Opened) -> str:
    """Where it is; of a disruption the town that holds it up, if it is one."""
    subject = one.subject
    if one.concern.kind in (disruptions.KIND, disruptions.OVER):
        return str(one.concern.evidence.get("town", ""))
    return (subject.row.city or "").title() if (subject.row.city or "").isupper() else subject.row.city or ""

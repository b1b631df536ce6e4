"""Deciding on each occasion whether, when and by which channel to speak, and owing the message where we do.

Whoever calls holds a transaction in which the watch rows of the orders are locked (`watch.reassess` does), so that one
occasion is decided by one worker at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, EVENT, WHATSAPP
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.outreach import disruptions, milestones, whatsapp
from aftercart.outreach.around import Around, around
from aftercart.outreach.channels import FORMS, Reach
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.models import Decision
from aftercart.outreach.rules import Case, Verdict, decide, gravity
from aftercart.outreach.situations import situation
from aftercart.outreach.terms import terms_of
from aftercart.outreach.waiting import NOTICE, again
from aftercart.people.models import Customer
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.watch.disruptions.incidents import feed_is_out
from aftercart.watch.judging import Opened, Standing
from aftercart.watch.models import Concern
from aftercart.watch.services import look_again
from aftercart.words import services as words

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


def reconsider(brand: Brand, orders: Sequence[UUID], standing: Mapping[UUID, Standing], now: datetime) -> int:
    """Decide again, by how these orders stand now, what had to wait until now. How many messages are owed."""
    rows = list(Decision.objects.filter(brand=brand, order_id__in=orders, waits_until__lte=now))
    concerns = {c.id: c for c in Concern.objects.filter(brand=brand, id__in={row.concern_id for row in rows})}
    found = {row.id: again(row, concerns.get(row.concern_id), standing) for row in rows}
    over = [id_ for id_, one in found.items() if one is None]
    Decision.objects.filter(brand=brand, id__in=over).update(
        waits_until=None, at=now, reason="over before it could be said"
    )
    return _decide(brand, [one for one in found.values() if one is not None], now)


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
    ways = lines.fares(brand)
    found, terms = around(brand, occasions, now, ways), terms_of(brand, now)
    kinds = {one.concern.kind for one in occasions}
    arms = {kind: experiments.arms(brand, found.customers.keys(), kind, now) for kind in kinds}
    elsewhere, silent = disruptions.told_with(brand, occasions), feed_is_out(brand.id)
    verdicts: list[Said] = []
    exposures: list[experiments.Exposure] = []
    # What the shop's sender is told goes to nobody else, so it is in no message of ours.
    speaking: defaultdict[tuple[UUID, str], list[Said]] = defaultdict(list)
    # The gravest first: what is said of an order silences what is said of it besides.
    for one in sorted(occasions, key=lambda one: gravity(one.concern.kind)):
        customer = one.subject.row.customer_id
        arm = arms[one.concern.kind].get(customer, experiments.NOBODY) if customer else experiments.NOBODY
        case = _case(brand, one, found, ways, now)
        case = replace(case, elsewhere=elsewhere.order(one), feed_outage=silent, held_out=arm.held_out)
        verdict = decide(case, terms)
        verdicts.append((one, verdict))
        if verdict.affected and customer and arm.experiment:
            exposures.append(_exposure(one, customer, arm.experiment, held_out=arm.held_out, now=now))
        if verdict.affected and customer:
            found.told[one.concern.order_id][one.concern.kind] = now
            elsewhere.add(one)
        if verdict.reach and customer:
            apart = whatsapp.apart(one, verdict.reach, found, customer, now)
            speaking[customer, apart].append((one, verdict))
            found.sent[customer] += [now] if apart not in ("", EVENT) else []
    outgoing: dict[tuple[UUID, str], UUID] = {}
    for (customer, _), said in speaking.items():
        message = _speak(brand, found, found.customers[customer], said, now, now + terms.fresh)
        outgoing |= {(one.concern.id, one.concern.kind): message for one, _ in said}
    rows = [
        _row(brand, one, verdict, outgoing.get((one.concern.id, one.concern.kind)), now) for one, verdict in verdicts
    ]
    bulk.merge("outreach_decision", COLUMNS, rows, overwrite=True)
    experiments.expose(brand, exposures)
    return len(speaking)


def _case(brand: Brand, one: Opened, found: Around, ways: lines.Fares, now: datetime) -> Case:
    customer, order = one.subject.row.customer_id, one.concern.order_id
    reaches = whatsapp.fitting(brand, one, found, now)
    return Case(
        kind=one.concern.kind,
        at=now,
        speaks_since=brand.speaks_since,
        since=one.concern.opened_at,
        reaches=reaches or (Reach(EMAIL, ""),),
        ways=ways.open,
        troubled=ways.troubled,
        preferred=found.preferred.get(customer, "") if customer else "",
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


def _speak(
    brand: Brand, found: Around, customer: Customer, said: Sequence[Said], now: datetime, until: datetime
) -> UUID:
    """One message about all of it, by the way that suits the gravest. `until`: for how long it is sure to be true."""
    first, verdict = said[0]
    reach = verdict.reach
    assert reach is not None, verdict.reason
    language = words.language_for(customer.locale, brand.language)
    situations = [situation(brand, one, customer, now, reach.channel) for one, _ in said]
    notice = words.bundle(brand, situations, language=language, channel=FORMS[reach.channel])
    owed = outbox.Owed(
        channel=reach.channel,
        kind=first.concern.kind,
        customer_id=customer.id,
        episode=first.concern.id,
        address=reach.address,
        subject=notice.subject,
        text=notice.text,
        html=notice.html,
        language=notice.language,
        hours=verdict.hours,
        true_until=until,
    )
    if reach.channel == WHATSAPP:
        owed = whatsapp.by_its_rules(brand, owed, situations[0], customer, found, now)
    outgoing = outbox.owe(brand, owed, at=now)
    for one, _ in said:
        _renew_promise(brand, one, now)
    return outgoing


def _renew_promise(brand: Brand, one: Opened, now: datetime) -> None:
    """The date that the message names is the promise from now on, and is watched like any other."""
    believed, promised = one.believed, one.promised
    if believed is None or one.concern.kind not in RENEWS or (promised and believed.latest <= promised):
        return
    order = one.concern.order_id
    promises.tell(brand, order, believed, surface=f"{NOTICE}{one.concern.kind}", at=now, why=one.concern.kind)
    look_again(brand, now, order_ids=[order])

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
from aftercart.connectors.sending import EMAIL, EVENT
from aftercart.outbox import lines
from aftercart.outreach import disruptions, milestones, slipping, speaking, whatsapp
from aftercart.outreach.around import Around, around
from aftercart.outreach.channels import Reach
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.models import Decision
from aftercart.outreach.questions import raising
from aftercart.outreach.questions.rules import ASKED, CALM, QUESTIONS
from aftercart.outreach.rules import Case, Verdict, decide, gravity
from aftercart.outreach.terms import terms_of
from aftercart.outreach.waiting import again
from aftercart.plumbing import bulk, ids
from aftercart.watch.disruptions.incidents import feed_is_out
from aftercart.watch.judging import Opened, Standing
from aftercart.watch.models import Concern
from aftercart.watch.rules import SLIPPED

# Who is held out of the one is held out of the other: it is the same news, later.
MEASURED_AS = {SLIPPED: "late"}


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


def tell_new_dates(brand: Brand, slipped: Sequence[Opened], now: datetime) -> int:
    """Say the dates that give way, each once, where the notice of a worry does not: call it after those. How many."""
    due = slipping.untold(brand, slipped, now)
    known = _known(brand, due)
    return _decide(brand, [one for one in due if (one.concern.id, one.concern.kind) not in known], now)


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
    found = {row.id: _again(brand, row, concerns.get(row.concern_id), standing, now) for row in rows}
    over = [id_ for id_, one in found.items() if one is None]
    Decision.objects.filter(brand=brand, id__in=over).update(
        waits_until=None, at=now, reason="over before it could be said"
    )
    return _decide(brand, [one for one in found.values() if one is not None], now)


def _again(
    brand: Brand, row: Decision, concern: Concern | None, standing: Mapping[UUID, Standing], now: datetime
) -> Opened | None:
    if row.kind == SLIPPED:
        return slipping.again(brand, row, standing, now)
    if row.kind in ASKED:
        return raising.again(brand, row, standing, now)
    return again(row, concern, standing)


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
    arms = {kind: experiments.arms(brand, found.customers.keys(), MEASURED_AS.get(kind, kind), now) for kind in kinds}
    elsewhere, silent = disruptions.told_with(brand, occasions), feed_is_out(brand.id)
    verdicts: list[speaking.Said] = []
    exposures: list[experiments.Exposure] = []
    # What is one message: of a customer, and what cannot go with the rest apart.
    messages: defaultdict[tuple[UUID, str], list[speaking.Said]] = defaultdict(list)
    # The gravest first: what is said of an order silences what is said of it besides.
    for one in sorted(occasions, key=lambda one: gravity(one.concern.kind)):
        customer = one.subject.row.customer_id
        arm = arms[one.concern.kind].get(customer, experiments.NOBODY) if customer else experiments.NOBODY
        case = _case(brand, one, found, ways, now)
        case = replace(case, elsewhere=elsewhere.order(one), feed_outage=silent, held_out=arm.held_out)
        # Whoever is held out writes more often: what is measured may not hang on that, or the arms would differ.
        case = replace(case, wrote_at=None, ticket=None) if arm.experiment else case
        verdict = decide(case, terms)
        verdicts.append((one, verdict))
        if verdict.affected and customer and arm.experiment:
            exposures.append(_exposure(one, customer, arm.experiment, held_out=arm.held_out, now=now))
        if verdict.affected and customer:
            found.said(customer, one.concern.order_id, one.concern.kind, now)
            elsewhere.add(one)
        if verdict.reach and customer:
            apart = whatsapp.apart(one, verdict.reach, found, customer, now)
            messages[customer, apart].append((one, verdict))
            # A template goes alone, and so counts beside what goes with it.
            found.sent[customer] += [now] if apart and verdict.reach.channel != EVENT else []
    outgoing = speaking.speak(brand, found, messages, now, until=now + terms.fresh)
    rows = [
        _row(brand, one, verdict, outgoing.get((one.concern.id, one.concern.kind)), now) for one, verdict in verdicts
    ]
    bulk.merge("outreach_decision", raising.COLUMNS, rows, overwrite=True)
    experiments.expose(brand, exposures)
    return len(messages)


def _case(brand: Brand, one: Opened, found: Around, ways: lines.Fares, now: datetime) -> Case:
    customer, order = one.subject.row.customer_id, one.concern.order_id
    asks = one.concern.kind in QUESTIONS
    reaches: tuple[Reach, ...] = ()
    if customer in found.customers:
        reaches = found.asked(customer) if asks else found.reaches[customer]
        reaches = whatsapp.fitting(brand, one, found, reaches, now)
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
        wrote_at=found.wrote.get(order),
        ticket=ticket.open if (ticket := found.tickets.get(order)) else None,
        ended=one.ended,
        promised=one.promised,
        calm=found.calm.get(customer, CALM) if customer else CALM,
        given=found.given.get(one.subject.id),
        why=str(one.concern.evidence.get("why", "")) if one.concern.kind in ASKED else "",
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

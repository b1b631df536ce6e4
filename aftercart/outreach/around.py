"""What surrounds occasions to speak: who their customers are, how to reach them, what they have heard and seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, EVENT, SMS, WHATSAPP
from aftercart.outbox.lines import Fares
from aftercart.outbox.models import Outgoing
from aftercart.outbox.services import OF_TEAM, unreachable
from aftercart.outreach.channels import FORMS, Reach
from aftercart.outreach.corrections.queries import last_given
from aftercart.outreach.manners import GRANTED, MILESTONES
from aftercart.outreach.models import Decision
from aftercart.outreach.questions.calm import calm_of
from aftercart.outreach.questions.rules import ASKED, QUESTIONS, Calm
from aftercart.people.consent import MARKETING, answers
from aftercart.people.hearing import heard_of
from aftercart.people.models import Customer, PageVisit
from aftercart.people.preferences import preferred_of
from aftercart.plumbing import bulk, ids
from aftercart.risk.contacts import heard
from aftercart.tickets.queries import OfOrder, of_orders
from aftercart.watch.judging import Opened
from aftercart.words.approved import Template, templates_of

WEEK = timedelta(days=7)
# One customer at a time, whatever the worker: or two of them would each find room below the caps. Until the commit.
HOLD = """
SELECT pg_advisory_xact_lock(hashtextextended(id::text, 0))
FROM (SELECT id FROM unnest(%s::uuid[]) AS c (id) ORDER BY id) held
"""


@dataclass(frozen=True, slots=True)
class Around:
    """By customer: who they are, how they can be reached and would rather be, when they were sent something in the last
    week. By order: the kinds told and when last, and when they last looked at its page or wrote about it."""

    customers: dict[UUID, Customer]
    reaches: dict[UUID, tuple[Reach, ...]]
    preferred: dict[UUID, str]
    sent: dict[UUID, list[datetime]]
    told: dict[UUID, dict[str, datetime]]
    looked: dict[UUID, datetime]
    wrote: dict[UUID, datetime]
    tickets: Mapping[UUID, OfOrder]  # of orders about which there are any
    given: Mapping[UUID, datetime] = field(default_factory=dict)  # by parcel: when its customer last told us where to
    calm: dict[UUID, Calm] = field(default_factory=dict)  # of whom something is asked
    marketing: Mapping[tuple[str, str], bool] = field(default_factory=dict)  # what these said of such messages
    # Of WhatsApp: whether free words need a conversation, by customer when they last wrote, what was approved.
    templated: bool = False
    heard: dict[UUID, datetime] = field(default_factory=dict)
    templates: dict[tuple[str, str], Template] = field(default_factory=dict)

    def said(self, customer: UUID, order: UUID, kind: str, now: datetime) -> None:
        """Note what is said to a customer now, or would be."""
        self.told[order][kind] = now
        if (calm := self.calm.get(customer)) is not None:
            self.calm[customer] = replace(calm, told=now, asked=now if kind in ASKED else calm.asked)

    def asked(self, customer: UUID) -> tuple[Reach, ...]:
        """How they can be reached with a question: by what they refused neither for news nor for such."""
        return tuple(
            one if one.agreed is False else replace(one, agreed=self.marketing.get((one.channel, one.address)))
            for one in self.reaches.get(customer, ())
        )


def hold(customers: Iterable[UUID]) -> None:
    """Nobody else decides about these customers until the transaction ends."""
    with bulk.cursor() as at:
        at.execute(HOLD, [bulk.array(customers)])


def around(brand: Brand, occasions: Sequence[Opened], now: datetime, ways: Fares) -> Around:
    """Holds these customers until the transaction ends."""
    known = {o.subject.row.customer_id for o in occasions if o.subject.row.customer_id}
    orders = {o.concern.order_id for o in occasions}
    hold(known)
    asked = (o.subject.row.customer_id for o in occasions if o.concern.kind in QUESTIONS)
    curious = {customer for customer in asked if customer}
    customers = {c.id: c for c in Customer.objects.filter(brand=brand, id__in=known)}
    tickets = of_orders(brand.id, orders)
    return Around(
        customers=customers,
        reaches=_reaches(brand, customers),
        preferred=preferred_of(brand, known),
        sent=_sent(brand, known, now),
        told=_told(brand, orders),
        looked=_looked(brand, orders, now),
        wrote=_wrote(brand, orders, tickets, now),
        tickets=tickets,
        given=last_given(brand, orders),
        calm=calm_of(brand, curious, now),
        marketing=_marketing(brand, [customers[one] for one in curious if one in customers]),
        **(_conversations(brand, customers) if WHATSAPP in ways.templated else {}),
    )


def _wrote(
    brand: Brand, orders: Iterable[UUID], tickets: Mapping[UUID, OfOrder], now: datetime
) -> dict[UUID, datetime]:
    """When they last wrote or called about these orders, and nobody has said since that it is settled."""
    last = {order: max(times) for order, times in heard(brand.id, orders, now - WEEK, now).items() if times}
    settled = {order: ticket.resolved_at for order, ticket in tickets.items() if ticket.resolved_at}
    return {order: at for order, at in last.items() if order not in settled or settled[order] < at}


def _ways(customer: Customer) -> tuple[tuple[str, str], ...]:
    mail, phone = customer.email, customer.phone
    return (EMAIL, mail), (EVENT, mail), (SMS, phone), (WHATSAPP, phone)


def _marketing(brand: Brand, customers: Sequence[Customer]) -> dict[tuple[str, str], bool]:
    return answers(brand, (way for one in customers for way in _ways(one)), purpose=MARKETING) if customers else {}


def _conversations(brand: Brand, customers: dict[UUID, Customer]) -> dict[str, Any]:
    wrote = heard_of(brand, (customer.phone for customer in customers.values()))
    return {
        "templated": True,
        "heard": {c.id: wrote[c.phone] for c in customers.values() if c.phone in wrote},
        "templates": templates_of(brand),
    }


def _reaches(brand: Brand, customers: dict[UUID, Customer]) -> dict[UUID, tuple[Reach, ...]]:
    ways = {customer.id: _ways(customer) for customer in customers.values()}
    said = answers(brand, (way for some in ways.values() for way in some))
    gone = {
        channel: unreachable(brand, {address for some in ways.values() for way, address in some if way == channel},
                             channel=channel)
        for channel in FORMS
    }  # fmt: skip
    return {
        customer: tuple(
            Reach(channel, address, said.get((channel, address)), works=address not in gone[channel])
            for channel, address in some
        )
        for customer, some in ways.items()
    }


def _sent(brand: Brand, customers: set[UUID], now: datetime) -> dict[UUID, list[datetime]]:
    """What the customer awaits anyhow counts for nothing."""
    found: dict[UUID, list[datetime]] = defaultdict(list)
    sent = Outgoing.objects.filter(brand=brand, customer_id__in=customers, created_at__gt=now - WEEK)
    sent = (
        sent.exclude(state__in=[Outgoing.CANCELLED, Outgoing.VOID]).exclude(kind__in=MILESTONES).exclude(channel=EVENT)
    ).exclude(purpose=OF_TEAM)
    for customer, at in sent.values_list("customer_id", "created_at"):
        found[customer].append(at)
    # Who is held out is treated as if they had been told, or the two arms would not be asked the same.
    held_out = Decision.objects.filter(brand=brand, customer_id__in=customers, held_out=True, at__gt=now - WEEK)
    for one in held_out.only("customer_id", "at"):
        if one.customer_id:
            found[one.customer_id].append(one.at)
    return found


def _told(brand: Brand, orders: set[UUID]) -> dict[UUID, dict[str, datetime]]:
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    rows = Decision.objects.filter(Q(spoken=True) | Q(held_out=True), brand=brand, order_id__in=orders)
    rows = rows.exclude(kind__in=[*MILESTONES, *QUESTIONS, GRANTED])
    for order_id, kind, at in rows.order_by("at").values_list("order_id", "kind", "at"):
        found[order_id][kind] = at
    return found


def _looked(brand: Brand, orders: set[UUID], now: datetime) -> dict[UUID, datetime]:
    since = now - WEEK
    rows = PageVisit.objects.filter(brand=brand, order_id__in=orders, id__gte=ids.floor(since), at__gte=since)
    return dict(rows.filter(at__lte=now).order_by("at").values_list("order_id", "at"))

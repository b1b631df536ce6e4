"""When WhatsApp takes our own words, and when only a template that was approved before.

Free words go within a day of the customer's last message there (developers.facebook.com, "customer service windows").
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from babel import Locale

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, EVENT, WHATSAPP
from aftercart.outbox.services import Owed
from aftercart.outreach.around import Around
from aftercart.outreach.channels import Reach
from aftercart.outreach.situations import situation
from aftercart.people.models import Customer
from aftercart.watch.judging import Opened
from aftercart.words import services as words
from aftercart.words.approved import Template
from aftercart.words.situations import Situation

WINDOW = timedelta(hours=24)


def fitting(brand: Brand, one: Opened, found: Around, reaches: tuple[Reach, ...], now: datetime) -> tuple[Reach, ...]:
    """The ways to this occasion's customer; WhatsApp says what it lacks where it would be open but for a template."""
    customer = found.customers.get(one.subject.row.customer_id) if one.subject.row.customer_id else None
    if customer is None:
        return ()
    return tuple(
        replace(reach, lacks=_lacks(brand, one, customer, found, now))
        if reach.channel == WHATSAPP and reach.open and bound(found, customer.id, now)
        else reach
        for reach in reaches
    )


def bound(found: Around, customer: UUID, now: datetime) -> bool:
    """Whether only approved templates go to this customer by WhatsApp now."""
    return found.templated and not now < free_until(found, customer, now)


def free_until(found: Around, customer: UUID, now: datetime) -> datetime:
    """Until when free words go; `now` where they do not."""
    heard = found.heard.get(customer)
    return max(heard + WINDOW, now) if heard and heard <= now else now


def template_of(brand: Brand, kind: str, customer: Customer, found: Around) -> tuple[Template | None, str]:
    """And in which language the customer reads."""
    language = words.language_for(customer.locale, brand.language)
    return found.templates.get((kind, language)), language


def apart(one: Opened, reach: Reach, found: Around, customer: UUID, now: datetime) -> str:
    """What has the same goes as one message: ours; and by themselves each template and, since what the shop's sender is
    told goes to nobody else and is about one order, that of each order."""
    if reach.channel == EVENT:
        return f"{EVENT} {one.concern.order_id}"
    return f"{one.concern.id} {one.concern.kind}" if reach.channel == WHATSAPP and bound(found, customer, now) else ""


def by_its_rules(brand: Brand, owed: Owed, about: Situation, customer: Customer, found: Around, now: datetime) -> Owed:
    """Free words while they are sure to be taken; else the template that stands for them."""
    if not found.templated:
        return owed
    if not bound(found, customer.id, now):
        until = free_until(found, customer.id, now)
        return replace(owed, true_until=min(until, owed.true_until or until))
    template, language = template_of(brand, owed.kind, customer, found)
    assert template is not None, owed.kind
    return replace(owed, template=template.sid, variables=tuple(template.filled(about, language)))


def _lacks(brand: Brand, one: Opened, customer: Customer, found: Around, now: datetime) -> str:
    template, language = template_of(brand, one.concern.kind, customer, found)
    if template is None:
        named = Locale.parse(language).english_name
        return f"no approved WhatsApp template for this kind ({one.concern.kind}) in {named}"
    # As if by mail: no short link is made for what may never be said.
    unknown = template.unknown(situation(brand, one, customer, now, EMAIL), language)
    return f"its approved WhatsApp template asks for {unknown}, which is not known" if unknown else ""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from aftercart.brands.models import Brand
from aftercart.facts import NotReceived, State
from aftercart.look.formats import Reader
from aftercart.orders import services as orders
from aftercart.orders.models import Order, Parcel
from aftercart.outbox.services import ASKED, Owed, owe
from aftercart.outreach.corrections import services as corrections
from aftercart.outreach.corrections.rules import Given
from aftercart.outreach.models import Decision
from aftercart.outreach.questions import services as questions
from aftercart.outreach.questions.rules import CHECK
from aftercart.people import consent
from aftercart.people.links import Stop, choices_url, tracking_url
from aftercart.people.models import Customer
from aftercart.people.services import record_visit
from aftercart.plumbing import clock, ids
from aftercart.policies import services as policies
from aftercart.promises.rules import Window
from aftercart.promises.services import Told, calendar, tell
from aftercart.selfservice.acting import asked_since
from aftercart.selfservice.presenting import Page
from aftercart.selfservice.queries import Picture, Recipient
from aftercart.selfservice.rules import is_news
from aftercart.watch.judging import WAITS
from aftercart.watch.limits import Waits
from aftercart.watch.rules import KINDS
from aftercart.watch.services import look_again
from aftercart.watch.worries.door import look_until

SURFACE = "page"
FRESH_LINK = "fresh_link"


def looked(brand: Brand, picture: Picture, shown: Page, visitor: str, at: datetime, *, surface: str = SURFACE) -> None:
    """Write down that the page was looked at, and any date on it that the customer had not been told before."""
    record_visit(brand, picture.id, surface, visitor, at)
    answer = shown.first.answer
    believed = next((b for b in picture.believed if b.id == shown.first.id), None)
    if believed is None or answer.window is None or not is_news(answer, [t.latest for t in picture.told]):
        return
    window = Window(
        earliest=believed.earliest,
        latest=answer.window.latest,
        likely=believed.likely,
        basis=believed.basis,
        version=believed.version,
        confidence=believed.confidence,
    )
    kinds = [c.kind for c in picture.concerns if c.subject_id == shown.first.id and c.closed_at is None]
    with transaction.atomic():
        why = min(kinds, key=KINDS.index, default="")
        tell(brand, [Told(picture.id, window, surface=surface, why=why)], at=at)
        look_again(brand, at, order_ids=[picture.id])


def report(brand: Brand, order_id: UUID, number: str, *, found: bool, at: datetime) -> None:
    """The customer says that what was delivered is not there, or that it is after all: a fact like any other."""
    order = Order.objects.get(brand=brand, id=order_id)
    said = NotReceived(
        source=order.source,
        happened_at=at,
        reported_at=at,
        order_id=order.external_id,
        as_of=at,
        number=number,
        found=found,
    )
    with transaction.atomic():
        orders.record(brand.id, [said])
        look_again(brand, at, order_ids=[order_id])


def answered(brand: Brand, asked: Decision, *, yes: bool, language: str, at: datetime) -> None:
    """Take the answer to a question. Whether something arrived is told as by the buttons of its page.

    Raises `questions.Closed` where it is too late to answer, or to answer otherwise.
    """
    with transaction.atomic():
        taken = questions.answer(brand, asked, yes=yes, language=language, now=at)
        if asked.kind != CHECK or not taken.fresh:
            return
        parcel = Parcel.objects.filter(brand=brand, id=asked.concern_id, state=State.DELIVERED).first()
        if parcel is not None:
            report(brand, asked.order_id, parcel.number, found=yes, at=at)


def known_address(brand: Brand, picture: Picture, parcel_id: UUID) -> dict[str, str]:
    """What the form begins with: what they have told us of this parcel, else what the shop knows."""
    if told := [one for one in picture.given if one.parcel_id == parcel_id]:
        last = told[-1]
        return {name: getattr(last, name) for name in ("name", "street", "postal_code", "city", "note", "phone")}
    customer = Customer.objects.filter(brand=brand, id=picture.customer_id).first() if picture.customer_id else None
    return {
        "name": picture.name,
        "street": picture.street,
        "postal_code": picture.postal_code,
        "city": picture.city,
        "phone": customer.phone if customer else "",
    }


def correct(brand: Brand, picture: Picture, parcel_id: UUID, given: Given, *, at: datetime, by: str = "") -> None:
    """The customer tells what the courier needs, or somebody of the brand's (`by`) does for them.

    Where it was passed on in the same moment it stays as it was: the page says so.
    """
    parcel = Parcel.objects.get(brand=brand, id=parcel_id)
    asked = asked_since(next(one for one in picture.parcels if one.id == parcel_id), picture)
    with suppress(corrections.PassedOn):
        corrections.correct(brand, parcel, given, asked_since=asked, at=at, by=by or corrections.CUSTOMER)


def with_patience(brand: Brand, picture: Picture, reader: Reader) -> Picture:
    """Until when what its customer misses may still turn up, by the brand's own policy."""
    if not any(parcel.said and not parcel.said.found for parcel in picture.parcels):
        return picture
    days = Waits.of(policies.current(brand, WAITS, at=reader.now)).not_received
    known = calendar(picture.country)
    return replace(
        picture,
        parcels=[
            replace(p, look_until=look_until(p.delivered_at, days, known, reader.zone).astimezone(reader.zone).date())
            if p.delivered_at
            else p
            for p in picture.parcels
        ],
    )


def send_link(brand: Brand, order_id: UUID, recipient: Recipient, language: str) -> UUID:
    """Owe a fresh link to the address on the order, in the language that is active; at most one an hour."""
    at = clock.business(brand)
    hour = clock.machine().strftime("%Y-%m-%dT%H")
    context = {
        "brand": brand,
        "number": recipient.number,
        "link": tracking_url(brand, order_id),
        "choices": choices_url(brand, recipient.customer_id),
        "language": language,
    }
    return owe(
        brand,
        Owed(
            channel="email",
            kind=FRESH_LINK,
            customer_id=recipient.customer_id,
            episode=ids.mirrored(brand.id, FRESH_LINK, order_id, hour),
            address=recipient.email,
            subject=_("Your link to order {number}").format(number=recipient.number),
            text=render_to_string("selfservice/link_mail.txt", context),
            html=render_to_string("selfservice/link_mail.html", context),
            language=language,
            purpose=ASKED,
        ),
        at=at,
    )


def wish(brand: Brand, link: Stop, *, again: bool, at: datetime) -> None:
    """What the holder of an address wants to hear, from the commit on."""
    consent.tell(brand.id, link.address_hash, channel=link.channel, purpose=link.purpose, granted=again, at=at)


def masked(address: str) -> str:
    """ "m•••@example.com": enough to know one's own address by, and no more."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def masked_number(number: str) -> str:
    """ "••• ••47": of a number in full, as little as tells one's own phones apart."""
    return f"••• ••{number[-2:]}"

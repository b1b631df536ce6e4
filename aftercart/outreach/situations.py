"""What an occasion is about, as the words need it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, RINGING
from aftercart.orders.carrier_pages import page_of_parcel
from aftercart.orders.carriers import carrier_name
from aftercart.orders.models import Order
from aftercart.outreach import disruptions
from aftercart.outreach.corrections.rules import Doing, doing
from aftercart.outreach.gestures import telling
from aftercart.outreach.manners import GRANTED
from aftercart.outreach.questions.rules import COUNTS_FOR, QUESTIONS
from aftercart.people.links import EITHER, NO, YES, Asked, address_url, choices_url, question_url, tracking_url
from aftercart.people.models import Customer
from aftercart.people.rules import given_name
from aftercart.people.shortlinks import TO_ADDRESS, short_url
from aftercart.plumbing import ids
from aftercart.promises.returning import return_by_of
from aftercart.watch.judging import Opened
from aftercart.words.kinds import TAPPED, TELLS_RETURN
from aftercart.words.rules import Situation

NO_TAPS = {YES: "", NO: "", EITHER: ""}
# By when a step of the carrier's or ours follows, where no arrival date is the answer.
STEP_DAYS = {
    "pickup_waiting": 5, "pickup_expiring": 2, "returned_to_sender": 14, "refused": 14, "lost": 3, "damaged": 3,
    "not_received": 3, "wrong_region": 3, "customs_document": 5, "address_problem": 3,
    **dict.fromkeys(QUESTIONS, COUNTS_FOR.days),
}  # fmt: skip


def situation(brand: Brand, one: Opened, customer: Customer, now: datetime, channel: str = EMAIL) -> Situation:
    """`channel`: by which it is said; what is counted by the letter gets a short link."""
    subject = one.subject
    today = now.astimezone(subject.zone).date()
    taps = _taps(brand, one) if one.concern.kind in TAPPED else NO_TAPS
    believed = one.believed
    said = Situation(
        kind=one.concern.kind,
        brand=brand.name,
        number=subject.row.number,
        link=_link(brand, subject.order_id, channel),
        choices=choices_url(brand, customer.id) if customer.email or customer.phone else "",
        since=_since(one, now).astimezone(subject.zone).date(),
        name=given_name(customer.name),
        carrier=carrier_name(subject.row.carrier or ""),
        city=_city(one),
        reason=subject.row.reason or "",
        promised=one.promised,
        earliest=believed.earliest if believed else None,
        latest=believed.latest if believed else None,
        deadline=_deadline(one, today),
        state=(subject.row.state or "") if subject.row.parcel_id else "rest",
        return_by=return_day(brand, one) if one.concern.kind in TELLS_RETURN else None,
        yes_link=taps[YES],
        no_link=taps[NO],
        action=taps[EITHER] or _action(brand, one, channel),
    )
    return telling.about(said, one) if one.concern.kind == GRANTED else said


def _taps(brand: Brand, one: Opened) -> dict[str, str]:
    """Where a question is answered; where there is room for one link only, it opens the page with both answers."""
    question = ids.mirrored(brand.id, "decision", one.concern.id, one.concern.kind)
    return {say: question_url(brand, Asked(question, say)) for say in NO_TAPS}


def _action(brand: Brand, one: Opened, channel: str) -> str:
    """Where the customer does what this worry asks of them: on a page of ours, or on the carrier's of this parcel.

    "": only where the order's page is all that we have. What is counted by the letter has room for a short link: that
    of the order's page shows the same first.
    """
    row = one.subject.row
    what = doing(one.concern.kind, row.reason or "", row.attention or "")
    if what is Doing.ADDRESS and row.parcel_id:
        if channel in RINGING:
            return short_url(brand, row.order_id, channel) + TO_ADDRESS
        return address_url(brand, row.order_id, row.parcel_id)
    page = page_of_parcel(row.carrier or "", row.track_number or "") if what is Doing.CARRIER else ""
    return short_url(brand, row.order_id, channel) if page and channel in RINGING else page


def return_day(brand: Brand, one: Opened) -> date | None:
    """Until when its order can be sent back, if the brand says so."""
    subject = one.subject
    return return_by_of(brand, subject.order_id, subject.zone)


def about(brand: Brand, told: Situation, order_id: UUID, now: datetime) -> dict[str, str]:
    """What a message says, as facts, for a sender of the brand's own: see connectors.sending.Message."""
    order = Order.objects.filter(brand=brand, id=order_id).first()
    known: dict[str, object] = {
        "order": order and order.external_id,
        "source": order and order.source,
        "number": told.number,
        "earliest": told.earliest,
        "latest": told.latest,
        "return_by": told.return_by,
        "link": told.link,
        "at": now.isoformat(),
    }
    return {name: str(value) for name, value in known.items() if value}


def _link(brand: Brand, order_id: UUID, channel: str) -> str:
    return short_url(brand, order_id, channel) if channel in RINGING else tracking_url(brand, order_id)


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

"""What an occasion is about, as the words need it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from aftercart.brands.models import Brand
from aftercart.orders.carriers import carrier_name
from aftercart.outreach import disruptions
from aftercart.outreach.gestures import telling
from aftercart.outreach.manners import GRANTED
from aftercart.people.links import tracking_url
from aftercart.people.models import Customer
from aftercart.watch.judging import Opened
from aftercart.words.rules import Situation

# By when a step of the carrier's or ours follows, where no arrival date is the answer.
STEP_DAYS = {
    "pickup_waiting": 5, "pickup_expiring": 2, "returned_to_sender": 14, "refused": 14, "lost": 3, "damaged": 3,
    "not_received": 3, "wrong_region": 3, "customs_document": 5, "address_problem": 3,
}  # fmt: skip


def situation(brand: Brand, one: Opened, customer: Customer, now: datetime) -> Situation:
    subject = one.subject
    today = now.astimezone(subject.zone).date()
    believed = one.believed
    said = Situation(
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
    return telling.about(said, one) if one.concern.kind == GRANTED else said


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

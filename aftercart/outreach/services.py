from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.orders.carriers import carrier_name
from aftercart.outbox import services as outbox
from aftercart.outreach import disruptions
from aftercart.outreach.consent import EMAIL, refused_of
from aftercart.outreach.models import DECISION_COLUMNS, Decision
from aftercart.outreach.rules import Case, Relief, Verdict, decide, relieve
from aftercart.people.links import tracking_url
from aftercart.people.models import Customer
from aftercart.plumbing import bulk, ids
from aftercart.promises import services as promises
from aftercart.watch.disruptions.incidents import feed_is_out
from aftercart.watch.judging import Opened
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


def consider(brand: Brand, opened: Sequence[Opened], now: datetime) -> int:
    """Decide about each fresh concern, write the decision down, and owe the message where we speak. How many."""
    if not opened:
        return 0
    customers = _customers(brand, opened)
    told = _told(brand, {o.concern.order_id for o in opened})
    refused = refused_of(brand, (customer.email for customer in customers.values()))
    elsewhere, silent = disruptions.told_with(brand, opened), feed_is_out(brand.id)
    spoken, decisions = 0, []
    for one in opened:
        customer = customers.get(one.subject.row.customer_id)
        email = customer.email if customer else ""
        before = told.setdefault(one.concern.order_id, {})
        verdict = decide(
            Case(
                kind=one.concern.kind,
                address=email,
                opened_at=now,
                speaks_since=brand.speaks_since,
                agreed=email not in refused,
                kinds=one.kinds,
                told=before,
                elsewhere=elsewhere.order(one),
                feed_outage=silent,
            )
        )
        outgoing = _speak(brand, one, customer, now) if verdict.speak and customer else None
        decisions.append(_decision(brand, one, verdict, outgoing, now))
        if outgoing:
            before[one.concern.kind] = now
            elsewhere.add(one)
            spoken += 1
    bulk.merge("outreach_decision", DECISION_COLUMNS, decisions)
    return spoken


def reassure(brand: Brand, moving: Sequence[Opened], now: datetime) -> int:
    """Tell those who heard that their parcel stood still that it moves again. How many."""
    spoken = _spoken(brand, moving)
    due = [one for one in moving if spoken.get((one.concern.id, one.ended))]
    if not due:
        return 0
    customers = _customers(brand, due)
    refused = refused_of(brand, (customer.email for customer in customers.values()))
    decisions, owed = [], 0
    for one in due:
        customer = customers.get(one.subject.row.customer_id)
        email = customer.email if customer else ""
        said = (one.concern.id, one.concern.kind) in spoken
        verdict = relieve(
            Relief(ended=one.ended, address=email, agreed=email not in refused, told=True, said=said, kinds=one.kinds)
        )
        outgoing = _speak(brand, one, customer, now) if verdict.speak and customer else None
        decisions.append(_decision(brand, one, verdict, outgoing, now))
        owed += outgoing is not None
    bulk.merge("outreach_decision", DECISION_COLUMNS, decisions)
    return owed


def _spoken(brand: Brand, moving: Sequence[Opened]) -> dict[tuple[UUID, str], bool]:
    """What was decided about these concerns, by concern and kind of notice."""
    if not moving:
        return {}
    rows = Decision.objects.filter(brand=brand, concern_id__in=[one.concern.id for one in moving])
    return {(concern, kind): spoken for concern, kind, spoken in rows.values_list("concern_id", "kind", "spoken")}


def _customers(brand: Brand, opened: Sequence[Opened]) -> dict[UUID | None, Customer]:
    known = {o.subject.row.customer_id for o in opened if o.subject.row.customer_id}
    return {**Customer.objects.filter(brand=brand, id__in=known).in_bulk()}


def _told(brand: Brand, orders: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    found: dict[UUID, dict[str, datetime]] = {}
    rows = Decision.objects.filter(brand=brand, order_id__in=orders, spoken=True).order_by("at")
    for order_id, kind, at in rows.values_list("order_id", "kind", "at"):
        found.setdefault(order_id, {})[kind] = at
    return found


def _decision(brand: Brand, one: Opened, verdict: Verdict, outgoing: UUID | None, now: datetime) -> bulk.Row:
    concern, spoken = one.concern, outgoing is not None
    decision = ids.mirrored(brand.id, "decision", concern.id, concern.kind)
    return decision, brand.id, concern.id, concern.order_id, concern.kind, spoken, verdict.reason, now, outgoing


def _speak(brand: Brand, one: Opened, customer: Customer, now: datetime) -> UUID:
    language = words.language_for(customer.locale, brand.language)
    notice = words.notice(brand, _situation(brand, one, customer, now), language=language)
    outgoing = outbox.owe(
        brand,
        outbox.Owed(
            channel=EMAIL,
            kind=one.concern.kind,
            customer_id=customer.id,
            episode=one.concern.id,
            address=customer.email,
            subject=notice.subject,
            text=notice.text,
            html=notice.html,
            language=notice.language,
        ),
        at=now,
    )
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
    return date.fromisoformat(told) if isinstance(told, str) else today + timedelta(STEP_DAYS.get(one.concern.kind, 3))


def _since(one: Opened, now: datetime) -> datetime:
    told = one.concern.evidence.get("since")
    return datetime.fromisoformat(told) if isinstance(told, str) else one.subject.row.placed_at or now


def _city(one: Opened) -> str:
    """Where it is; of a disruption the town that holds it up, if it is one."""
    subject = one.subject
    if one.concern.kind == "disruption":
        return str(one.concern.evidence.get("town", ""))
    return (subject.row.city or "").title() if (subject.row.city or "").isupper() else subject.row.city or ""

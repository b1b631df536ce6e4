"""A small day at Juniper & Clay, written straight into the tables: what the operators' pages read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User

from aftercart.brands.models import Brand, Member
from aftercart.brands.services import set_clock
from aftercart.intake.models import Delivery, DeliveryPerson, Fault, Payload, UnknownWord
from aftercart.orders.models import Fulfilment, Order, OrderLine, Parcel, Payment, Scan
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.models import Decision
from aftercart.people.models import Customer, PageVisit
from aftercart.plumbing import ids
from aftercart.promises.models import Forecast, Promise
from aftercart.risk.models import Assessment
from aftercart.watch.models import Concern
from tests.world import NOW

PASSWORD = "porcelain-teapot-42"
BODY = b'{"order_number": "=1001", "note": "<script>alert(1)</script>"}'


@dataclass(frozen=True, slots=True)
class Day:
    """The ids of what the stories talk about."""

    brand: Brand
    order: UUID
    quarantined: UUID
    stalled: UUID
    parked: UUID
    sent: UUID
    parcel: UUID


def staff(name: str, *brands: Brand, superuser: bool = False) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_superuser=superuser)
    for brand in brands:
        Member.objects.create(brand=brand, user=user)
    return user


def a_day(brand: Brand) -> Day:
    """Three deliveries of which one is in quarantine, Bea's stalled parcel, one notice sent and one parked."""
    set_clock(brand, NOW, rate=0)
    bea = Customer.objects.create(
        brand=brand, source="shopify", external_id="7", version=ids.new(NOW), name="Bea Lund", email="bea@post.example"
    )
    order = _order(brand, bea)
    parcel = _parcel(brand, order)
    quarantined = _deliveries(brand, bea)
    stalled, late = _concerns(brand, order, parcel)
    _weigh(brand, order, stalled, late)
    sent = _notice(brand, bea, stalled.id, "stalled", Outgoing.SENT, "")
    Decision.objects.create(
        brand=brand, concern_id=stalled.id, order_id=stalled.order_id, kind="stalled", spoken=True,
        reason="stalled deserves words", channel="email", at=NOW - timedelta(hours=2), outgoing_id=sent,
    )  # fmt: skip
    parked = _notice(brand, bea, ids.new(), "late", Outgoing.PARKED, "The line broke while handing it over.")
    UnknownWord.objects.create(
        brand=brand, source="easypost", where="tracker.status", what="teleported", count=3, last_at=NOW
    )
    return Day(brand, order.id, quarantined, stalled.id, parked, sent, parcel.id)


def _concerns(brand: Brand, order: Order, parcel: Parcel) -> tuple[Concern, Concern]:
    evidence = {"since": "2026-03-06T08:00:00+00:00", "limit_business_days": 2, "n": 240, "basis": "lane"}
    common = {"brand": brand, "order_id": order.id, "subject_id": parcel.id, "carrier": "dhl"}
    common["lane"] = "dhl|express|US-OH|DE"
    stalled = Concern.objects.create(kind="stalled", opened_at=NOW - timedelta(days=2), evidence=evidence, **common)
    late = Concern.objects.create(kind="late", opened_at=NOW - timedelta(hours=3), **common)
    Decision.objects.create(
        brand=brand, concern_id=late.id, order_id=order.id, kind="late", spoken=False, reason="told already", at=NOW
    )
    return stalled, late


def _weigh(brand: Brand, order: Order, *concerns: Concern) -> None:
    for concern in concerns:
        Assessment.objects.create(
            id=concern.id,
            brand=brand,
            order_id=order.id,
            in_1_day=0.08,
            in_3_days=0.2,
            in_7_days=0.31,
            currency="EUR",
            contact_cost=223,
            refund_cost=1068,
            future_cost=0,
            worth=12.91,
            reasons=[["value", 8900, "EUR"], ["first"], ["silent", 2], ["looks", 4]],
            factors=[["looks", "4 or more", 3.0], ["date", "in time", 0.7]],
            version=0,
            assessed_at=NOW,
        )


def _order(brand: Brand, customer: Customer) -> Order:
    version = ids.new(NOW - timedelta(days=8))
    order = Order.objects.create(
        brand=brand,
        source="shopify",
        external_id="5001",
        version=version,
        number="1001",
        number_key="1001",
        customer_id=customer.id,
        placed_at=NOW - timedelta(days=8),
        city="Dresden",
        country="DE",
        service="Express",
    )
    _about(brand, order)
    return order


def _about(brand: Brand, order: Order) -> None:
    OrderLine.objects.create(
        brand=brand, order_id=order.id, external_id="1", version=order.version, title="Salt-glazed mug", quantity=2
    )
    Payment.objects.create(
        brand=brand,
        order_id=order.id,
        external_id="p1",
        version=order.version,
        kind="capture",
        succeeded=True,
        amount=8900,
        currency="EUR",
        at=order.placed_at,
    )
    latest = (NOW + timedelta(days=1)).date()
    Promise.objects.create(
        brand=brand, order_id=order.id, latest=latest, made_by="us", surface="checkout", told_at=order.placed_at
    )
    Forecast.objects.create(
        id=order.id,
        brand=brand,
        order_id=order.id,
        made_at=NOW,
        earliest=latest,
        latest=latest + timedelta(days=2),
        likely=latest,
        miss_probability=0.7,
        basis="lane",
        version=1,
    )
    PageVisit.objects.create(brand=brand, order_id=order.id, surface="page", visitor="v", at=NOW - timedelta(hours=1))


def _parcel(brand: Brand, order: Order) -> Parcel:
    shipped = NOW - timedelta(days=6)
    fulfilment = Fulfilment.objects.create(
        brand=brand,
        source="shopify",
        external_id="f1",
        version=ids.new(shipped),
        order_id=order.id,
        shipped_at=shipped,
        lines=[["1", 2]],
    )
    track = ids.new(shipped)
    _scans(brand, track)
    return Parcel.objects.create(
        brand=brand,
        order_id=order.id,
        fulfilment_id=fulfilment.id,
        version=fulfilment.version,
        track_id=track,
        number="JD0140",
        carrier="dhl",
        shipped_at=shipped,
        state="in_transit",
        city="Leipzig",
        place_country="DE",
        scans=3,
        last_scan_at=NOW - timedelta(days=3),
    )


def _scans(brand: Brand, track: UUID) -> None:
    for days, state, city in ((6, "accepted", "Columbus"), (4, "in_transit", "Leipzig"), (3, None, "Leipzig")):
        at = NOW - timedelta(days=days)
        Scan.objects.create(
            id=ids.new(at),
            brand=brand,
            track_id=track,
            source="easypost",
            carrier="dhl",
            at=at,
            local="2026-03-06T09:00:00",
            zone="assumed",
            state=state,
            code=state or "teleported",
            city=city,
            country="DE",
            reported_at=at,
        )


def _deliveries(brand: Brand, customer: Customer) -> UUID:
    """One applied a week ago and one an hour ago, one in quarantine: its id."""
    for at in (NOW - timedelta(days=7, hours=1), NOW - timedelta(hours=1)):
        applied = Delivery.objects.create(
            id=ids.new(at), brand=brand, source="shopify", topic="orders/create", state=Delivery.APPLIED, received_at=at
        )
        Payload.objects.create(id=applied.id, brand=brand, headers={}, body=b"{}")
        DeliveryPerson.objects.create(brand=brand, delivery_id=applied.id, person_id=customer.id)
    at = NOW - timedelta(minutes=20)
    error = "PayloadError: order_number: is not a number"
    poison = Delivery.objects.create(
        id=ids.new(at),
        brand=brand,
        source="shopify",
        topic="orders/updated",
        state=Delivery.QUARANTINED,
        received_at=at,
        error=error,
    )
    headers = {"x-shopify-topic": "orders/updated", "x-shopify-hmac-sha256": "c2VjcmV0LXNpZ25hdHVyZQ=="}
    Payload.objects.create(id=poison.id, brand=brand, headers=headers, body=BODY)
    Fault.objects.create(
        brand=brand, delivery_id=poison.id, at=at, error=error, traceback="Traceback: <b>the very line</b>"
    )
    return poison.id


def _notice(brand: Brand, customer: Customer, episode: UUID, kind: str, state: str, reason: str) -> UUID:
    at = NOW - timedelta(hours=2)
    row = Outgoing.objects.create(
        id=ids.new(at),
        brand=brand,
        channel="email",
        kind=kind,
        customer_id=customer.id,
        episode=episode,
        state=state,
        reason=reason,
        created_at=at,
        due_at=at,
        message_id=f"<{episode}@juniper.example>",
        sent_at=at if state == Outgoing.SENT else None,
    )
    OutgoingBody.objects.create(
        id=row.id,
        brand=brand,
        person_id=customer.id,
        address="bea@post.example",
        subject="=HYPERLINK: your parcel rests in Leipzig",
        text="Your parcel has not moved since Friday in Leipzig.\n\nWe now expect it on Thursday.",
        html="<p>Your parcel has not moved.</p><script>alert(1)</script>",
    )
    return row.id

"""What customers answer to a carrier that needs to know more: kept, told to the brand once a version, passed on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.connectors.sending import EMAIL, EVENT
from aftercart.orders.carriers import carrier_name
from aftercart.orders.models import Order, Parcel
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.outreach.around import hold
from aftercart.outreach.corrections.models import Correction
from aftercart.outreach.corrections.rules import Given
from aftercart.people.models import Customer
from aftercart.plumbing import ids

CORRECTED = "address.corrected"
CUSTOMER = "customer"


class PassedOn(Exception):
    """It was passed on to the carrier already: it can no longer be changed here."""


@transaction.atomic
def correct(
    brand: Brand, parcel: Parcel, given: Given, *, asked_since: datetime, at: datetime, by: str = CUSTOMER
) -> Correction:
    """Keep what the customer gives, and owe it to whoever acts for the brand, in one transaction.

    The same again changes nothing. `asked_since`: since when the carrier waits for it; what was given before that
    answered something else. Raises `PassedOn`.
    """
    hold([parcel.id])
    last = Correction.objects.filter(brand=brand, parcel_id=parcel.id).order_by("-version").first()
    if last is not None and last.at >= asked_since:
        if last.given == given:
            return last
        if last.handled_at:
            raise PassedOn
    order = Order.objects.get(brand=brand, id=parcel.order_id)
    version = last.version + 1 if last else 1
    row = Correction(
        id=ids.mirrored(brand.id, "correction", parcel.id, version), brand=brand, order_id=order.id,
        parcel_id=parcel.id, person_id=order.customer_id, version=version, at=at, country=order.country,
        **asdict(given),
    )  # fmt: skip
    row.outgoing_id = outbox.owe(brand, _owed(brand, order, parcel, row), at=at)
    row.save(force_insert=True)
    detail: dict[str, object] = {"parcel": str(parcel.id), "version": version}
    audit(brand, actor=by, action="address.correct", subject=str(order.id), detail=detail)
    return row


@transaction.atomic
def passed_on(brand: Brand, correction_id: UUID, *, at: datetime, by: str) -> bool:
    """Somebody has given it to the carrier. False if it is not the newest any more, or was passed on before."""
    row = Correction.objects.filter(brand=brand, id=correction_id).first()
    if row is None:
        return False
    hold([row.parcel_id])
    newer = Correction.objects.filter(brand=brand, parcel_id=row.parcel_id, version__gt=row.version)
    mine = Correction.objects.filter(brand=brand, id=row.id, handled_at=None)
    if newer.exists() or not mine.update(handled_at=at, handled_by=by):
        return False
    audit(brand, actor=by, action="address.passed_on", subject=str(row.order_id), detail={"version": row.version})
    return True


def _owed(brand: Brand, order: Order, parcel: Parcel, row: Correction) -> outbox.Owed:
    """To the brand's own system where it has one that acts, else to its people."""
    task = _task(brand, order, parcel, row)
    person = order.customer_id or order.id
    if lines.takes(brand, EVENT, outbox.TASK):
        mail = Customer.objects.filter(brand=brand, id=person).values_list("email", flat=True).first()
        return outbox.Owed(
            channel=EVENT, kind=CORRECTED, customer_id=person, episode=row.id, address=mail or "",
            subject=CORRECTED, text="", html="", language="", purpose=outbox.TASK, task=task,
        )  # fmt: skip
    return outbox.Owed(
        channel=EMAIL, kind=CORRECTED, customer_id=person, episode=row.id,
        address=brand.help_email or brand.from_email, subject=_subject(order, parcel), text=_text(task, parcel),
        html="", language="en", purpose=outbox.OF_TEAM,
    )  # fmt: skip


def _task(brand: Brand, order: Order, parcel: Parcel, row: Correction) -> dict[str, object]:
    known = {
        "order": order.number,
        "order_id": order.external_id,
        "carrier": parcel.carrier,
        "tracking_number": parcel.number,
        "version": row.version,
        "at": row.at.isoformat(),
        "address": {
            "name": row.name,
            "street": row.street,
            "postal_code": row.postal_code,
            "city": row.city,
            "country": row.country,
        },
        "phone": row.phone,
        "note": row.note,
        "page": settings.PUBLIC_URL.rstrip("/") + reverse("ops:order", args=[brand.slug, order.id]),
    }
    return {name: value for name, value in known.items() if value}


def _subject(order: Order, parcel: Parcel) -> str:
    return f"Order {order.number}: an address for {_carrier(parcel)}"


def _carrier(parcel: Parcel) -> str:
    return carrier_name(parcel.carrier) if parcel.carrier else "the carrier"


def _text(task: dict[str, object], parcel: Parcel) -> str:
    address = task["address"]
    assert isinstance(address, dict)
    where = [address["name"], address["street"], f"{address['postal_code']} {address['city']}", address["country"]]
    again = "This replaces what they sent before.\n\n" if task["version"] != 1 else ""
    more = [
        f"{label}: {task[name]}" for name, label in (("phone", "Phone"), ("note", "For the courier")) if name in task
    ]
    return (
        f"{_carrier(parcel)} waits for this to deliver {parcel.number or 'the parcel'} of order {task['order']}. "
        f"The customer has sent it on the page of the order.\n\n{again}"
        + "\n".join(part.strip() for part in [*where, *more] if part.strip())
        + f"\n\nGive it to {_carrier(parcel)}, and say so here, so that the customer can see it:\n{task['page']}"
    )

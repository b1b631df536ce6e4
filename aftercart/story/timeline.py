"""An order's story in the order in which it happened: rows of many tables become one list of entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from aftercart.facts import ZoneSource
from aftercart.orders.models import Payment, Scan
from aftercart.plumbing.zones import zone_of
from aftercart.story.giving import STATES, gift
from aftercart.story.queries import Known
from aftercart.story.rules import MAKERS, evidence_in_words, kind_in_words, money, told_where, window_in_words


@dataclass(frozen=True, slots=True)
class Entry:
    """`icon` is one of look's; `tone` one of its states, blank where nothing is good or bad about it."""

    at: datetime
    icon: str
    what: str
    about: str = ""
    tone: str = ""
    notice: UUID | None = None


def entries(known: Known) -> list[Entry]:
    """Newest first."""
    parts = (
        _order(known), _parcels(known), _scans(known), _promises(known), _concerns(known), _gestures(known),
        _corrections(known), _speech(known),
    )  # fmt: skip
    found = [entry for part in parts for entry in part]
    # Of one instant, what comes later in this file follows from what comes earlier.
    return sorted([*found, *_visits(known), *_contacts(known), *_answers(known)], key=lambda entry: entry.at)[::-1]


def _order(known: Known) -> Iterator[Entry]:
    order = known.order
    yield Entry(order.placed_at, "bag", "Order placed", f"through {order.source}, {order.service}".rstrip(", "))
    if order.approved_at:
        yield Entry(order.approved_at, "check", "Approved")
    cancelled = known.cancellation.cancelled_at if known.cancellation else order.cancelled_at
    if cancelled:
        why = known.cancellation.why if known.cancellation else ""
        yield Entry(cancelled, "stop", "Order cancelled", why, "late")
    for payment in known.payments:
        what = f"Payment: {payment.kind}{'' if payment.succeeded else ' failed'}"
        yield Entry(payment.at, "label", what, _money(payment), "" if payment.succeeded else "late")


def _money(payment: Payment) -> str:
    if payment.amount is None or not payment.currency:
        return ""
    return money(payment.amount, payment.currency)


def _parcels(known: Known) -> Iterator[Entry]:
    for fulfilment in known.fulfilments:
        numbers = [p.number for p in known.parcels if p.fulfilment_id == fulfilment.id and p.number]
        lines = f"{len(fulfilment.lines)} line{'' if len(fulfilment.lines) == 1 else 's'}"
        what = "Shipment cancelled" if fulfilment.cancelled else "Shipped, the shop says"
        yield Entry(fulfilment.shipped_at, "parcel", what, ", ".join([lines, *numbers]))


def _scans(known: Known) -> Iterator[Entry]:
    numbers = {thread: p.number for p in known.parcels for thread in (p.fulfilment_id, p.track_id) if thread}
    for scan in known.scans:
        place = ", ".join(part for part in (scan.city, scan.country) if part)
        what = scan.state.replace("_", " ").capitalize() if scan.state else f"Unknown code {scan.code!r}"
        about = [scan.description, place, _there(scan), f"{numbers.get(scan.track_id, '')} by {scan.source}".strip()]
        tone = "late" if scan.attention == "action" else "watch" if scan.attention == "watch" or not scan.state else ""
        yield Entry(scan.at, "truck", what, " · ".join(part for part in about if part), tone)


def _there(scan: Scan) -> str:
    """The clock on the wall where it was scanned. What was printed may be UTC."""
    if scan.zone == ZoneSource.ASSUMED:
        return "the source names no zone"
    zone = zone_of(scan.country, scan.region)
    return f"{scan.at.astimezone(zone):%H:%M} there" if zone else ""


def _promises(known: Known) -> Iterator[Entry]:
    for promise in known.promises:
        window = window_in_words(promise.earliest, promise.latest)
        maker = MAKERS.get(promise.made_by, promise.made_by)
        reason = f"because: {kind_in_words(promise.why).lower()}" if promise.why else ""
        about = [told_where(promise.surface), promise.basis, reason]
        what = f"{maker} promised {window}"
        yield Entry(promise.told_at, "calendar", what, " · ".join(part for part in about if part))


def _concerns(known: Known) -> Iterator[Entry]:
    for concern in known.concerns:
        kind = kind_in_words(concern.kind)
        again = f" · {concern.reopened} × reopened" if concern.reopened else ""
        yield Entry(
            concern.opened_at, "watch", f"Concern: {kind}", evidence_in_words(concern.evidence) + again, "watch"
        )
        if concern.closed_at:
            yield Entry(
                concern.closed_at,
                "done",
                f"No longer: {kind}",
                f"closed by {concern.closed_by}" if concern.closed_by else "",
                "good",
            )


def _speech(known: Known) -> Iterator[Entry]:
    for notice in known.notices:
        about = f"{notice.state}{': ' + notice.reason if notice.reason else ''}"
        tone = "late" if notice.state == notice.PARKED else ""
        what = f"{'Told' if notice.state == notice.SENT else 'Notice'}: {kind_in_words(notice.kind)}"
        yield Entry(notice.sent_at or notice.created_at, "mail", what, f"{notice.channel}, {about}", tone, notice.id)
    for decision in known.decisions:
        if not decision.spoken:
            what = "Not said yet" if decision.waits_until else "Not said"
            yield Entry(decision.at, "chat", f"{what}: {kind_in_words(decision.kind)}", decision.reason)


def _gestures(known: Known) -> Iterator[Entry]:
    for row in known.gestures:
        state, tone = STATES[row.state]
        what = f"Gesture for {kind_in_words(row.kind).lower()}: {state}"
        about = " · ".join(part for part in (gift(row), row.reason) if part)
        yield Entry(row.at, "bag", what, about, tone if tone in ("late", "watch") else "")


def _corrections(known: Known) -> Iterator[Entry]:
    for row in known.corrections:
        what = "The customer sent an address" if row.version == 1 else "The customer changed the address"
        yield Entry(row.at, "pin", what, " · ".join(row.lines), "good", row.outgoing_id)
        if row.handled_at:
            yield Entry(row.handled_at, "check", "The address was passed on", f"by {row.handled_by}", "good")


def _visits(known: Known) -> Iterator[Entry]:
    """Looks at the tracking page; those of one hour are one entry."""
    by_hour = groupby(known.visits, key=lambda visit: visit.at.replace(minute=0, second=0, microsecond=0))
    for _, visits in by_hour:
        looks = list(visits)
        times = "" if len(looks) == 1 else f" {len(looks)} times"
        yield Entry(looks[0].at, "person", f"The customer looked at the tracking page{times}")


def _answers(known: Known) -> Iterator[Entry]:
    for answer in known.answers:
        changed = ", after another answer" if answer.changed_at else ""
        what = f"{kind_in_words(answer.kind)} {'Yes' if answer.yes else 'No'}{changed}"
        yield Entry(answer.changed_at or answer.at, "chat", what, answer.comment, "good" if answer.yes else "watch")


def _contacts(known: Known) -> Iterator[Entry]:
    for at in known.contacts:
        yield Entry(at, "chat", "The customer contacted us", tone="watch")

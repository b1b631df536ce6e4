"""What happens beside an act at the desk: it is written down who looked at whom."""

from __future__ import annotations

from datetime import timedelta

from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import audit
from aftercart.plumbing import clock
from aftercart.tickets.models import Ticket

VIEW = "ticket.view"
AGAIN = timedelta(minutes=5)  # looking twice within this is one look


def viewed(brand: Brand, ticket: Ticket, *, by: str) -> None:
    seen = AuditEntry.objects.filter(
        brand=brand, subject=str(ticket.id), actor=by, action=VIEW, at__gt=clock.machine() - AGAIN
    )
    if not seen.exists():
        audit(brand, actor=by, action=VIEW, subject=str(ticket.id))

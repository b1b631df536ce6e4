"""What an operator may do. Each act and its audit entry commit together."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.intake.models import Delivery
from aftercart.intake.services import replay
from aftercart.ops.queries import inbox

BATCH = 1000


def replay_one(brand: Brand, delivery_id: UUID, *, by: str) -> bool:
    """Read a delivery again with today's connectors. False if it is waiting already, or not the brand's."""
    with transaction.atomic():
        count = replay(brand.id, [delivery_id])
        if count:
            audit(brand, actor=by, action="intake.replay", subject=str(delivery_id))
    return bool(count)


def replay_quarantined(brand: Brand, wanted: inbox.Wanted, *, by: str) -> int:
    """Read again all that is wanted and in quarantine, whatever state `wanted` names. How many."""
    wanted = replace(wanted, state=Delivery.QUARANTINED)
    with transaction.atomic():
        count = 0
        while done := replay(brand.id, _oldest(brand, wanted)):
            count += done
        if count:
            # An error quotes what was sent, which may be personal: its class is enough for the log.
            detail: dict[str, object] = {
                "topic": wanted.topic,
                "error": wanted.error.partition(":")[0],
                "count": count,
            }
            audit(brand, actor=by, action="intake.replay", subject=wanted.source or "every source", detail=detail)
    return count


def _oldest(brand: Brand, wanted: inbox.Wanted) -> list[UUID]:
    return list(inbox.deliveries(brand, wanted).order_by("id").values_list("id", flat=True)[:BATCH])

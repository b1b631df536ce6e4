"""What customers have given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach.corrections.models import Correction

# Of an order `o`, as JSON for `Correct`.
GIVEN = """
SELECT coalesce(json_agg(json_build_object('parcel_id', g.parcel_id, 'at', g.at, 'name', g.name, 'street', g.street,
    'postal_code', g.postal_code, 'city', g.city, 'note', g.note, 'phone', g.phone, 'handled_at', g.handled_at)
    ORDER BY g.version), '[]')
FROM outreach_correction g WHERE g.brand_id = o.brand_id AND g.order_id = o.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """What a customer has told us of where a parcel goes. `handled_at`: when somebody passed it on to the carrier."""

    parcel_id: UUID
    at: datetime
    name: str
    street: str
    postal_code: str
    city: str
    note: str
    phone: str
    handled_at: datetime | None


def last_given(brand: Brand, orders: Iterable[UUID]) -> dict[UUID, datetime]:
    """Of these orders: when the customer last gave something, by parcel."""
    rows = Correction.objects.filter(brand=brand, order_id__in=list(orders)).order_by("version")
    return dict(rows.values_list("parcel_id", "at"))

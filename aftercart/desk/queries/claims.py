"""Orders that a message names although nothing proves that they are its sender's: for staff alone to see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from aftercart.brands.models import Brand
from aftercart.desk.queries.messages import Letter
from aftercart.orders.models import Order, Parcel, Track
from aftercart.orders.rules import order_number
from aftercart.tickets.models import Body

MOST = 5


def claimed(brand: Brand, letters: Iterable[Letter]) -> list[Order]:
    """Of the orders whose number, or whose parcel's, stands in what the customer wrote, the newest few."""
    written = [letter.id for letter in letters if letter.from_customer]
    if not written:
        return []
    # The range names the months to read.
    bodies = Body.objects.filter(brand=brand, id__range=(min(written), max(written)), id__in=written)
    found = [one for told in bodies.values_list("reading", flat=True) for one in told.get("entities", ())]
    orders = {order_number(one["value"]) for one in found if one["kind"] == "order"} - {""}
    parcels = {one["value"] for one in found if one["kind"] == "parcel"}
    if not orders and not parcels:
        return []
    tracks = Track.objects.filter(brand=brand, number__in=parcels).values("id")
    carried = Parcel.objects.filter(brand=brand, track_id__in=tracks).values("order_id")
    meant = Order.objects.filter(Q(number_key__in=orders) | Q(id__in=carried), brand=brand)
    return list(meant.order_by("-placed_at")[:MOST])

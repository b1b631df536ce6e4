"""The disruptions that an order's parcels are in: whether it is just them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aftercart.brands.models import Brand
from aftercart.orders.models import Order, Parcel
from aftercart.promises.queries import lane
from aftercart.story.rules import class_in_words, scope_in_words
from aftercart.watch.disruptions.incidents import standing
from aftercart.watch.disruptions.standing import affecting, disruption_of
from aftercart.watch.models import Disruption
from aftercart.watch.worries.view import MOVING


@dataclass(frozen=True, slots=True)
class Trouble:
    row: Disruption
    scope: str
    about: str

    @classmethod
    def of(cls, row: Disruption) -> Trouble:
        return cls(row, scope_in_words(row.part, row.scope), class_in_words(row.kind))

    @property
    def share(self) -> int:
        """What moves on, in per cent of the usual."""
        return round(self.row.slow * 100)


def open_ones(brand: Brand) -> list[Disruption]:
    return list(Disruption.objects.filter(brand=brand, closed_at=None).order_by("opened_at"))


def troubles_of(brand: Brand, order: Order, parcels: Iterable[Parcel]) -> list[Trouble]:
    """A line each for whoever answers its customer."""
    rows = {row.id: row for row in open_ones(brand)}
    open_now = affecting(standing(row) for row in rows.values())
    found = {}
    for parcel in parcels if open_now else ():
        if parcel.handed_over_at is not None and parcel.delivered_at is None and parcel.state in MOVING:
            origin = parcel.origin_country or order.origin_country
            at = lane(parcel.carrier, parcel.service or order.service, origin, "", order.country, order.region)
            one = disruption_of(open_now, at, parcel.carrier, parcel.city)
            if one is not None:
                found[one.id] = Trouble.of(rows[one.id])
    return list(found.values())

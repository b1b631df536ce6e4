"""What the pages of the words show: which texts are the brand's own, and orders to try a text on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from aftercart.brands.models import Brand
from aftercart.look.access import Desk
from aftercart.orders.carriers import carrier_name
from aftercart.orders.models import Order, Parcel
from aftercart.orders.rules import order_number
from aftercart.people.models import Customer
from aftercart.people.rules import given_name
from aftercart.promises.models import Forecast, Promise
from aftercart.words.kinds import EMAIL, KINDS, LANGUAGES, SMS, Kind
from aftercart.words.models import Draft
from aftercart.words.samples import LINK, SHORT_LINK, sample
from aftercart.words.situations import Situation
from aftercart.words.wordings import Place, own_versions

RECENT = 12
# A preview opens nothing: the links in it are made up, and as long as real ones.
LINKS = {EMAIL: LINK, SMS: SHORT_LINK}


@dataclass(frozen=True, slots=True)
class Cell:
    place: Place
    version: int  # 0: as shipped
    draft: bool


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    kind: Kind
    cells: list[Cell]


def listed(brand: Brand, channel: str) -> Iterator[tuple[str, list[Line]]]:
    """The kinds by their groups, each with its languages."""
    versions = own_versions(brand)
    drafts = {Place(*row) for row in Draft.objects.filter(brand=brand).values_list("kind", "channel", "language")}
    for group in dict.fromkeys(kind.group for kind in KINDS.values()):
        lines = []
        for key, kind in KINDS.items():
            if kind.group == group:
                places = [Place(key, channel, language) for language in LANGUAGES]
                lines.append(Line(key, kind, [Cell(one, versions.get(one, 0), one in drafts) for one in places]))
        yield group, lines


@dataclass(frozen=True, slots=True)
class Tried:
    """An order to try a text on; `order` is None where there is none, and all of it is made up."""

    order: Order | None
    situation: Situation


def recent(brand: Brand) -> list[Order]:
    return list(Order.objects.filter(brand=brand, cancelled_at=None).order_by("-placed_at")[:RECENT])


def tried(desk: Desk, kind: str, asked: str, orders: list[Order], channel: str) -> Tried | None:
    """The facts of the order asked for, or of the first of `orders`; None where the one asked for is none of ours."""
    brand, key = desk.brand, order_number(asked)
    found = Order.objects.filter(brand=brand, number_key=key).order_by("-placed_at").first() if key else None
    if key and found is None:
        return None
    order = found or (orders[0] if orders else None)
    today = desk.now.astimezone(desk.zone).date()
    made_up = sample(kind, today=today, brand=brand.name, link=LINKS[channel])
    made_up = replace(made_up, action="", note="")
    if order is None:
        return Tried(None, made_up)
    known = {name: value for name, value in _facts(desk, order, today).items() if value}
    return Tried(order, replace(made_up, **known))  # type: ignore[arg-type]


def _facts(desk: Desk, order: Order, today: date) -> Mapping[str, object]:
    brand = desk.brand
    parcel = Parcel.objects.filter(brand=brand, order_id=order.id, cancelled=False).order_by("-shipped_at").first()
    promise = Promise.objects.filter(brand=brand, order_id=order.id).order_by("-told_at").first()
    forecast = Forecast.objects.filter(brand=brand, order_id=order.id).order_by("-made_at").first()
    customer = Customer.objects.filter(brand=brand, id=order.customer_id).first() if order.customer_id else None
    since = (parcel.last_scan_at or parcel.shipped_at) if parcel else order.placed_at
    # What was expected of an order that is long since there would read as a day gone by.
    ahead = forecast if forecast and forecast.latest >= today else None
    return {
        "number": order.number,
        "since": since.astimezone(desk.zone).date(),
        "name": given_name(customer.name) if customer else "",
        "carrier": carrier_name(parcel.carrier) if parcel and parcel.carrier else "",
        "city": (parcel.city if parcel else "").title(),
        "state": parcel.state if parcel else "",
        "promised": promise.latest if promise and ahead else None,
        "earliest": ahead.earliest if ahead else None,
        "latest": ahead.latest if ahead else None,
        "amount": order.total,
        "currency": order.currency if order.total else "",
    }

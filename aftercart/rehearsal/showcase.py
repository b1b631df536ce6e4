"""Which orders of a brand are worth a look: one for each kind of story, the liveliest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When

from aftercart.brands.models import Brand
from aftercart.facts import Attention, State
from aftercart.orders.models import Order, Parcel
from aftercart.outreach.models import Decision
from aftercart.plumbing import clock
from aftercart.promises.models import Promise
from aftercart.watch.models import Concern

LATELY = timedelta(days=20)
ASKING = ("pickup_waiting", "pickup_expiring", "address_problem", "customs_document", "exception")
UNDER_WAY = (State.IN_TRANSIT, State.OUT_FOR_DELIVERY, State.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Exhibit:
    what: str
    order_id: UUID
    number: str


def exhibits(brand: Brand) -> list[Exhibit]:
    """At most one order for each story, told in English if one is; a story that nobody lives just now is left out."""
    now = clock.business(brand)
    recent = Order.objects.filter(brand=brand, placed_at__gt=now - LATELY, cancelled_at=None)
    calm = recent.exclude(_worried(brand))
    stories = {
        "on its way, on time": calm.filter(_parcel(brand, state__in=UNDER_WAY)),
        "late, with a new date": recent.filter(_told_late(brand), _parcel(brand, state__in=UNDER_WAY)),
        "a split order": _split(recent, brand),
        "stalled at the hub in Leipzig": recent.filter(
            _worried(brand, kind="stalled"), _parcel(brand, city="Leipzig", carrier="dhl")
        ),
        "waiting for its customer": _waiting(recent, brand),
        "delivered, but not received": recent.filter(_worried(brand, kind="not_received")),
        "delivered in another place": recent.filter(_worried(brand, kind="wrong_region")),
        "going in circles": recent.filter(_worried(brand, kind="circling")),
        "a part left behind": recent.filter(_worried(brand, kind="left_behind")),
        "moving again": calm.filter(_told_moving(brand), _parcel(brand, state__in=UNDER_WAY)),
        "delivered": _alone(calm.filter(_parcel(brand, state=State.DELIVERED)), brand),
        "in Japanese": recent.filter(locale__startswith="ja").filter(_parcel(brand, state__in=UNDER_WAY)),
        "in Spanish": recent.filter(locale__startswith="es").filter(_parcel(brand, state__in=UNDER_WAY)),
    }
    shown: list[Exhibit] = []
    for what, orders in stories.items():
        left = orders.exclude(id__in=[one.order_id for one in shown])
        order = left.order_by(Case(When(locale__startswith="en", then=0), default=1), "-placed_at").first()
        if order is not None:
            shown.append(Exhibit(what, order.id, order.number))
    return shown


def _parcel(brand: Brand, **which: object) -> Exists:
    return Exists(Parcel.objects.filter(brand=brand, order_id=OuterRef("id"), **which))


def _waiting(orders: QuerySet[Order], brand: Brand) -> QuerySet[Order]:
    """For an address, if one is: that is given on a page of ours."""
    for_address = orders.filter(_worried(brand, kind="address_problem"))
    if for_address.exists():
        return for_address
    return orders.filter(_worried(brand, kind__in=ASKING), _parcel(brand, attention=Attention.ACTION))


def _alone(orders: QuerySet[Order], brand: Brand) -> QuerySet[Order]:
    """Those that come in a single parcel."""
    several = Parcel.objects.filter(brand=brand).values("order_id").annotate(n=Count("id")).filter(n__gt=1)
    return orders.exclude(id__in=several.values("order_id"))


def _worried(brand: Brand, **which: object) -> Exists:
    return Exists(Concern.objects.filter(brand=brand, order_id=OuterRef("id"), closed_at=None, **which))


def _told_late(brand: Brand) -> Exists:
    """We told a window that begins after the day that was told first."""
    first = Promise.objects.filter(brand=brand, order_id=OuterRef("order_id")).order_by("told_at").values("latest")[:1]
    said = Promise.objects.filter(brand=brand, order_id=OuterRef("id"), surface__startswith="notice:")
    return Exists(said.filter(earliest__gt=Subquery(first)))


def _told_moving(brand: Brand) -> Exists:
    return Exists(Decision.objects.filter(brand=brand, order_id=OuterRef("id"), kind="moving_again", spoken=True))


def _split(orders: QuerySet[Order], brand: Brand) -> QuerySet[Order]:
    split = (
        Parcel.objects.filter(brand=brand)
        .values("order_id")
        .annotate(shipments=Count("fulfilment_id", distinct=True), open=Count("id", filter=~Q(state=State.DELIVERED)))
        .filter(shipments__gt=1, open__gt=0)
    )
    return orders.filter(id__in=split.values("order_id"))

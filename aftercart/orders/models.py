"""The picture folded from facts.

Every table mirrors the outside, so ids are hashes and parents may arrive after children: references are plain ids.
`version` is the fact's version (its instant, then a hash of its content); the greatest wins. A line is current when its
version is its order's, a parcel when its version is its fulfilment's: what a newer version no longer names is gone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned
from aftercart.facts import Attention, State, ZoneSource
from aftercart.orders.polling.models import CarrierLine, Poll

__all__ = ["CarrierLine", "Poll"]


class Product(Owned):
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    title = models.CharField(max_length=300)
    image_url = models.CharField(max_length=1000, blank=True, db_default="")
    variants: models.JSONField[list[list[str]]] = models.JSONField(db_default=[])
    removed = models.BooleanField(db_default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "external_id"], name="orders_product_external")]

    def __str__(self) -> str:
        return self.title


class Stock(Owned):
    """How much of an item is available at a location. Id: brand, source, item, location."""

    source = models.CharField(max_length=40)
    item_id = models.CharField(max_length=120)
    location_id = models.CharField(max_length=120)
    version = models.UUIDField()
    available = models.IntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "item_id"], name="orders_stock_item")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.available}"


class Order(Owned):
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    number = models.CharField(max_length=60)
    number_key = models.CharField(max_length=60, blank=True, db_default="")  # as compared: orders.rules.order_number
    customer_id = models.UUIDField(null=True)
    placed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(null=True)  # minor units
    currency = models.CharField(max_length=3, blank=True, db_default="")
    locale = models.CharField(max_length=20, blank=True, db_default="")
    service = models.CharField(max_length=120, blank=True, db_default="")
    city = models.CharField(max_length=120, blank=True, db_default="")
    region = models.CharField(max_length=120, blank=True, db_default="")
    country = models.CharField(max_length=2, blank=True, db_default="")
    postal_code = models.CharField(max_length=20, blank=True, db_default="")
    origin_region = models.CharField(max_length=120, blank=True, db_default="")
    origin_country = models.CharField(max_length=2, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "number_key"], name="orders_order_number"),
            models.Index(fields=["brand", "customer_id"], name="orders_order_customer"),
            models.Index(fields=["brand", "placed_at"], name="orders_order_placed"),
        ]

    def __str__(self) -> str:
        return self.number


class Cancellation(Owned):
    """A cancellation told apart from the order's own versions. Same id as its order."""

    version = models.UUIDField()
    cancelled_at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = []

    def __str__(self) -> str:
        return self.why


class OrderLine(Owned):
    order_id = models.UUIDField()
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    position = models.PositiveIntegerField(db_default=0)
    product_id = models.CharField(max_length=120, blank=True, db_default="")
    variant_id = models.CharField(max_length=120, blank=True, db_default="")
    sku = models.CharField(max_length=120, blank=True, db_default="")
    title = models.CharField(max_length=300)
    variant = models.CharField(max_length=200, blank=True, db_default="")
    image_url = models.CharField(max_length=1000, blank=True, db_default="")
    quantity = models.PositiveIntegerField(db_default=1)
    price = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    ships = models.BooleanField(db_default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="orders_line_order")]

    def __str__(self) -> str:
        return self.title


class DeliveryAddress(Owned):
    """Name and street of an order, apart from it so that they can be blanked. Same id as its order."""

    person_id = models.UUIDField(null=True)
    version = models.UUIDField()
    name = models.CharField(max_length=200, blank=True, db_default="")
    street = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "person_id"], name="orders_address_person")]

    def __str__(self) -> str:
        return str(self.id)


class Payment(Owned):
    order_id = models.UUIDField()
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    kind = models.CharField(max_length=30)
    succeeded = models.BooleanField()
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="orders_payment_order")]

    def __str__(self) -> str:
        return self.kind


class Fulfilment(Owned):
    """A consignment as its newest version describes it: some lines of an order, in one or more parcels."""

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    order_id = models.UUIDField()
    shipped_at = models.DateTimeField()
    cancelled = models.BooleanField(db_default=False)
    lines: models.JSONField[list[list[object]]] = models.JSONField(db_default=[])  # [line's external id, quantity]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="orders_fulfilment_order")]

    def __str__(self) -> str:
        return self.external_id


class Track(Owned):
    """One thread of scans: of a tracking number, or of a fulfilment whose source names no number. The row to lock."""

    number = models.CharField(max_length=80, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "number"], name="orders_track_number")]

    def __str__(self) -> str:
        return self.number or str(self.id)


class Parcel(Owned):
    """One parcel of a fulfilment. Above: what the shop says. Below: what its scans fold to (`orders.rules.fold`)."""

    order_id = models.UUIDField()
    fulfilment_id = models.UUIDField()  # also the id of the fulfilment's own thread of scans
    position = models.PositiveSmallIntegerField(db_default=0)
    version = models.UUIDField()
    track_id = models.UUIDField(null=True)  # the thread of its number
    number = models.CharField(max_length=80, blank=True, db_default="")
    told_carrier = models.CharField(max_length=40, blank=True, db_default="")  # "": the shop names none
    service = models.CharField(max_length=80, blank=True, db_default="")
    origin_region = models.CharField(max_length=120, blank=True, db_default="")
    origin_country = models.CharField(max_length=2, blank=True, db_default="")
    shipped_at = models.DateTimeField()
    cancelled = models.BooleanField(db_default=False)
    told_handed_over_at = models.DateTimeField(null=True)  # as the shop says, without a scan

    carrier = models.CharField(max_length=40, blank=True, db_default="")
    state = models.CharField(max_length=24, choices=[(s, s) for s in State], db_default=State.LABEL_CREATED)
    reason = models.CharField(max_length=40, blank=True, db_default="")
    attention = models.CharField(max_length=6, choices=[(a, a) for a in Attention], db_default=Attention.NONE)
    state_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    first_scan_at = models.DateTimeField(null=True)
    last_scan_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    scans = models.PositiveIntegerField(db_default=0)
    city = models.CharField(max_length=120, blank=True, db_default="")
    place_country = models.CharField(max_length=2, blank=True, db_default="")
    estimate_version = models.UUIDField(null=True)
    estimate_earliest = models.DateField(null=True)  # the carrier's own
    estimate_latest = models.DateField(null=True)
    state_country = models.CharField(max_length=2, blank=True, db_default="")  # as the scan of its state says
    state_region = models.CharField(max_length=120, blank=True, db_default="")
    here_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    circles = models.PositiveIntegerField(db_default=0)
    collect_by = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="orders_parcel_order"),
            models.Index(fields=["brand", "track_id"], name="orders_parcel_track"),
            models.Index(fields=["brand", "fulfilment_id"], name="orders_parcel_fulfilment"),
            # A column that never moves, so that it costs no scan anything: what left lately may have to be asked for.
            models.Index(fields=["brand", "shipped_at"], name="orders_parcel_shipped"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.id)


class NotReceived(Owned):
    """What a customer said of something delivered: that it is not with them, or (`found`) that it is after all.

    Id: its order and `number`, the tracking number as it is compared; none: it is about every parcel of the order.
    """

    order_id = models.UUIDField()
    number = models.CharField(max_length=80, blank=True, db_default="")
    version = models.UUIDField()
    reported_at = models.DateTimeField()
    found = models.BooleanField(db_default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="orders_notreceived_order")]

    def __str__(self) -> str:
        return self.number or str(self.order_id)


class CarrierEstimate(Owned):
    """A carrier's estimate for a thread, newest wins; the fold copies it to the parcels. Id: that of the thread."""

    version = models.UUIDField()
    earliest = models.DateField(null=True)
    latest = models.DateField()

    class Meta:
        indexes: ClassVar = []

    def __str__(self) -> str:
        return str(self.latest)


class Scan(Owned):
    """One event on the road, immutable. Id: its instant and a hash of its raw content. Partitioned by month."""

    track_id = models.UUIDField()
    source = models.CharField(max_length=40)
    carrier = models.CharField(max_length=40, blank=True, db_default="")
    at = models.DateTimeField()
    local = models.CharField(max_length=26)  # wall time at the place, as printed
    offset_minutes = models.SmallIntegerField(null=True)
    zone = models.CharField(max_length=8, choices=[(z, z) for z in ZoneSource])
    state = models.CharField(max_length=24, null=True)  # noqa: DJ001 (a code that we do not know has none)
    reason = models.CharField(max_length=40, blank=True, db_default="")
    attention = models.CharField(max_length=6, db_default=Attention.NONE)
    code = models.CharField(max_length=120, blank=True, db_default="")
    description = models.CharField(max_length=300, blank=True, db_default="")
    city = models.CharField(max_length=120, blank=True, db_default="")
    region = models.CharField(max_length=120, blank=True, db_default="")
    country = models.CharField(max_length=60, blank=True, db_default="")
    collect_by = models.CharField(max_length=10, blank=True, db_default="")  # an ISO day; its place is in `tables`
    reported_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "track_id", "at"], name="orders_scan_track")]

    def __str__(self) -> str:
        return f"{self.state} at {self.at}"

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Learned(Owned):
    """What a brand's own history has taught about one stage of the road. Learned on, day by day, never by hand."""

    ORDER, TRANSIT, SILENCE, LATE, ARRIVALS = "order", "transit", "silence", "late", "arrivals"

    stage = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    learned_at = models.DateTimeField()
    table: models.JSONField[dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "stage"], name="promises_learned_once")]

    def __str__(self) -> str:
        return f"{self.stage} v{self.version}"


class Version(Owned):
    """What was in force once, as it was: a date that was told by it can be worked out again. Kept for a year."""

    stage = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    learned_at = models.DateTimeField()
    table: models.JSONField[dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "stage", "version"], name="promises_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.stage} v{self.version}"


class Promise(Owned):
    """The ledger: every date the customer was shown or told, by whom and where. Append-only, but for dates of messages
    that never left."""

    SHOP, CARRIER, US = "shop", "carrier", "us"

    order_id = models.UUIDField()
    parcel_id = models.UUIDField(null=True)
    earliest = models.DateField(null=True)
    latest = models.DateField()
    made_by = models.CharField(max_length=10)
    surface = models.CharField(max_length=40)  # checkout, confirmation, page, notice:<kind> …
    told_at = models.DateTimeField()
    confidence = models.FloatField(null=True)  # the share of such promises that we expect to keep
    basis = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0)  # of the learned tables
    why = models.CharField(max_length=40, blank=True, default="")  # the concern that changed it

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id", "told_at"], name="promises_of_order"),
            models.Index(fields=["brand", "latest"], name="promises_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.latest} ({self.made_by}, {self.surface})"


class Outcome(Owned):
    """How an entry of the ledger ended. Id: the promise's. No row: its day has not come and nothing has arrived yet."""

    KEPT, BROKEN, VOID = "kept", "broken", "void"

    order_id = models.UUIDField()
    state = models.CharField(max_length=6)
    arrived_on = models.DateField(null=True)  # the customer's day; null: not here yet, or never
    days_late = models.PositiveIntegerField(null=True)  # null where it has not arrived
    superseded = models.BooleanField(default=False)  # another date was told before this one was decided
    carrier = models.CharField(max_length=40, blank=True, default="")
    lane = models.CharField(max_length=450, blank=True, db_default="")  # its key; "": settled before there was one
    settled_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="promises_outcome_order")]

    def __str__(self) -> str:
        return f"{self.state}, {self.days_late or 0} days late"


class Forecast(Owned):
    """What we believe now about an arrival, told to nobody yet. Id: the order's, or the parcel's once it has left."""

    order_id = models.UUIDField()
    made_at = models.DateTimeField()
    earliest = models.DateField()
    latest = models.DateField()
    likely = models.DateField()  # as likely as not by then
    p80 = models.DateField(null=True)  # four of five arrive by then; null: only the carrier's word is known
    p95 = models.DateField(null=True)
    miss_probability = models.FloatField(null=True)
    basis = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    confidence = models.FloatField(null=True)
    renewed_latest = models.DateField(null=True)  # the last day to tell instead of the one told; null: that one stands
    because = models.CharField(max_length=12, blank=True, db_default="")  # the kind of calendar entry that moved it
    leaves_on = models.DateField(null=True)  # the first day on which it can leave, where the calendar says so
    note = models.CharField(max_length=200, blank=True, db_default="")  # that entry's own words to customers

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(earliest__lte=models.F("latest")), name="promises_forecast_window")
        ]
        indexes: ClassVar = [models.Index(fields=["brand", "order_id"], name="promises_forecast_order")]

    def __str__(self) -> str:
        return f"{self.earliest}–{self.latest}"

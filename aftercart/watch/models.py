from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Watch(Owned):
    """That an order is watched, with all its parcels. Id: the order's. The row to lock before anything is judged.

    `look_at` is when the assessment would change by itself, in the brand's time; null: only a fact can change it.
    """

    look_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # The sweep's, brand by brand. Every scan moves `look_at`: another index would cost each of them.
            models.Index(fields=["brand", "look_at"], name="watch_due_of_brand", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.id} at {self.look_at}"


class Concern(Owned):
    """One reason for a customer to be uncertain, open from–to, with its evidence. An episode: it may come again."""

    order_id = models.UUIDField()
    subject_id = models.UUIDField()  # the watched order or parcel
    kind = models.CharField(max_length=24)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=40, blank=True, default="")
    lane = models.CharField(max_length=200, blank=True, default="")
    evidence: models.JSONField[dict[str, object]] = models.JSONField(default=dict)
    closed_by = models.CharField(max_length=60, blank=True, default="")
    reopened = models.PositiveIntegerField(default=0)  # a flapping concern re-uses its episode

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "subject_id", "kind"], name="watch_concern_open_once", condition=Q(closed_at=None)
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="watch_concern_order"),
            models.Index(fields=["brand", "kind", "opened_at"], name="watch_concern_open", condition=Q(closed_at=None)),
            models.Index(fields=["brand", "opened_at"], name="watch_concern_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.opened_at}"


class Disruption(Owned):
    """One trouble of many parcels at once: a carrier, a service, a region, a hub, everything; or of the news itself.

    `kind` is its class, `part` and `scope` the series that it was found on (`hub`, `dhl|Leipzig`). `slow` is how much
    of the usual progress is made. Its parcels share it: whoever is in its scope is told of it once.
    """

    kind = models.CharField(max_length=16)
    part = models.CharField(max_length=10)
    scope = models.CharField(max_length=200, blank=True, default="")
    began = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    all_clear_at = models.DateTimeField(null=True)  # when those who were told had been told of its end, too
    slow = models.FloatField()
    observed = models.FloatField()
    expected = models.FloatField()
    statistic = models.FloatField()
    limit = models.FloatField()
    parcels = models.PositiveIntegerField(default=0)  # in its scope when it was looked at last

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "kind", "part", "scope"],
                name="watch_disruption_open_once",
                condition=Q(closed_at=None),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "opened_at"], name="watch_disruption_recent"),
            models.Index(fields=["brand", "closed_at"], name="watch_disruption_untold", condition=Q(all_clear_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} since {self.began}"


class Progress(Owned):
    """What one series of parcels did on one finished day, and what its chart made of it. Worked out anew each day."""

    part = models.CharField(max_length=10)
    scope = models.CharField(max_length=200, blank=True, default="")
    on = models.DateField()
    observed = models.FloatField()
    expected = models.FloatField()  # when all is well
    statistic = models.FloatField()
    limit = models.FloatField()
    alarm = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "part", "scope", "on"], name="watch_progress_once")
        ]
        indexes: ClassVar = [models.Index(fields=["brand", "on"], name="watch_progress_day")]

    def __str__(self) -> str:
        return f"{self.scope} on {self.on}"

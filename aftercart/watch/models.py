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

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned
from aftercart.outreach.experiments.models import Experiment, Exposure

__all__ = ["Decision", "Experiment", "Exposure"]

DECISION_COLUMNS = ("id", "brand_id", "concern_id", "order_id", "kind", "spoken", "reason", "at", "outgoing_id")


class Decision(Owned):
    """Whether we spoke about a concern, and why or why not. Id: that of the concern's episode and kind of notice."""

    concern_id = models.UUIDField()
    order_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    spoken = models.BooleanField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    outgoing_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "concern_id", "kind"], name="outreach_decision_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="outreach_decision_order"),
            models.Index(fields=["brand", "at"], name="outreach_decision_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'spoken' if self.spoken else 'silent'}, {self.reason}"

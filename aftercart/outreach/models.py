from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned
from aftercart.outreach.alerts.models import Alert
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.outreach.corrections.models import Correction
from aftercart.outreach.experiments.models import Experiment, Exposure
from aftercart.outreach.gestures.models import Budget, Gesture
from aftercart.outreach.questions.models import Answer

__all__ = [
    "Alert",
    "Answer",
    "Budget",
    "Correction",
    "Decision",
    "Experiment",
    "Exposure",
    "Gesture",
    "Hold",
    "MachineAnswer",
]


class Decision(Owned):
    """Whether we spoke on an occasion, and why or why not. Id: that of its episode and kind of notice.

    The episode is a concern, or of a milestone the order or parcel itself. `waits_until`, in the brand's time: decided
    again then; null: decided for good.
    """

    concern_id = models.UUIDField()
    order_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    spoken = models.BooleanField()
    reason = models.CharField(max_length=200)
    channel = models.CharField(max_length=20, blank=True, default="")
    since = models.DateTimeField(null=True)  # when the occasion arose; null: as it was decided
    at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)
    held_out = models.BooleanField(default=False)
    outgoing_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "concern_id", "kind"], name="outreach_decision_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="outreach_decision_order"),
            models.Index(fields=["brand", "at"], name="outreach_decision_recent"),
            models.Index(fields=["brand", "customer_id"], name="outreach_decision_held", condition=Q(held_out=True)),
            models.Index(
                fields=["brand", "waits_until"], name="outreach_decision_waits", condition=Q(waits_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'spoken' if self.spoken else 'silent'}, {self.reason}"


class Hold(Owned):
    """That promotions to a customer are held while something worries about an order of theirs."""

    customer_id = models.UUIDField()
    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "customer_id"], name="outreach_hold_once", condition=Q(released_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} since {self.since}"

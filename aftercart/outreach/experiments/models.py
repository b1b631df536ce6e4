from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Experiment(Owned):
    """Some kinds of notice from which a share of the customers is held out, so that their effect can be measured.

    None of it changes while it runs: whoever wants another share stops it and starts another. Without `stopped_at`
    it runs.
    """

    name = models.CharField(max_length=40)
    kinds: models.JSONField[list[str]] = models.JSONField(default=list)
    share = models.FloatField()  # of the customers, held out
    window_days = models.PositiveSmallIntegerField()  # a contact counts within so many of the first exposure
    aim = models.CharField(max_length=10, default="contacts")  # or "again": which figure counts
    key = models.CharField(max_length=64)  # of the hash that says who is held out
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=120)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="outreach_experiment_once"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=0.5), name="outreach_experiment_share"),
        ]

    def __str__(self) -> str:
        return self.name


class Exposure(Owned):
    """We would have spoken to a customer about an order, and did unless `held_out`. Id: experiment, customer, order,
    episode, kind."""

    experiment_id = models.UUIDField()
    customer_id = models.UUIDField()
    order_id = models.UUIDField()
    episode = models.UUIDField()
    kind = models.CharField(max_length=40)
    carrier = models.CharField(max_length=40, blank=True, default="")
    held_out = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # In this order the first exposure of each order is found without sorting.
            models.Index(fields=["brand", "experiment_id", "order_id", "at"], name="outreach_exposure_order"),
            models.Index(fields=["brand", "customer_id"], name="outreach_exposure_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'held out' if self.held_out else 'notified'}"

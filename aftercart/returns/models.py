"""What is known of returns and refunds, folded from facts. Ids are hashes; a parent may come after its children."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Return(Owned):
    """Where one return stands: what `rules.fold` makes of its steps. `order_key` is the shop's own id of its order."""

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    order_key = models.CharField(max_length=120, blank=True, db_default="")
    name = models.CharField(max_length=60, blank=True, db_default="")  # what the customer calls it
    state = models.CharField(max_length=12, blank=True, db_default="")
    asked_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=80, blank=True, db_default="")  # of the parcel that brings it back
    carrier = models.CharField(max_length=80, blank=True, db_default="")
    missing = models.BooleanField(db_default=False)  # something that should have come back was not in it
    lines: models.JSONField[list[str]] = models.JSONField(db_default=[])  # the order's lines, by their external ids

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_key"], name="returns_return_order"),
            models.Index(fields=["brand", "state"], name="returns_return_awaited", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Step(Owned):
    """One thing that was told of a return. A set: its id is a hash of what was told."""

    return_id = models.UUIDField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)  # changed, label, goods
    word = models.CharField(
        max_length=80, blank=True, db_default=""
    )  # the source's: of a step, or of what became of goods
    order_key = models.CharField(max_length=120, blank=True, db_default="")
    name = models.CharField(max_length=60, blank=True, db_default="")
    number = models.CharField(max_length=80, blank=True, db_default="")
    carrier = models.CharField(max_length=80, blank=True, db_default="")
    lines: models.JSONField[list[str]] = models.JSONField(db_default=[])

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "return_id"], name="returns_step_return")]

    def __str__(self) -> str:
        return f"{self.kind} {self.word}"


class Refund(Owned):
    """Money that a shop sent back. `amount` is 0 where none has left, as far as is known."""

    order_id = models.UUIDField()
    external_id = models.CharField(max_length=120)
    version = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True, db_default="")
    method = models.CharField(max_length=60, blank=True, db_default="")  # the source's word; `rules.method` reads it
    refunded_at = models.DateTimeField()
    lines: models.JSONField[list[str]] = models.JSONField(db_default=[])

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="returns_refund_order"),
            models.Index(fields=["brand", "refunded_at"], name="returns_refund_at"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

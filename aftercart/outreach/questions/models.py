from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Answer(Owned):
    """What a customer said to a question by one tap, and what they added. Id: that of the decision that asked."""

    kind = models.CharField(max_length=40)
    order_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    carrier = models.CharField(max_length=40, blank=True, default="")
    yes = models.BooleanField()
    comment = models.CharField(max_length=1000, blank=True, default="")
    language = models.CharField(max_length=8)
    at = models.DateTimeField()  # when they first answered
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "at"], name="outreach_answer_recent"),
            models.Index(fields=["brand", "order_id"], name="outreach_answer_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {'yes' if self.yes else 'no'}"

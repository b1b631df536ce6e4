from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Alert(Owned):
    """A trouble that the team was told of, as long as it lasts."""

    key = models.CharField(max_length=80)
    what = models.CharField(max_length=300)
    told_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "key"], name="outreach_alert_open", condition=Q(closed_at=None))
        ]
        indexes: ClassVar = [models.Index(fields=["brand", "closed_at"], name="outreach_alert_closed")]

    def __str__(self) -> str:
        return self.what

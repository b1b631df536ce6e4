from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Policy(Owned):
    """One version of one rule of a brand, as data. The newest that is valid counts; none is ever changed."""

    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    body: models.JSONField[dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "kind", "version"], name="policies_policy_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"

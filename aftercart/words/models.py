from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Wording(Owned):
    """A brand's own version of a text. Where there is none, the text that ships with Aftercart is used."""

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "kind", "channel", "language", "version"], name="words_wording_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} v{self.version}"

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Wording(Owned):
    """One version of a brand's own text; none is ever changed, and the newest is in use.

    An empty text means the one that ships with Aftercart, which is also used where there is no version.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    segments = models.PositiveSmallIntegerField(default=1)  # how many an SMS says it may take
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120, blank=True, default="")
    restores = models.PositiveIntegerField(null=True)  # the version that it brings back; 0: the shipped text

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "kind", "channel", "language", "version"], name="words_wording_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} v{self.version}"


class Draft(Owned):
    """What somebody is still writing: one for each kind, channel and language."""

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    segments = models.PositiveSmallIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "kind", "channel", "language"], name="words_draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}, being written"

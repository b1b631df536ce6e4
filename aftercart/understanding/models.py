"""What a brand has taught, the themes that grow in what was not understood, and what a second opinion cost."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned
from aftercart.understanding.folding import LONGEST

LONGEST_LABEL = 60


class Example(Owned):
    """A text and the label that people gave it. Id: the brand's and the text's, so that a text has one label.

    Without addresses and numbers, see `masking`: a model needs none, and nothing here shall tell who wrote.
    """

    CORRECTION, IMPORT, THEME = "correction", "import", "theme"

    text = models.CharField(max_length=LONGEST)
    label = models.CharField(max_length=LONGEST_LABEL)
    language = models.CharField(max_length=8, blank=True, default="")
    source = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "label"], name="understanding_example_label")]

    def __str__(self) -> str:
        return f"{self.label}: {self.text[:60]}"


class Category(Owned):
    """One category of a brand beside the default ones, or a default one that it does without."""

    name = models.CharField(max_length=LONGEST_LABEL)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "name"], name="understanding_category_once")]

    def __str__(self) -> str:
        return self.name


class Lesson(Owned):
    """How often what the brand teaches has changed. Id: mirrored from the brand; the row to lock before it changes.

    A counter and no time: of two changes at once, the one that is committed last may be the one that began first.
    """

    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"v{self.version}"

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
    """How often what a brand teaches has changed. Id: mirrored from the brand; the row to lock before it changes.

    A counter and no time: of two changes at once, the one that is committed last may be the one that began first.
    """

    version = models.PositiveIntegerField(default=0)
    themes_at = models.DateTimeField(null=True)  # when themes were looked for last, in the brand's time

    def __str__(self) -> str:
        return f"v{self.version}"


class Theme(Owned):
    """Something that customers began to write about and nobody understood, as the last look found it."""

    OPEN, DISMISSED, PROMOTED, GONE = "open", "dismissed", "promoted", "gone"

    language = models.CharField(max_length=8, blank=True, default="")
    words: models.JSONField[list[str]] = models.JSONField(default=list)  # that tell it from the rest
    weeks: models.JSONField[list[int]] = models.JSONField(default=list)  # messages a week; the last ends `seen_at`
    growing = models.BooleanField(default=False)  # at the last look
    state = models.CharField(max_length=10, default=OPEN)
    category = models.CharField(max_length=LONGEST_LABEL, blank=True, default="")  # what it became
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "state"], name="understanding_theme_state")]

    def __str__(self) -> str:
        return ", ".join(self.words)


class ThemeMember(Owned):
    """A message of a theme; `place` 0 is the most typical. Id: mirrored from theme and message."""

    theme_id = models.UUIDField()
    message_id = models.UUIDField()
    place = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "theme_id", "place"], name="understanding_theme_member")]

    def __str__(self) -> str:
        return f"{self.message_id} in {self.theme_id}"


class Question(Owned):
    """One question to a model outside, and what it cost. Nothing of what was asked or said is here."""

    at = models.DateTimeField()  # machine time
    model = models.CharField(max_length=120)
    texts = models.PositiveSmallIntegerField()
    answered = models.PositiveSmallIntegerField()
    fault = models.CharField(max_length=120, blank=True, default="")
    milliseconds = models.PositiveIntegerField()
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "at"], name="understanding_question_at")]

    def __str__(self) -> str:
        return f"{self.texts} texts at {self.at}"

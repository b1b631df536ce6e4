from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class WrongGuesses(models.Model):
    """Short links tried from an address that are none of ours. Of no brand: nobody has said which. Id: a keyed hash of
    address and hour."""

    id = models.UUIDField(primary_key=True, editable=False)
    hour = models.DateTimeField()  # machine time
    count = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["hour"], name="selfservice_guesses_hour")]

    def __str__(self) -> str:
        return f"{self.count} at {self.hour}"


class Attempt(Owned):
    """How often an address or an order number was tried in an hour of machine time. `key` is a keyed hash."""

    key = models.CharField(max_length=40)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "key", "hour"], name="selfservice_attempt_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["brand", "hour"], name="selfservice_attempt_hour")]

    def __str__(self) -> str:
        return f"{self.count} at {self.hour}"

"""What is asked for, and of whom. All times are the machine's: carriers have a clock of their own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Poll(Owned):
    """A tracking number that a carrier is asked for. Id: brand, source and number. `due_at` is null when it is over."""

    source = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=64, blank=True, db_default="")  # hash of the last one, so that no news is none
    turn = models.PositiveIntegerField(db_default=0)  # how many different answers came
    failures = models.PositiveSmallIntegerField(db_default=0)  # in a row, of this number alone
    error = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            # The sweep's, over all brands.
            models.Index(fields=["due_at"], name="orders_poll_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["brand", "source", "due_at"], name="orders_poll_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class CarrierLine(Owned):
    """A brand's line to a carrier: its pace, and how it stands. Id: brand and source."""

    source = models.CharField(max_length=40)
    sandbox = models.BooleanField(db_default=False)
    per_hour = models.PositiveIntegerField(null=True)  # what the carrier grants, where it is not its usual pace
    tokens = models.FloatField()
    filled_at = models.DateTimeField()
    closed_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(db_default=0)  # in a row, of the whole line
    refused_at = models.DateTimeField(null=True)  # since when our credentials are refused
    error = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "source"], name="orders_line_once")]

    def __str__(self) -> str:
        return self.source

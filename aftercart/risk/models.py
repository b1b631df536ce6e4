from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Contact(Owned):
    """That somebody wrote or called: when, by which channel, who, about which order. What they said is not here.

    Partitioned by month. Who it was is settled when it is read, for their order may become known later: `customer_id`
    is the shop's own, `identity_id` that of the address in `people`, `order_key` the order's number as it is compared.
    """

    at = models.DateTimeField()
    channel = models.CharField(max_length=40)
    category = models.CharField(max_length=60, blank=True, db_default="")
    customer_id = models.UUIDField(null=True)
    identity_id = models.UUIDField(null=True)
    order_key = models.CharField(max_length=60, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "customer_id", "at"], name="risk_contact_customer"),
            models.Index(fields=["brand", "identity_id", "at"], name="risk_contact_identity"),
            models.Index(fields=["brand", "order_key", "at"], name="risk_contact_order"),
            models.Index(fields=["brand", "at"], name="risk_contact_at"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} at {self.at}"


class Morning(Owned):
    """How an order with an open concern stood on one of the brand's days: what its contacts are learned from.

    Written as it was seen, so that nothing that became known later can slip in. Id: the order's and the day.
    """

    order_id = models.UUIDField()
    day = models.DateField()
    taken_at = models.DateTimeField()
    kind = models.CharField(max_length=24)
    age = models.PositiveSmallIntegerField()
    late = models.SmallIntegerField(null=True)
    danger = models.BooleanField()
    silent = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=24, blank=True, default="")
    looks = models.PositiveSmallIntegerField()
    contacts = models.PositiveSmallIntegerField()
    told = models.PositiveSmallIntegerField(null=True)
    weekday = models.PositiveSmallIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "day"], name="risk_morning_day")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}"


class Lesson(Owned):
    """One version of what the brand's own contacts taught: the whole table, never changed."""

    version = models.PositiveIntegerField()
    day = models.DateField()  # the brand's, on which it was learned
    learned_at = models.DateTimeField()
    table: models.JSONField[dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "version"], name="risk_lesson_version")]

    def __str__(self) -> str:
        return f"v{self.version} of {self.day}"


class Assessment(Owned):
    """What an open concern may cost, and why. Id: the concern's; it goes when the concern closes.

    Chances and amounts are those of the order: a customer with two concerns about one order writes about both. Amounts
    are minor units; `worth` is their sum in one unit for all currencies, to order by.
    """

    order_id = models.UUIDField()
    in_1_day = models.FloatField()
    in_3_days = models.FloatField()
    in_7_days = models.FloatField()
    currency = models.CharField(max_length=3)
    contact_cost = models.BigIntegerField()
    refund_cost = models.BigIntegerField()
    future_cost = models.BigIntegerField()
    worth = models.FloatField()
    reasons: models.JSONField[list[list[object]]] = models.JSONField(default=list)
    factors: models.JSONField[list[list[object]]] = models.JSONField(default=list)  # [factor, level, odds]
    version = models.PositiveIntegerField()  # of the lesson; 0: the prior
    assessed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="risk_assessment_order"),
            models.Index(fields=["brand", "worth"], name="risk_assessment_worth"),
        ]

    def __str__(self) -> str:
        return f"{self.expected} {self.currency}"

    @property
    def expected(self) -> int:
        return self.contact_cost + self.refund_cost + self.future_cost

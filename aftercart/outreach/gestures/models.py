from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Gesture(Owned):
    """Whether something is given for one episode of a worry, what, and why or why not. Id: the concern's, mirrored.

    `looks_at`, in the brand's time: decided (again) then; null: decided for good. `cost` is taken from the budget of
    `month` while it is owed or granted: minor units of `currency`, as `amount`.
    """

    WAITING, NO, HELD_OUT, OWED, GRANTED, REFUSED = "waiting", "no", "held out", "owed", "granted", "refused"
    GIVEN = (HELD_OUT, OWED, GRANTED)  # or would have been
    PAID = (OWED, GRANTED)

    concern_id = models.UUIDField()
    order_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)  # of the worry
    state = models.CharField(max_length=10, default=WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    since = models.DateTimeField()  # when it began to worry
    at = models.DateTimeField()
    looks_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=40, blank=True, default="")
    gift = models.CharField(max_length=10, blank=True, default="")
    points = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    cost = models.BigIntegerField(default=0)
    until = models.DateField(null=True)
    month = models.DateField(null=True)
    given_on = models.DateField(null=True)  # the brand's day
    outgoing_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "concern_id"], name="outreach_gesture_once"),
            models.UniqueConstraint(
                fields=["brand", "order_id"],
                name="outreach_gesture_one_an_order",
                condition=Q(state__in=["held out", "owed", "granted"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["brand", "looks_at"], name="outreach_gesture_due", condition=Q(looks_at__isnull=False)
            ),
            models.Index(fields=["brand", "outgoing_id"], name="outreach_gesture_owed", condition=Q(state="owed")),
            models.Index(fields=["brand", "customer_id", "given_on"], name="outreach_gesture_customer"),
            models.Index(fields=["brand", "order_id"], name="outreach_gesture_order"),
            models.Index(fields=["brand", "at"], name="outreach_gesture_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}, {self.reason}"


class Budget(Owned):
    """What the gestures of one calendar month of the brand have cost so far. Id: mirrored from month and currency."""

    month = models.DateField()
    currency = models.CharField(max_length=3)
    spent = models.BigIntegerField()

    class Meta:
        db_table = "outreach_gesture_budget"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "month", "currency"], name="outreach_gesture_budget_once"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="outreach_gesture_budget_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.spent} {self.currency}"

"""Everything that leaves. A row is owed once; it ends sent, parked with a reason, or cancelled with a reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Outgoing(Owned):
    DUE, SENDING, SENT, PARKED, CANCELLED = "due", "sending", "sent", "parked", "cancelled"

    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    customer_id = models.UUIDField()
    episode = models.UUIDField()  # what it is about: the concern, in most cases
    state = models.CharField(max_length=10, default=DUE)
    reason = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # machine time: when a sender may take it (again)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "customer_id", "kind", "episode"], name="outbox_once_per_episode")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outbox_due", condition=Q(state="due")),
            models.Index(fields=["lease_until"], name="outbox_leased", condition=Q(state="sending")),
            models.Index(fields=["brand", "state", "id"], name="outbox_state"),
            models.Index(fields=["brand", "episode"], name="outbox_episode"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.state}"


class OutgoingBody(Owned):
    """The words and the address of an outgoing row, apart from its state so that they can be blanked. Same id."""

    person_id = models.UUIDField()
    address = models.CharField(max_length=320)
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    language = models.CharField(max_length=8, default="en")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "person_id"], name="outbox_body_person")]

    def __str__(self) -> str:
        return self.subject

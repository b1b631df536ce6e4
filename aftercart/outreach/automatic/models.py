from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned
from aftercart.plumbing import ids


class MachineAnswer(Owned):
    """Whether a machine answered a message that opened a ticket, and why not where it did not. Id: `id_of` the message.

    Its ticket is that of the message.
    """

    message_id = models.UUIDField()
    customer_id = models.UUIDField()
    category = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()  # the brand's time
    answered = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)  # why a person answers
    reply_id = models.UUIDField(null=True)  # the message that answers
    facts: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)  # on which the answer rests
    closes_at = models.DateTimeField(null=True)  # the brand's time: the ticket is resolved unless they write

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "at"], name="outreach_machine_at", condition=Q(answered=True)),
            models.Index(fields=["brand", "customer_id"], name="outreach_machine_whom", condition=Q(answered=True)),
            models.Index(
                fields=["brand", "closes_at"], name="outreach_machine_closes", condition=Q(closes_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return "answered" if self.answered else self.reason


def id_of(message_id: object) -> Any:
    return ids.mirrored(str(message_id), "answered by machine")

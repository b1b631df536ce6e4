from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned


class Conversation(Owned):
    """Whether somebody still looks at their chat, and where an answer goes if not. Id: the conversation's.

    What was said is not here: those are messages of tickets. A conversation that nobody watches yet has no row.
    """

    seen_at = models.DateTimeField()  # business time: when a page last had it open
    email = models.CharField(max_length=254, blank=True, db_default="")
    language = models.CharField(max_length=8, blank=True, db_default="")
    mailed_until = models.DateTimeField(null=True)  # answers up to here went by mail too

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "seen_at"], name="chat_conversation_left", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.id.hex

"""The mailboxes of a brand: where its mail comes in, and how far it has been taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Mailbox(Owned):
    """One way in for mail. `way`: imap, lmtp, or the kind of the source that brings it. All times are the machine's."""

    IMAP, LMTP = "imap", "lmtp"

    name = models.CharField(max_length=80)
    way = models.CharField(max_length=20)
    # Ours, in lower case: mail to them, or to them with something behind a plus, is for this brand.
    addresses: models.JSONField[list[str]] = models.JSONField(default=list)
    # How the receiving server signs its Authentication-Results; '': nobody's verdict about a sender is believed.
    authserv_id = models.CharField(max_length=200, blank=True, default="")
    settings: models.JSONField[dict[str, str]] = models.JSONField(default=dict)  # secrets among them: never shown
    enabled = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    since = models.DateTimeField()  # what the server received before that is left where it is

    # Of an IMAP folder: what its numbers belong to, and the last of them that was taken. They are written in the
    # transaction that stores the mails.
    validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(default=0)
    # The mail at which its server broke the line last, and how often in a row.
    stuck_at = models.BigIntegerField(null=True)
    stuck = models.PositiveSmallIntegerField(default=0)
    # Who fetches, and until when nobody else does.
    leased_by = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)  # when it was last seen that nothing more is there
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    closed_until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # since when our credentials are refused
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "name"], name="intake_mailbox_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.way})"

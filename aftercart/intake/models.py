"""The inbox. What arrived is kept raw and apart from its state, so that bodies can be blanked and months dropped."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned
from aftercart.intake.mailboxes.models import Mailbox

__all__ = ["Delivery", "DeliveryPerson", "Fault", "Mailbox", "Payload", "Seen", "UnknownWord"]


class Seen(Owned):
    """What makes a delivery the same one again. Its id is the delivery's. Not partitioned: a unique key cannot span."""

    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)  # the sender's own id of the delivery, or the content hash
    content = models.CharField(max_length=64)  # hash of topic and body

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "source", "key"], name="intake_seen_key"),
            models.UniqueConstraint(fields=["brand", "source", "content"], name="intake_seen_content"),
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(Owned):
    """One thing that the outside delivered, and how far we have got with it. Partitioned by month."""

    WAITING, APPLIED, QUARANTINED = "waiting", "applied", "quarantined"

    source = models.CharField(max_length=40)
    topic = models.CharField(max_length=80, blank=True, db_default="")
    state = models.CharField(max_length=12, db_default=WAITING)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    facts = models.PositiveIntegerField(db_default=0)
    unplaced = models.PositiveIntegerField(db_default=0)  # facts whose stage does not exist yet: replay when it does
    error = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            # The drain's: oldest first over all brands, so it does not lead with the brand.
            models.Index(fields=["id"], name="intake_delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["brand", "state", "id"], name="intake_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.topic} {self.state}"


class Payload(Owned):
    """The bytes of a delivery, with the headers that its reading needs. Same id. Partitioned by month."""

    headers: models.JSONField[dict[str, str]] = models.JSONField(db_default={})
    body = models.BinaryField()
    sealed = models.BooleanField(db_default=False)  # `body` opens by intake.sealed only

    class Meta:
        indexes: ClassVar = []

    def __str__(self) -> str:
        return str(self.id)


class Fault(Owned):
    """Why a delivery is in quarantine."""

    delivery_id = models.UUIDField()
    at = models.DateTimeField()
    error = models.CharField(max_length=300)
    traceback = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "delivery_id"], name="intake_fault_delivery")]

    def __str__(self) -> str:
        return self.error


class DeliveryPerson(Owned):
    """Whose personal data a delivery holds, so that erasing a person finds the bytes. Id: both hashed."""

    delivery_id = models.UUIDField()
    person_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "person_id"], name="intake_person_deliveries")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.delivery_id}"


class UnknownWord(Owned):
    """A word of a source that we could not translate: counted, never guessed. Id: brand, source, where and what."""

    source = models.CharField(max_length=40)
    where = models.CharField(max_length=120)
    what = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "-last_at"], name="intake_unknown_recent")]

    def __str__(self) -> str:
        return f"{self.source}: {self.what}"

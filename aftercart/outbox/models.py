"""Everything that leaves. A row is owed once; it ends sent, or parked, cancelled or void with a reason."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned
from aftercart.intake.sealed import opened


class Outgoing(Owned):
    DUE, SENDING, SENT, PARKED, CANCELLED = "due", "sending", "sent", "parked", "cancelled"
    VOID = "void"  # it never left; whether and what to say in its place was decided again

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
    # By the brand's time: when it may leave, as `plumbing.hours` writes spans; none: at any hour.
    hours: models.JSONField[list[Any]] = models.JSONField(default=list)
    # By the brand's time: what it says may be true no longer after that; null: it holds however late it leaves.
    true_until = models.DateTimeField(null=True)
    # What a consent is about; what nobody can refuse, because they asked for it, is "asked".
    purpose = models.CharField(max_length=20, default="service")
    address_hash = models.CharField(max_length=64, blank=True, default="")
    line_id = models.UUIDField(null=True)  # through which line it was handed over last
    provider_id = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=20, blank=True, default="")  # the gravest that its provider told, see facts
    outcome_at = models.DateTimeField(null=True)  # as the provider says
    outcome_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "customer_id", "kind", "episode"],
                name="outbox_once_per_episode",
                condition=~Q(state="void"),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outbox_due", condition=Q(state="due")),
            models.Index(fields=["lease_until"], name="outbox_leased", condition=Q(state="sending")),
            models.Index(fields=["brand", "state", "id"], name="outbox_state"),
            models.Index(fields=["brand", "episode"], name="outbox_episode"),
            models.Index(fields=["brand", "provider_id"], name="outbox_provider_id", condition=~Q(provider_id="")),
            models.Index(fields=["brand", "message_id"], name="outbox_message_id"),
            models.Index(
                fields=["brand", "address_hash", "created_at"], name="outbox_answers", condition=Q(kind="answer")
            ),
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
    about: models.JSONField[dict[str, str]] = models.JSONField(default=dict, db_default={})  # see sending.Message
    # An approved text that is sent in place of ours: the provider's name of it, and what fills it.
    template = models.CharField(max_length=64, blank=True, default="")
    variables: models.JSONField[list[str]] = models.JSONField(default=list)
    # Of what is told to a system and not to a person: what it is to do.
    task: models.JSONField[dict[str, object]] = models.JSONField(default=dict)
    mail: models.JSONField[dict[str, str]] = models.JSONField(default=dict, db_default={})  # see sending.Message

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "person_id"], name="outbox_body_person")]

    def __str__(self) -> str:
        return self.subject


class OutgoingFile(Owned):
    """A file that goes with an outgoing message, sealed."""

    outgoing_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=100, blank=True, default="")
    content = models.BinaryField()
    sealed = models.BooleanField(db_default=False)  # False: of before files were sealed

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "outgoing_id"], name="outbox_file_of")]

    def __str__(self) -> str:
        return self.name

    @property
    def plain(self) -> bytes:
        """What goes out. Raises SealError."""
        return opened(self.brand_id, bytes(self.content)) if self.sealed else bytes(self.content)


class Line(Owned):
    """One way out of a brand: a channel, who takes its messages there, and how that has gone lately.

    Of the lines of a channel the first by `position` takes a message, if its breaker is closed and its rate allows.
    """

    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    settings: models.JSONField[dict[str, str]] = models.JSONField(default=dict)  # secrets among them: never shown
    position = models.PositiveSmallIntegerField(default=0)
    per_minute = models.PositiveIntegerField(null=True)  # null: as fast as it goes
    enabled = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    # All that follows is machine time.
    free_at = models.DateTimeField(null=True)  # when its rate would be used up to the last message
    failures = models.PositiveSmallIntegerField(default=0)  # one after the other
    open_until = models.DateTimeField(null=True)  # the breaker: until then nothing is handed over
    error = models.CharField(max_length=300, blank=True, default="")  # the last trouble, while it lasts

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "channel", "name"], name="outbox_line_once")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.name} ({self.provider})"


class Reach(Owned):
    """What reports say of an address, by its hash: when a message last came back for good, when one last arrived.

    Id: mirrored from brand, channel and hash.
    """

    channel = models.CharField(max_length=20)
    address_hash = models.CharField(max_length=64)
    failed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, db_default="")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "address_hash"], name="outbox_reach_address")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.why or 'reached'}"

"""Messages, and the tickets that they are folded into.

A ticket is what `rules.fold` makes of the messages and the acts of one circle of customers; its row is a copy of that
for lists, with what people set beside it. Messages and their bodies are partitioned by month.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from aftercart.brands.models import Owned
from aftercart.intake.sealed import opened


class Ticket(Owned):
    """One problem of one customer. Id: of the first message that was stored of it."""

    OPEN, WAITING, SNOOZED, RESOLVED, GONE = "open", "waiting", "snoozed", "resolved", "gone"

    number = models.BigIntegerField()
    customer_id = models.UUIDField()
    order_id = models.UUIDField(null=True)
    return_id = models.UUIDField(null=True)
    cause = models.CharField(max_length=60, blank=True, db_default="")  # a category of the brand's, '' while unknown
    concern_id = models.UUIDField(null=True)
    disruption_id = models.UUIDField(null=True)
    # open: we are to act; waiting: the customer is; gone: its messages are another's now, `became_id`.
    state = models.CharField(max_length=10, db_default=OPEN)
    became_id = models.UUIDField(null=True)
    follows_id = models.UUIDField(null=True)  # the same problem, resolved too long ago to be opened again
    title = models.CharField(max_length=200, blank=True, db_default="")
    snippet = models.CharField(max_length=200, blank=True, db_default="")  # how the last message begins
    who = models.CharField(max_length=200, blank=True, db_default="")
    language = models.CharField(max_length=8, blank=True, db_default="")
    channel = models.CharField(max_length=40, blank=True, db_default="")  # of the last message from the customer
    public = models.BooleanField(db_default=False)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_in_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)  # since when the customer has had no answer
    resolved_at = models.DateTimeField(null=True)
    messages = models.PositiveIntegerField(db_default=0)
    contacts = models.PositiveSmallIntegerField(db_default=0)
    repeats = models.PositiveSmallIntegerField(db_default=0)
    signals: models.Field[list[str], list[str]] = ArrayField(models.CharField(max_length=40), db_default=[])
    why: models.JSONField[list[dict[str, Any]]] = models.JSONField(db_default=[])  # what brought these together
    # What people set. No fold changes it.
    assignee_id = models.IntegerField(null=True)
    tags: models.Field[list[str], list[str]] = ArrayField(models.CharField(max_length=40), db_default=[])
    snoozed_until = models.DateTimeField(null=True)
    wakes_on = models.CharField(max_length=10, blank=True, db_default="")  # also by: reply, scan
    changed_at = models.DateTimeField()  # machine time

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "number"], name="tickets_ticket_number")]
        indexes: ClassVar = [
            models.Index(fields=["brand", "state", "-last_at"], name="tickets_ticket_state"),
            models.Index(fields=["brand", "waiting_since"], name="tickets_ticket_waiting", condition=Q(state="open")),
            models.Index(fields=["brand", "assignee_id", "state", "-last_at"], name="tickets_ticket_assignee"),
            models.Index(fields=["brand", "-last_at"], name="tickets_ticket_last", condition=~Q(state="gone")),
            # The queue of those that wait for what is known already.
            models.Index(
                fields=["brand", "-last_at"],
                name="tickets_ticket_delay",
                condition=Q(state="open") & (Q(concern_id__isnull=False) | Q(disruption_id__isnull=False)),
            ),
            models.Index(fields=["brand", "customer_id"], name="tickets_ticket_customer"),
            models.Index(
                fields=["brand", "order_id"], name="tickets_ticket_order", condition=Q(order_id__isnull=False)
            ),
            models.Index(
                fields=["brand", "order_id"],
                name="tickets_ticket_scan",
                condition=Q(state="snoozed", wakes_on="scan"),
            ),
            models.Index(
                fields=["brand", "snoozed_until"], name="tickets_ticket_snoozed", condition=Q(state="snoozed")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class Message(Owned):
    """One piece of a ticket: what came in, what we answered, what we noted. Partitioned by month."""

    IN, OUT, NOTE = "in", "out", "note"

    ticket_id = models.UUIDField()
    customer_id = models.UUIDField()  # whose circle folds it: who wrote, or whom a reply token named
    direction = models.CharField(max_length=4)
    channel = models.CharField(max_length=40)
    at = models.DateTimeField()
    known_at = models.DateTimeField()  # when we had it: what was resolved before covers nothing that came later
    nature = models.CharField(max_length=12, db_default="person")
    category = models.CharField(max_length=60, blank=True, db_default="")  # as understood; '': abstained
    confidence = models.FloatField(db_default=0.0)
    language = models.CharField(max_length=8, blank=True, db_default="")
    order_id = models.UUIDField(null=True)
    order_how = models.CharField(max_length=20, blank=True, db_default="")  # named, likely …
    return_id = models.UUIDField(null=True)
    keys: models.Field[list[Any], list[Any]] = ArrayField(models.UUIDField(), db_default=[])  # what others may answer
    answers: models.Field[list[Any], list[Any]] = ArrayField(models.UUIDField(), db_default=[])  # keys, nearest first
    pleasant = models.BooleanField(db_default=False)  # says thanks, and nothing that waits for an answer
    asks = models.BooleanField(db_default=False)  # of ours: the customer is to answer
    public = models.BooleanField(db_default=False)
    trust = models.CharField(max_length=8, blank=True, db_default="")  # proven, doubted
    signals: models.Field[list[str], list[str]] = ArrayField(models.CharField(max_length=40), db_default=[])
    author_id = models.IntegerField(null=True)  # of ours: who wrote; null: the system
    outgoing_id = models.UUIDField(null=True)
    delivery_id = models.UUIDField(null=True)
    files = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "customer_id"], name="tickets_message_customer"),
            models.Index(fields=["brand", "ticket_id", "at"], name="tickets_message_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} by {self.channel} at {self.at}"


class Body(Owned):
    """The words of a message and who wrote them, apart from its state so that they can be blanked. Same id."""

    subject = models.CharField(max_length=1000, blank=True, db_default="")
    text = models.TextField(blank=True, db_default="")
    quoted = models.TextField(blank=True, db_default="")
    html = models.TextField(blank=True, db_default="")
    sender = models.CharField(max_length=320, blank=True, db_default="")  # an address or number
    sender_name = models.CharField(max_length=200, blank=True, db_default="")
    handle = models.CharField(max_length=200, blank=True, db_default="")
    sent_to: models.Field[list[str], list[str]] = ArrayField(models.CharField(max_length=320), db_default=[])
    thread = models.CharField(max_length=200, blank=True, db_default="")
    reading: models.JSONField[dict[str, Any]] = models.JSONField(db_default={})
    notes: models.JSONField[list[str]] = models.JSONField(db_default=[])
    call: models.JSONField[dict[str, Any]] = models.JSONField(db_default={})

    class Meta:
        indexes: ClassVar = [
            # What a chat shows of itself, read anew whenever something is said there.
            models.Index(fields=["brand", "thread"], name="tickets_body_thread", condition=~Q(thread="")),
        ]

    def __str__(self) -> str:
        return self.subject or self.text[:60]


class Blob(Owned):
    """The bytes of a file, once for each brand, sealed. Id: mirrored from brand and a keyed hash of the content."""

    content = models.BinaryField()
    size = models.PositiveIntegerField()  # as its sender sent it
    sealed = models.BooleanField(db_default=False)  # False: of before files were sealed

    def __str__(self) -> str:
        return f"{self.size} bytes"

    @property
    def plain(self) -> bytes:
        """What its sender sent. Raises SealError."""
        return opened(self.brand_id, bytes(self.content)) if self.sealed else bytes(self.content)


class File(Owned):
    """A file of a message. Id: mirrored from message and position."""

    message_id = models.UUIDField()
    blob_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=100, blank=True, db_default="")  # what the first bytes are; '' if unknown
    size = models.PositiveIntegerField()
    inline = models.BooleanField(db_default=False)
    content_id = models.CharField(max_length=255, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "message_id"], name="tickets_file_message")]

    def __str__(self) -> str:
        return self.name


class Known(Owned):
    """A message that was stored, by its source's own id, so that it is stored once. Id: mirrored from those."""

    message_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.message_id)


class Early(Owned):
    """A message that may have come before what it is about, and by what it is found when that comes. Id: its own.

    Who says which order they mean, and whose it is by what we know, has none.
    """

    customer_id = models.UUIDField()
    names: models.Field[list[str], list[str]] = ArrayField(models.CharField(max_length=60))  # numbers, as compared
    claimed = models.UUIDField(null=True)  # the address that they say is theirs, by its id among people
    order_number = models.CharField(max_length=60, blank=True, db_default="")  # where the source said it
    category = models.CharField(max_length=60, blank=True, db_default="")  # where the source said it
    answers = models.BooleanField(db_default=False)  # by a token of ours
    heard_at = models.DateTimeField()  # the brand's time
    # Machine time: once more, for what was on its way at the same moment; null: that was done.
    look_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["names"], name="tickets_early_names", fastupdate=False),
            models.Index(fields=["brand", "customer_id"], name="tickets_early_customer"),
            models.Index(fields=["brand", "claimed"], name="tickets_early_claimed", condition=Q(claimed__isnull=False)),
            models.Index(fields=["brand", "heard_at"], name="tickets_early_heard"),
            models.Index(fields=["brand", "look_at"], name="tickets_early_look", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Act(Owned):
    """What a person did to a ticket, said of a message of it, so that it holds whatever the ticket is called later."""

    RESOLVE, REOPEN, MERGE, SPLIT, RELABEL = "resolve", "reopen", "merge", "split", "relabel"
    FOLDED = (RESOLVE, REOPEN, MERGE, SPLIT, RELABEL)
    ASSIGN, TAG, SNOOZE, WAKE, UNDO = "assign", "tag", "snooze", "wake", "undo"

    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    by_id = models.IntegerField(null=True)  # null: the system
    about = models.UUIDField()  # a message of the ticket
    other = models.UUIDField(null=True)  # a message of the ticket that is merged into it
    parties: models.Field[list[Any], list[Any]] = ArrayField(models.UUIDField())  # whose messages it binds
    detail: models.JSONField[dict[str, Any]] = models.JSONField(db_default={})
    undone_at = models.DateTimeField(null=True)
    undone_by = models.IntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["parties"], name="tickets_act_parties", fastupdate=False),
            models.Index(fields=["brand", "about"], name="tickets_act_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Search(Owned):
    """The words of a ticket, folded, to be found by. Same id as the ticket."""

    FORM = 1  # how words are cut today (`pairs`)

    last_at = models.DateTimeField()
    words = SearchVectorField()
    form = models.PositiveSmallIntegerField(db_default=0)  # how they were cut

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "-last_at"], name="tickets_search_last"),
            GinIndex(fields=["words"], name="tickets_search_words"),
            models.Index(fields=["brand", "id"], name="tickets_search_outdated", condition=Q(form=0)),
        ]

    def __str__(self) -> str:
        return str(self.id)

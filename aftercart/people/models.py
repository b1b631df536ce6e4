from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned


class Customer(Owned):
    """One customer of a brand. Id: mirrored from the shop's id or e-mail.

    An order may tell less of a customer than their account does, so each part keeps the version that last told it.
    """

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120, blank=True, db_default="")
    version = models.UUIDField()
    name = models.CharField(max_length=200, blank=True, db_default="")
    email = models.CharField(max_length=320, blank=True, db_default="")
    phone = models.CharField(max_length=40, blank=True, db_default="")
    locale = models.CharField(max_length=20, blank=True, db_default="")
    name_version = models.UUIDField(null=True)
    email_version = models.UUIDField(null=True)
    phone_version = models.UUIDField(null=True)
    locale_version = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "email"], name="people_customer_email")]

    def __str__(self) -> str:
        return self.name or self.email or str(self.id)


class Identity(Owned):
    """An address, phone number or shop id by which a customer is known, and how we know. Id: brand, kind, value."""

    customer_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=320)
    proof = models.CharField(max_length=40)  # where the link comes from: "order", "shop account" …

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "kind", "value"], name="people_identity_value"),
            models.Index(fields=["brand", "customer_id"], name="people_identity_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Join(Owned):
    """A proof that two customers are one person. Whether it counts is decided as it is read: `people.circles`.

    `customer_id` is who is known; `other_id` an address, number, handle or conversation, or, by hand, another customer.
    Id: mirrored from what is proven. Of several proofs of the same the first of the strongest is kept.
    """

    customer_id = models.UUIDField()
    other_id = models.UUIDField()
    way = models.CharField(max_length=12)  # what `other_id` is: people.circles
    proof = models.CharField(max_length=20)
    version = models.UUIDField()  # led by when it was proven
    evidence: models.JSONField[dict[str, str]] = models.JSONField(db_default={})
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True, db_default="")
    undone_why = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "customer_id"], name="people_join_customer"),
            models.Index(fields=["brand", "other_id"], name="people_join_other"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} is {self.other_id}: {self.proof}"


class Consent(Owned):
    """What the holder of an address agreed to. Keyed by a hash of the address, so that it survives erasure."""

    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20, default="service")
    granted = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "address_hash", "channel", "purpose"], name="people_consent_per_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}: {'yes' if self.granted else 'no'}"


class Preference(Owned):
    """By which channel a customer rather hears from us. Id: mirrored from brand and customer."""

    customer_id = models.UUIDField()
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.channel


class Heard(Owned):
    """When the holder of an address last wrote to us there. Id: mirrored from brand, channel and hash."""

    channel = models.CharField(max_length=20)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel} at {self.at}"


class ShortLink(Owned):
    """A code that stands for the link to an order's page in messages by a channel. Id: mirrored from the code."""

    order_id = models.UUIDField()
    channel = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    given_at = models.DateTimeField()  # machine time: when it was last put into a message

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "order_id", "channel"], name="people_shortlink_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.order_id}"


class PageVisit(Owned):
    """A customer looked at a page of an order. Partitioned by month."""

    order_id = models.UUIDField()
    surface = models.CharField(max_length=20)
    visitor = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "order_id", "at"], name="people_visits_of_order")]

    def __str__(self) -> str:
        return f"{self.surface} at {self.at}"

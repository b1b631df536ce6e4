from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from aftercart.plumbing import ids


class Brand(models.Model):
    """A shop that sells under one name. The root of every row."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    accent = models.CharField(max_length=7, default="#2f5d50")
    website = models.URLField(blank=True, default="")
    help_email = models.EmailField(blank=True, default="")
    from_email = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=8, default="en")
    # Nothing is said about worries older than this: a brand that imports its history must not mail it.
    speaks_since = models.DateTimeField(null=True, blank=True)
    clock_business = models.DateTimeField(null=True, blank=True)
    clock_machine = models.DateTimeField(null=True, blank=True)
    clock_rate = models.FloatField(default=1.0)

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """A row of a brand, with an id of our own making."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    # No constraint in the database: its check would lock the one brand row for every row that every worker writes.
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    brand_id: uuid.UUID

    class Meta:
        abstract = True


class Source(Owned):
    """A system of the outside that may write to this brand's inbox, with the secrets that prove it."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80, default="main")
    # Newest first. Two are valid while a secret is being rotated.
    secrets: models.JSONField[list[str]] = models.JSONField(default=list)
    # What it takes to ask them for what they keep, by its name: keys of theirs.
    settings: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    # Part of the address; for senders that cannot sign it is the only secret.
    token = models.CharField(max_length=64)
    # What the sender's signature does not cover but must match (Shopify: the shop's domain).
    bound_to = models.CharField(max_length=200, blank=True, default="")
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "kind", "name"], name="brands_source_once"),
            models.UniqueConstraint(fields=["brand", "token"], name="brands_source_token"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.name})"


class Member(Owned):
    """Somebody on the staff of a brand."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(max_length=20, default="operations")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "user"], name="brands_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.brand_id}"


class AuditEntry(Owned):
    """Who did what, when: append-only, with no personal data but keyed hashes."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail: models.JSONField[dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand", "at"], name="brands_audit_at"),
            models.Index(fields=["brand", "subject"], name="brands_audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"


class CalendarEntry(Owned):
    """One entry of the brand's one calendar: a stretch of days on which orders or parcels fare otherwise.

    `begins`–`ends` are days of the brand, both included; no end: until further notice. Blank fields mean "all". Nothing
    is deleted: what no longer holds is ended.
    """

    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    begins = models.DateField()
    ends = models.DateField(null=True)
    sku = models.CharField(max_length=120, blank=True, default="")  # ends in *: all that begin so
    country = models.CharField(max_length=2, blank=True, default="")
    region = models.CharField(max_length=120, blank=True, default="")
    carrier = models.CharField(max_length=40, blank=True, default="")
    service = models.CharField(max_length=120, blank=True, default="")
    ships_from = models.DateField(null=True)
    handling_days = models.PositiveSmallIntegerField(default=0)
    transit_days = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True, default="")  # the brand's own words, which customers may read
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "begins"], name="brands_calendar_begins")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class Storefront(Owned):
    """A public key with which a shop's own pages may ask for delivery dates, from the origins named and no other."""

    name = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    origins: models.JSONField[list[str]] = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=120)  # questions from one address
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "key"], name="brands_storefront_key"),
            models.UniqueConstraint(
                fields=["brand", "name"], name="brands_storefront_once", condition=models.Q(revoked_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

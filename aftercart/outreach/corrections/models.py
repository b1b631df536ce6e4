from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftercart.brands.models import Owned
from aftercart.outreach.corrections.rules import Given


class Correction(Owned):
    """What a customer told the courier about where a parcel goes. Each change is a version of its own: none is lost.

    Id: mirrored from parcel and version. `at`, `handled_at`: the brand's time. All that names a person can be blanked.
    """

    order_id = models.UUIDField()
    parcel_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=500, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    note = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    outgoing_id = models.UUIDField()  # how the brand was told
    handled_at = models.DateTimeField(null=True)  # when somebody passed it on
    handled_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "parcel_id", "version"], name="outreach_correction_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand", "order_id"], name="outreach_correction_order"),
            models.Index(fields=["brand", "person_id"], name="outreach_correction_person"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id}, version {self.version}"

    @property
    def lines(self) -> list[str]:
        """All of it, to be read."""
        town = f"{self.postal_code} {self.city}".strip()
        return [one for one in (self.name, *self.street.splitlines(), town, self.country, self.phone, self.note) if one]

    @property
    def given(self) -> Given:
        return Given(
            name=self.name,
            street=self.street,
            postal_code=self.postal_code,
            city=self.city,
            note=self.note,
            phone=self.phone,
        )

"""A brand's lines to carriers: opening one, taking a permit to ask, and writing down how it went."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from aftercart.brands import services as brands
from aftercart.brands.models import Brand, Source
from aftercart.connectors.asking import Pace, Tracker
from aftercart.connectors.faults import Trouble
from aftercart.connectors.registry import TRACKERS
from aftercart.orders.polling.models import CarrierLine, Poll
from aftercart.orders.polling.rules import AFTER_REFUSAL, Bucket, pause
from aftercart.plumbing import clock, ids

_SECRETS = msgspec.json.Decoder(dict[str, str])
LONGEST_ERROR = 200


@dataclass(frozen=True)
class Line:
    """An open line as the asker needs it. Its secrets never show."""

    brand_id: UUID
    source: str
    secrets: dict[str, str] = field(repr=False)
    sandbox: bool
    per_hour: int | None

    @property
    def id(self) -> UUID:
        return line_id(self.brand_id, self.source)

    @cached_property
    def tracker(self) -> Tracker:
        return TRACKERS[self.source]

    @property
    def host(self) -> str:
        return settings.CARRIER_HOST or (self.tracker.SANDBOX if self.sandbox else self.tracker.HOST)

    @property
    def pace(self) -> Pace:
        usual = self.tracker.PACE
        if self.per_hour is None:
            return usual
        return Pace(per_second=self.per_hour / 3600, burst=max(1, min(usual.burst, self.per_hour)))

    def clean(self, text: str) -> str:
        """What may be written down: no carrier's sentence brings a secret back to us."""
        for secret in self.secrets.values():
            text = text.replace(secret, "…") if len(secret) > 3 else text
        return " ".join(text.replace("\0", "").split())[:LONGEST_ERROR]


def line_id(brand_id: UUID, source: str) -> UUID:
    return ids.mirrored(brand_id, "line", source)


def connect(
    brand: Brand, source: str, secrets: dict[str, str], *, sandbox: bool = False, per_hour: int | None = None
) -> None:
    """Begin to ask a carrier, or go on with other credentials: what was refused before is forgotten."""
    brands.connect(brand, source, secret=msgspec.json.encode(secrets).decode())
    now = clock.machine()
    Poll.objects.filter(brand=brand, source=source, due_at__gt=now).update(due_at=now, failures=0)
    CarrierLine.objects.update_or_create(
        id=line_id(brand.id, source),
        defaults={
            "brand": brand, "source": source, "sandbox": sandbox, "per_hour": per_hour, "tokens": 1.0,
            "filled_at": now, "closed_until": None, "failures": 0, "refused_at": None, "error": "",
        },
    )  # fmt: skip


def lines(now: datetime | None = None) -> list[Line]:
    """Every line of every brand; with `now` only those that are open and have something due."""
    found = CarrierLine.objects.order_by("brand_id", "source")
    if now is not None:
        due = Poll.objects.filter(brand=OuterRef("brand"), source=OuterRef("source"), due_at__lte=now)
        found = found.filter(Q(closed_until__isnull=True) | Q(closed_until__lte=now), Exists(due))
    told = {
        (source.brand_id, source.kind): source.secrets
        for source in Source.objects.filter(kind__in=TRACKERS, name="main", enabled=True)
    }
    return [
        Line(row.brand_id, row.source, _SECRETS.decode(secrets[0]), row.sandbox, row.per_hour)
        for row in found
        if (secrets := told.get((row.brand_id, row.source)))
    ]


def take_permit(line: Line, now: datetime) -> bool:
    """Whether the carrier may be asked once more now. To be called in the transaction that claims what to ask."""
    row = CarrierLine.objects.select_for_update().get(id=line.id)
    if row.closed_until is not None and row.closed_until > now:
        return False
    bucket = Bucket(row.tokens, row.filled_at, line.pace.per_second, line.pace.burst).take(now)
    if bucket is None:
        return False
    CarrierLine.objects.filter(id=line.id).update(tokens=bucket.tokens, filled_at=bucket.at)
    return True


def went_well(line: Line) -> None:
    CarrierLine.objects.filter(id=line.id).exclude(failures=0, refused_at=None, error="").update(
        failures=0, refused_at=None, error="", closed_until=None
    )


def went_wrong(line: Line, trouble: Trouble, reason: str, wish: timedelta | None, now: datetime) -> datetime:
    """Close the line for a while; until when. A refusal of our credentials closes it for long, and operators see it."""
    failures = CarrierLine.objects.values_list("failures", flat=True).get(id=line.id) + 1
    wait = pause(failures, random.random(), wish)
    if trouble is Trouble.REFUSED:
        wait = max(wait, AFTER_REFUSAL)
    until = now + wait
    row = CarrierLine.objects.filter(id=line.id)
    row.update(failures=F("failures") + 1, closed_until=until, error=line.clean(reason))
    if trouble is Trouble.REFUSED:
        row.filter(refused_at=None).update(refused_at=now)
    return until

"""A new date that no notice of a worry tells: an occasion of its own, once for the date that gives way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from aftercart.brands.models import Brand
from aftercart.outreach.models import Decision
from aftercart.watch.judging import Opened, Standing, slipped
from aftercart.watch.rules import SLIPPED

# A notice of these kinds names a new date, which thereby becomes the promise.
RENEWS = frozenset(
    {"disruption", "late", "missed", "stalled", "no_first_scan", "not_shipped", "exception", "circling", "left_behind",
     "dwelling", "moving_again", SLIPPED}
)  # fmt: skip
WORRIES = RENEWS - {SLIPPED}


def untold(brand: Brand, found: Sequence[Opened], now: datetime) -> list[Opened]:
    """Those whose new date nothing else has told at `now`, or is to tell."""
    others = _told_by_others(brand, [one.concern.order_id for one in found], now) if found else set()
    return [one for one in found if one.concern.order_id not in others]


def again(brand: Brand, row: Decision, standing: Mapping[UUID, Standing], now: datetime) -> Opened | None:
    """The same change as it stands now; None where that date gives way no more, or something else tells it."""
    stands = next((one for one in standing.values() if one.slip and one.slip.episode(brand.id) == row.concern_id), None)
    if stands is None or stands.slip is None or _told_by_others(brand, [row.order_id], now):
        return None
    return slipped(brand.id, stands.slip, row.since or row.at)


def _told_by_others(brand: Brand, orders: Sequence[UUID], now: datetime) -> set[UUID]:
    """Orders of which a worry's notice tells the date: decided just now, or waiting to be said.

    Who was held out from one is not told the same under another name."""
    rows = Decision.objects.filter(
        Q(at__gte=now) | Q(waits_until__isnull=False) | Q(held_out=True),
        brand=brand, order_id__in=orders, kind__in=WORRIES,
    )  # fmt: skip
    return set(rows.values_list("order_id", flat=True))

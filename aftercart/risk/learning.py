"""Once a day a brand's contacts teach: each morning on which an order worried, and whether its customer then wrote."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from aftercart.brands.models import Brand
from aftercart.plumbing import clock, ids
from aftercart.risk.contacts import heard
from aftercart.risk.hazard import HORIZONS, PRIOR, Standing
from aftercart.risk.models import Contact, Lesson, Morning

if TYPE_CHECKING:
    from aftercart.risk.fitting import Day

DAY = timedelta(days=1)
MEMORY = timedelta(days=150)
MOST_MORNINGS = 200_000


def stale(brand: Brand, now: datetime) -> bool:
    """Whether today's lesson has not been taken, and there is something that could teach it."""
    today = now.astimezone(ZoneInfo(brand.time_zone)).date()
    known = Lesson.objects.filter(brand=brand, day__gte=today).exists()
    return not known and Contact.objects.filter(brand=brand).exists()


def learn(brand: Brand, now: datetime) -> Lesson | None:
    """The next version of the brand's hazard, from what was over at `now`. None where nothing is known of contacts yet.

    Days before the first contact that we were told of and after the last teach nothing: there, silence may only mean
    that nobody has told us.
    """
    from aftercart.risk.fitting import learn as fit  # numpy: for whoever learns, not for whoever serves

    told = Contact.objects.filter(brand=brand, at__lte=now).aggregate(first=Min("at"), last=Max("at"))
    if told["first"] is None:
        return None
    until = min(now, told["last"])
    newest = Lesson.objects.filter(brand=brand).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    table = fit(_days(brand, told["first"], until), PRIOR, version=version).to_dict()
    forget(brand, now)
    return Lesson.objects.create(
        id=ids.mirrored(brand.id, "risk lesson", version),
        brand=brand,
        version=version,
        day=now.astimezone(ZoneInfo(brand.time_zone)).date(),
        learned_at=clock.machine(),
        table=table,
    )


def _days(brand: Brand, since: datetime, until: datetime) -> list[Day]:
    since = max(since, until - MEMORY)
    mornings = list(
        Morning.objects.filter(brand=brand, taken_at__gte=since, taken_at__lte=until - DAY)
        .order_by("-taken_at", "id")[:MOST_MORNINGS]
    )  # fmt: skip
    orders = {row.order_id for row in mornings}
    contacts = heard(brand.id, orders, since, until)
    seen = {(row.order_id, row.day) for row in Morning.objects.filter(brand=brand, taken_at__gte=since)}
    looked = {day for _, day in seen}
    return [_day(row, contacts.get(row.order_id, ()), seen, looked, until) for row in mornings]


def _day(
    row: Morning, contacts: Sequence[datetime], seen: set[tuple[UUID, date]], looked: set[date], until: datetime
) -> Day:
    from aftercart.risk.fitting import Day

    tomorrow = row.day + DAY
    return Day(
        order=row.order_id.int,
        standing=Standing(
            kind=row.kind, age=row.age, late=row.late, danger=row.danger, silent=row.silent, state=row.state,
            looks=row.looks, contacts=row.contacts, told=row.told, weekday=row.weekday,
        ),
        within=_within(row.taken_at, contacts, until),
        ended=(row.order_id, tomorrow) not in seen if tomorrow in looked else None,
        ago=(until - row.taken_at) / DAY,
    )  # fmt: skip


def _within(taken_at: datetime, contacts: Sequence[datetime], until: datetime) -> Mapping[int, bool]:
    """For each horizon that is over: whether a contact came within it."""
    next_ = bisect_left(contacts, taken_at)
    first = contacts[next_] if next_ < len(contacts) else None
    return {
        days: first is not None and first < taken_at + days * DAY for days in HORIZONS if taken_at + days * DAY <= until
    }


def forget(brand: Brand, now: datetime) -> None:
    """Mornings that teach no longer."""
    Morning.objects.filter(brand=brand, day__lt=(now - MEMORY - DAY).date()).delete()

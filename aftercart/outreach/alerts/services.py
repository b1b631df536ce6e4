"""Telling the team what needs somebody: once, several together, and only what has not come right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q
from django.urls import reverse

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, TEAM
from aftercart.intake.models import Delivery
from aftercart.orders.models import CarrierLine
from aftercart.outbox import lines
from aftercart.outbox import services as outbox
from aftercart.outbox.models import Line, Outgoing
from aftercart.outreach.alerts.models import Alert
from aftercart.outreach.alerts.rules import OnCall, Trouble, due, subject, text
from aftercart.outreach.gestures.models import Gesture
from aftercart.plumbing import clock, ids
from aftercart.policies import services as policies
from aftercart.returns.queries import breaches
from aftercart.watch.models import Disruption

KIND = "on_call"
ALERT = "team_alert"
# A queue whose oldest has waited for so long stands still.
STUCK = timedelta(minutes=15)
# What comes again within this time is the same trouble, and was told.
SAME = timedelta(hours=1)
LATELY = timedelta(days=1)
AWAITED = {"decide": "for a decision", "check": "to be looked at", "pay": "for the money to go back"}
CLASSES = {"feed_outage": "No news comes in from carriers", "drift": "Parcels become slower week by week"}


def on_call_of(brand: Brand, at: datetime) -> OnCall:
    return from_body(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: object) -> OnCall:
    """Change who is told and when; ValueError names the field and the reason."""
    body = asdict(from_body(policies.current(brand, KIND, at=at) | changed))
    policies.publish(brand, KIND, body, at=at, by=by)
    return from_body(body)


def from_body(body: Mapping[str, Any]) -> OnCall:
    known: dict[str, Any] = {name: tuple(body[name]) for name in ("mail", "days") if name in body}
    known |= {name: body[name] for name in ("begins", "ends") if name in body}
    return OnCall(**known)


@transaction.atomic
def alert(brand: Brand, now: datetime) -> int:
    """Tell the team what is new; how many messages are owed. `now`: the brand's time. One caller at a time."""
    on_call, zone = on_call_of(brand, now), ZoneInfo(brand.time_zone)
    ways = [(EMAIL, address) for address in on_call.mail]
    if TEAM in lines.open_to(brand):
        ways.append((TEAM, TEAM))
    if not ways:
        return 0
    current = {one.key: one for one in troubles(brand)}
    known = Alert.objects.filter(Q(closed_at=None) | Q(closed_at__gt=now - SAME), brand=brand)
    told = {row.key for row in known}
    known.filter(closed_at=None).exclude(key__in=current).update(closed_at=now)
    known.exclude(closed_at=None).filter(key__in=current).update(closed_at=None)
    fresh = due(list(current.values()), told, on_call, clock.machine(), zone)
    if not fresh:
        return 0
    rows = [Alert(id=ids.new(now), brand=brand, key=one.key, what=one.what[:300], told_at=now) for one in fresh]
    Alert.objects.bulk_create(rows)
    for channel, address in ways:
        outbox.owe(
            brand,
            outbox.Owed(
                channel=channel,
                kind=ALERT,
                customer_id=ids.mirrored(brand.id, "team", address),
                episode=rows[0].id,
                address=address,
                subject=subject(brand.name, fresh),
                text=text(fresh, zone),
                html="",
                language="en",
                purpose=outbox.OF_TEAM,
            ),
            at=now,
        )
    return len(ways)


def troubles(brand: Brand) -> Iterator[Trouble]:
    """All that needs somebody now. Times are the machine's; those of a disruption the brand's."""
    for row in Disruption.objects.filter(brand=brand, closed_at=None):
        usual = f"Parcels are slower than usual: {row.scope or row.kind} ({row.parcels} of them)"
        yield Trouble(
            key=f"disruption {row.id}",
            what=CLASSES.get(row.kind, usual),
            link=_link("disruption", brand, row.id),
            since=row.opened_at,
            urgent=row.kind == "feed_outage",
        )
    for line in Line.objects.filter(brand=brand, enabled=True).exclude(error=""):
        what = f"Messages by {line.channel} do not leave through {line.name}: {line.error}"
        yield Trouble(
            key=f"line {line.id}", what=what, link=_link("notices", brand), since=clock.machine(), urgent=True
        )
    yield from _carriers(brand)
    yield from _refused(brand)
    yield from _breached(brand)
    yield from _queues(brand)


def _carriers(brand: Brand) -> Iterator[Trouble]:
    for carrier in CarrierLine.objects.filter(brand=brand, refused_at__isnull=False):
        assert carrier.refused_at is not None
        what = f"{carrier.source} refuses our credentials"
        yield Trouble(key=f"carrier {carrier.id}", what=what, link=_link("overview", brand), since=carrier.refused_at)


def _refused(brand: Brand) -> Iterator[Trouble]:
    """Of today: what the brand's own system would not grant. Nobody was told of it."""
    refused = Gesture.objects.filter(brand=brand, state=Gesture.REFUSED, at__gt=clock.business(brand) - LATELY)
    known = refused.aggregate(count=Count("id"), first=Min("at"))
    if count := known["count"]:
        what = f"{count} gesture{'s were' if count > 1 else ' was'} not granted by your own system"
        yield Trouble(key="gestures", what=what, link=_link("gestures", brand), since=known["first"])


def _breached(brand: Brand) -> Iterator[Trouble]:
    for one in breaches(brand, clock.business(brand)):
        some = f"{one.count} return{'s' if one.count > 1 else ''}"
        what = f"{some} waited longer {AWAITED[one.stage]} than you have set yourself"
        yield Trouble(key=f"returns {one.stage}", what=what, link=_link("overview", brand), since=one.since)


def _queues(brand: Brand) -> Iterator[Trouble]:
    now = clock.machine()
    owed = Outgoing.objects.filter(brand=brand)
    parked = owed.filter(state=Outgoing.PARKED)
    if count := parked.count():
        since = parked.aggregate(at=Min("due_at"))["at"]
        what = f"{count} message{'s are' if count > 1 else ' is'} parked for a person to decide"
        yield Trouble(key="parked", what=what, link=_link("notices", brand) + "?state=parked", since=since)
    late = owed.filter(state=Outgoing.DUE, due_at__lt=now - STUCK).aggregate(at=Min("due_at"))["at"]
    if late:
        yield Trouble(key="outbox", what="Messages do not leave", link=_link("notices", brand), since=late, urgent=True)
    waiting = Delivery.objects.filter(brand=brand, state=Delivery.WAITING, id__lt=ids.floor(now - STUCK))
    if oldest := waiting.order_by("id").first():
        at = ids.moment(oldest.id)
        yield Trouble(key="inbox", what="What comes in is not read", link=_link("inbox", brand), since=at, urgent=True)


def _link(page: str, brand: Brand, *more: object) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(f"ops:{page}", args=[brand.slug, *more])

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops.charts import hours
from aftercart.ops.forms import NOTICE_STATES
from aftercart.ops.queries import concerns, lanes, outcomes, overview
from aftercart.ops.queries.overview import Counts
from aftercart.ops.rules import BANDS, shaded, worry_sentence
from aftercart.ops.views.disruptions import open_now
from aftercart.orders.carriers import carrier, carrier_name
from aftercart.story.rules import KINDS

LANE_KINDS = 6  # columns that fit beside a lane
LANES = 8
SLOW = 5


@operator
@require_safe
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    template = "ops/overview.html" + ("#now" if request.headers.get("HX-Request") else "")
    context = {"troubles": open_now(desk)} | _came(desk) | _worries(desk) | _said(desk) | _failed(desk)
    return show(request, desk, template, section="overview", **context)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A source's deliveries of today, and by the same time a week ago."""

    source: str
    today: list[int]
    before: list[int]

    @property
    def count(self) -> int:
        return sum(self.today)

    @property
    def count_before(self) -> int:
        return sum(self.before)

    @property
    def chart(self) -> SafeString:
        label = f"{self.source} by hour: {self.count:,} today, {self.count_before:,} by this time a week ago"
        return hours(self.today, self.before, label=label)


def _came(desk: Desk) -> dict[str, Any]:
    now = desk.now
    # A delivery may carry this very instant.
    today = overview.arrivals(desk.brand, desk.midnight, now + timedelta(seconds=1))
    before = overview.arrivals(desk.brand, desk.week_before(desk.midnight), desk.week_before(now))
    none = [0] * 24
    sources = [Arrived(name, today.get(name, none), before.get(name, none)) for name in {**today, **before}]
    sources.sort(key=lambda source: (-source.count, -source.count_before))
    total, total_before = sum(s.count for s in sources), sum(s.count_before for s in sources)
    by_hour = [(f"{hour:02}:00", [(s.today[hour], s.before[hour]) for s in sources]) for hour in range(24)]
    return {
        "sources": sources,
        "came": total,
        "came_before": total_before,
        "by_hour": by_hour[: now.astimezone(desk.zone).hour + 1],
        "backlog": overview.backlog(desk.brand),
    }


def _worries(desk: Desk) -> dict[str, Any]:
    found = overview.worries(desk.brand, desk.now)
    standing = overview.standing(desk.brand)
    place = (carrier_name(standing[0].carrier), standing[0].city, standing[0].parcels) if standing else None
    known = [kind for kind in KINDS if kind in found.kinds]
    kinds = {kind: found.kinds[kind] for kind in [*known, *(found.kinds.keys() - KINDS.keys())]}
    commonest = sorted(kinds, key=lambda kind: -sum(kinds[kind].values()))[:LANE_KINDS]
    often = [kind for kind in kinds if kind in commonest]
    lanes = sorted(found.lanes, key=lambda lane: -sum(found.lanes[lane].values()))[:LANES]
    return {
        "worries": found,
        "sentence": worry_sentence(found.parcels, found.orders, place),
        "standing": standing,
        "bands": BANDS,
        "kinds": shaded(kinds, [band.key for band in BANDS]),
        "lane_kinds": often,
        "lanes": shaded({lane: found.lanes[lane] for lane in lanes}, often),
        "more_lanes": max(0, len(found.lanes) - LANES),
        "carriers": sorted(found.carriers.items(), key=lambda item: -item[1])[:LANES],
        "dearest": concerns.listed(desk.brand, concerns.Wanted(), now=desk.now, before=None, size=6).rows,
    }


def _said(desk: Desk) -> dict[str, Any]:
    said = overview.said(desk.brand, desk.midnight)
    silences = overview.silences(desk.brand, desk.midnight)
    rows: Counts = defaultdict(dict)
    for row in said:
        rows[f"{row['kind']}|{row['channel']}"][row["state"]] = row["count"]
    states = [state for state in NOTICE_STATES if any(row["state"] == state for row in said)]
    return {
        "said": shaded(rows, states),
        "said_states": states,
        "said_count": sum(row["count"] for row in said),
        "sent_count": sum(row["count"] for row in said if row["state"] == "sent"),
        "silences": silences,
        "silent_count": sum(row["count"] for row in silences),
    }


@operator
@require_safe
def week(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The part of the overview that counts a whole week: asked for once the rest is there."""
    today = desk.now.astimezone(desk.zone).date()
    kept = outcomes.kept(desk.brand, today=today, days=7, since=today, undecided=False)
    speeds = lanes.speeds(desk.brand, now=desk.now, days=28)
    late = sorted((speed for speed in speeds if speed.overdue), key=lambda speed: (-speed.overdue, speed.lane.key))
    context = {
        "recent": kept.recent,
        "before": kept.before,
        "slow": late[:SLOW],
        "overdue": sum(speed.overdue for speed in late),
        "vain": outcomes.told_in_vain(desk.brand, now=desk.now, days=28),
    }
    return show(request, desk, "ops/_week.html", **context)


def _failed(desk: Desk) -> dict[str, Any]:
    return {
        "quarantine": overview.quarantine(desk.brand),
        "parked": overview.parked(desk.brand),
        "silent": [(carrier_name(carrier(line.source)), line) for line in overview.silent_carriers(desk.brand)],
        "unknown": overview.unknown(desk.brand, desk.now - timedelta(days=7)),
    }

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from aftercart.facts import State
from aftercart.look.access import Desk, operator, show
from aftercart.look.charts import Bar, bars
from aftercart.look.spreads import Column, fan
from aftercart.ops.exports import as_csv
from aftercart.ops.lane_forms import LaneFilter, lane_of, period
from aftercart.ops.lane_words import lane_sentence, speed_sentence, stage_in_words
from aftercart.ops.maps import Row, last_day, maps
from aftercart.ops.outlook import patience, quiet_on
from aftercart.ops.queries import lanes as queries
from aftercart.ops.speeds import Speed, drift, of_destination, together
from aftercart.promises.lanes import Lane
from aftercart.promises.rules import Quiet
from aftercart.story.rules import lane_in_words

SHOWN = 100
WEEKS = 8
MILESTONES = ("placed", State.LABEL_CREATED, State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS, State.OUT_FOR_DELIVERY)
HEAD = (
    "lane", "carrier", "service", "from", "to", "parcels", "half within (days)", "8 of 10 within (days)",
    "9 of 10 within (days)", "mean (days)", "mean before (days)", "handling, mean (days)", "promised", "on time",
    "under way", "under way longer than 9 of 10", "worrying", "silence limit (business days)", "limit learned from",
)  # fmt: skip

KEYS: dict[str, Callable[[Speed], tuple[float, ...]]] = {
    "": lambda speed: (-speed.overdue, -speed.worrying, -speed.transit.n),
    "slower": lambda speed: (-speed.drift if speed.drift is not None else 1e9, -speed.transit.n),
    "slow": lambda speed: (-(speed.transit.p90 or -1), -speed.transit.mean),
    "on-time": lambda speed: (speed.on_time.value if speed.on_time.value is not None else 2, -speed.on_time.of),
    "parcels": lambda speed: (-speed.transit.n,),
}


def _ordered(speeds: Sequence[Speed], sort: str) -> list[Speed]:
    if sort == "to":
        return sorted(speeds, key=lambda speed: (speed.lane.destination, -speed.transit.n))
    return sorted(speeds, key=lambda speed: (*KEYS[sort](speed), speed.lane.key))


@operator
@require_safe
def lanes(request: HttpRequest, desk: Desk) -> HttpResponse:
    days = period(request.GET)
    every = queries.speeds(desk.brand, now=desk.now, days=days)
    form = LaneFilter(request.GET, every)
    found = _ordered(form.narrowed(every), form.cleaned_data.get("sort", ""))
    limits = patience(desk.brand)
    last = last_day(found[:SHOWN])
    whole = of_destination("", found)

    def address(destination: str) -> str:
        query = request.GET.copy()
        query["to"] = destination
        return f"{reverse('ops:lanes', args=[desk.brand.slug])}?{query.urlencode()}#lanes"

    context = {
        "form": form,
        "days": days,
        "sentence": speed_sentence(found),
        "whole": whole,
        "overdue": sum(speed.overdue for speed in found),
        "maps": maps(found, on_time=form.cleaned_data.get("shade") == "on-time", address=address),
        "rows": [Row(speed, quiet_on(limits, speed.lane, State.IN_TRANSIT), last) for speed in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
    }
    return show(request, desk, "ops/lanes.html", section="lanes", **context)


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    every = queries.speeds(desk.brand, now=desk.now, days=period(request.GET))
    form = LaneFilter(request.GET, every)
    found = _ordered(form.narrowed(every), form.cleaned_data.get("sort", ""))
    limits = patience(desk.brand)
    rows = (_cells(speed, quiet_on(limits, speed.lane, State.IN_TRANSIT)) for speed in found)
    return as_csv(f"lanes-{desk.brand.slug}", HEAD, rows)


def _cells(speed: Speed, quiet: Quiet) -> list[object]:
    lane, transit = speed.lane, speed.transit
    return [
        lane_in_words(lane.key), lane.carrier, lane.service, lane.origin, lane.destination, transit.n, transit.median,
        transit.p80, transit.p90, round(transit.mean, 2), round(speed.before.mean, 2) if speed.before.n else None,
        round(speed.handling.mean, 2) if speed.handling.n else None, speed.on_time.of, speed.on_time.part,
        speed.road.n, speed.overdue, speed.worrying, quiet.days, f"{quiet.level}, {quiet.n:g}",
    ]  # fmt: skip


@operator
@require_safe
def lane(request: HttpRequest, desk: Desk) -> HttpResponse:
    asked = lane_of(request.GET.get("lane", ""))
    if asked is None:
        raise Http404("No such lane")
    now = desk.now
    monday = (desk.midnight - timedelta(days=desk.midnight.weekday())).replace(tzinfo=desk.zone)
    weeks = queries.weeks(desk.brand, asked, since=monday - timedelta(weeks=WEEKS - 1), until=now)
    since = now - timedelta(days=28)
    stages = queries.milestones(desk.brand, asked, since=since, until=now)
    limits = patience(desk.brand)
    slowest = queries.slowest(desk.brand, asked, now=now)
    recent, before = list(weeks.values())[-4:], list(weeks.values())[:-4]
    speed = Speed(
        lane=asked,
        transit=together(one.transit for one in recent),
        before=together(one.transit for one in before),
        handling=together(one.handling for one in recent),
        on_time=of_destination("", recent).on_time,
    )
    context = {
        "key": asked.key,
        "lane": asked,
        "speed": speed,
        "drift": drift(speed.transit, speed.before),
        "sentence": lane_sentence(speed),
        "fan": _fan(weeks, asked) if weeks else "",
        "stages": stages,
        "stages_drawn": _bars(stages) if stages else "",
        "limits": [(milestone, quiet_on(limits, asked, milestone)) for milestone in MILESTONES],
        "slowest": slowest,
    }
    return show(request, desk, "ops/lane.html", section="lanes", **context)


def _fan(weeks: Mapping[date, Speed], asked: Lane) -> SafeString:
    columns = []
    for week, speed in weeks.items():
        parts = [speed.transit.within(share) or 0 for share in (0.1, 0.25, 0.5, 0.75, 0.9)]
        columns.append(Column(f"{week.day} {week:%b}", speed.transit.n, *parts))
    return mark_safe(fan(columns, title=f"Days in transit by week, {lane_in_words(asked.key)}"))


def _bars(stages: Sequence[queries.Stage]) -> SafeString:
    longest = max(stages, key=lambda stage: stage.mean)
    drawn = [Bar(name=stage.until, value=stage.mean, chosen=stage is longest) for stage in stages]
    return mark_safe(bars(drawn, title="Where the time goes, on average", show=stage_in_words))

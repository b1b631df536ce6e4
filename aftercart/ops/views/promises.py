from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops.exports import LIMIT, as_csv
from aftercart.ops.keeping import Told, added, calibration, kept_sentence, mondays, worst_of
from aftercart.ops.lane_forms import PromiseFilter, period
from aftercart.ops.queries import outcomes as queries
from aftercart.ops.speeds import FEW
from aftercart.orders.carriers import carrier_name
from aftercart.story.rules import MAKERS, lane_in_words

WEEKS = 8
WORST = 8
HEAD = (
    "order", "told by", "on", "told at", "promised by", "arrived", "days late", "carrier", "lane", "customer warned at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """`heat` is how much was broken, 0 to 4; None: nothing fell due."""

    week: date
    told: Told
    heat: int


@dataclass(frozen=True, slots=True)
class Row:
    carrier: str
    cells: list[Cell]
    told: Told


@dataclass(frozen=True, slots=True)
class Honest:
    """What we said of our own certainty, and what became of it."""

    made_by: str
    promised: float
    told: Told

    @property
    def verdict(self) -> tuple[str, str]:
        return calibration(self.promised, self.told.share)


def _heat(told: Told) -> int:
    """By the share broken: up to 5, 10, 20 %, and beyond."""
    broken = 1 - (told.share.value if told.share.value is not None else 1)
    return sum(broken > limit for limit in (0, 0.05, 0.1, 0.2)) if told.due >= FEW else 0


def _rows(found: queries.Outcomes, weeks: list[date]) -> list[Row]:
    """The carriers with most dates due first; what had no carrier yet is last."""
    rows = []
    for carrier in {carrier for carrier, _ in found.weeks}:
        told = {week: found.weeks.get((carrier, week), Told()) for week in weeks}
        whole = added(told.values())
        # What is due after this week is open, and counts in the row alone.
        later = added(t for (c, week), t in found.weeks.items() if c == carrier and week > weeks[-1])
        rows.append(Row(carrier, [Cell(week, t, _heat(t)) for week, t in told.items()], whole + later))
    return sorted(rows, key=lambda row: (not row.carrier, -row.told.due, row.carrier))


@operator
@require_safe
def promises(request: HttpRequest, desk: Desk) -> HttpResponse:
    days, today = period(request.GET), desk.now.astimezone(desk.zone).date()
    weeks = mondays(today, WEEKS)
    found = queries.kept(desk.brand, today=today, days=days, since=weeks[0])
    of_lanes = queries.by_lane(desk.brand, today=today, days=days)
    lanes = {lane.key: told for lane, told in of_lanes.items() if lane.carrier}
    worst = worst_of(lanes)
    by_share = sorted(((key, t) for key, t in lanes.items() if t.broken), key=lambda item: item[1].share.interval[1])
    context = {
        "days": days,
        "sentence": kept_sentence(days, found.recent, (lane_in_words(worst[0]), worst[1]) if worst else None),
        "recent": found.recent,
        "before": found.before,
        "weeks": weeks,
        "rows": _rows(found, weeks),
        "surfaces": sorted(found.surfaces.items(), key=lambda item: (-item[1].due, item[0])),
        "honest": [Honest(by, m.promised, m.told) for (by, _), m in sorted(found.confidences.items())],
        "lanes": by_share[:WORST],
        "makers": MAKERS,
    }
    return show(request, desk, "ops/promises.html", section="promises", **context)


def _form(request: HttpRequest, desk: Desk) -> PromiseFilter:
    return PromiseFilter(request.GET, queries.carriers(desk.brand))


@operator
@require_safe
def broken(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, today = _form(request, desk), desk.now.astimezone(desk.zone).date()
    wanted = form.wanted(today, period(request.GET))
    rows = queries.broken(desk.brand, wanted, today=today, limit=queries.SHOWN + 1)
    context = {
        "form": form,
        "rows": rows[: queries.SHOWN],
        "makers": MAKERS,
        "more": len(rows) > queries.SHOWN,
        "shown": queries.SHOWN,
        "lane": wanted.lane.key if wanted.lane else "",
    }
    return show(request, desk, "ops/broken.html", section="promises", **context)


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    today = desk.now.astimezone(desk.zone).date()
    wanted = _form(request, desk).wanted(today, period(request.GET))
    rows = queries.everything(desk.brand, wanted, today=today, limit=LIMIT)
    return as_csv(f"broken-promises-{desk.brand.slug}", HEAD, (_cells(row) for row in rows))


def _cells(row: queries.Broken) -> list[object]:
    return [
        row.number, MAKERS.get(row.made_by, row.made_by), row.surface, row.told_at.isoformat(), row.latest.isoformat(),
        row.arrived and row.arrived.isoformat(), row.days, carrier_name(row.carrier), lane_in_words(row.lane),
        row.warned_at and row.warned_at.isoformat(),
    ]  # fmt: skip

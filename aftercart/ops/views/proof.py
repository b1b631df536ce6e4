from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops import giving
from aftercart.ops import proof as words
from aftercart.ops import proof_parts as parts
from aftercart.ops.exports import as_csv
from aftercart.outreach.experiments import services
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.queries import REPEAT_DAYS, Arms, Report
from aftercart.outreach.experiments.rules import CONTACTS, GESTURE
from aftercart.policies import services as policies
from aftercart.risk.rules import StakesError, costs
from aftercart.risk.services import STAKES

HEAD = (
    "part", "name", "held out: customers", "affected orders", "contacts", "per affected order",
    "notified: customers", "affected orders", "contacts", "per affected order",
    "difference (held out - notified)", "low, one look", "high, one look", "low, any look", "high, any look", "enough",
)  # fmt: skip


@operator
@require_safe
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    chosen = _chosen(request, desk)
    if chosen is None:
        return show(request, desk, "ops/proof.html", section="proof", sentence="Nothing is measured yet.")
    report = services.report(desk.brand, chosen, desk.now)
    standing, aim = words.standing(report), words.aim_of(chosen)
    found = report.main.estimate if standing in (words.UNPROVEN, words.PROVEN) else None
    context = {
        "experiment": chosen,
        "experiments": Experiment.objects.filter(brand=desk.brand).order_by("-started_at"),
        "report": report,
        "standing": standing,
        "sentence": words.sentence(report),
        "aim": aim,
        "sides": _sides(report, aim),
        "difference": words.spared(found.effect) if found else "",
        "share": words.share_in_words(found) if found else "",
        "drawn": words.drawn(found, aim) if found else "",
        "unfair": words.unfair(report),
        "worth": _worth(desk, report) if standing == words.PROVEN and chosen.aim == CONTACTS else None,
        "need": words.need(report) if standing in (words.TOO_LITTLE, words.UNPROVEN) else None,
        "short_of": words.short_of(report) if standing == words.TOO_LITTLE else "",
        "parts": [(title, parts.slices(report.slices[part], part)) for part, title in parts.PARTS.items()],
        "again": parts.again(report),
        "repeat_days": REPEAT_DAYS,
        "prices": giving.prices(desk.brand, report, desk.now) if GESTURE in chosen.kinds else None,
    }
    return show(request, desk, "ops/proof.html", section="proof", **context)


def _sides(report: Report, aim: words.Aim) -> list[tuple[str, words.Side, str]]:
    names = ("Held out", aim.told.capitalize())
    return [(name, words.Side(arm), aim.side(arm)) for name, arm in zip(names, report.main.arms, strict=True)]


def _chosen(request: HttpRequest, desk: Desk) -> Experiment | None:
    name = request.GET.get("experiment", "")
    found = services.named(desk.brand, name)
    if name and found is None:
        raise Http404("No such experiment")
    return found


def _worth(desk: Desk, report: Report) -> words.Worth | None:
    found = report.arms.estimate
    try:
        known = costs(policies.current(desk.brand, STAKES, at=desk.now))
    except StakesError:
        return None
    return words.worth(found, round(known.contact_in(known.currency)), known.currency) if found else None


@operator
@require_safe
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    chosen = _chosen(request, desk)
    if chosen is None:
        return as_csv(f"proof-{desk.brand.slug}", HEAD, [])
    report = services.report(desk.brand, chosen, desk.now)
    return as_csv(f"proof-{desk.brand.slug}-{chosen.name}", HEAD, _lines(report))


def _lines(report: Report) -> Iterator[list[object]]:
    yield _line("contacts", "all", report.arms)
    for part, arms in report.slices.items():
        for name, one in arms.items():
            yield _line(f"contacts by {part}", name, one)
    yield _line(f"bought again within {REPEAT_DAYS} days", "all", report.again)


def _line(part: str, name: str, arms: Arms) -> list[object]:
    line: list[object] = [part, name]
    for arm in arms.arms:
        line += [arm.customers, arm.orders, arm.contacts, _figure(arm.rate) if arm.orders else ""]
    found = arms.estimate
    if found is None:
        return [*line, "", "", "", "", "", "no"]
    figures = (found.effect, *found.interval, *found.always)
    return [*line, *map(_figure, figures), "yes" if found.enough else "no"]


def _figure(value: float) -> str:
    return f"{value:.5f}"

"""What customers began to write about and nobody understood: to make it a category, or to say that it is none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.look.charts import sparkline
from aftercart.triage.themes import Shown, ThemeError, dismiss, examples, promote
from aftercart.understanding.models import Theme
from aftercart.understanding.services import TaxonomyError, taxonomy

SHOWN, DECIDED = 3, 20


@dataclass(frozen=True, slots=True)
class Card:
    row: Theme
    count: int
    lately: int  # in the last two weeks
    before: int  # in the two before those
    line: SafeString
    examples: list[Shown]


@operator
@require_safe
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = list(Theme.objects.filter(brand=desk.brand, state=Theme.OPEN).order_by("-growing", "found_at", "id"))
    said = examples(desk.brand, [row.id for row in rows], SHOWN)
    cards = [_card(row, said.get(row.id, [])) for row in rows]
    decided = Theme.objects.filter(brand=desk.brand, state__in=(Theme.PROMOTED, Theme.DISMISSED))
    context = {
        "cards": sorted(cards, key=lambda card: (not card.row.growing, -card.lately)),
        "growing": sum(row.growing for row in rows),
        "decided": decided.order_by("-decided_at")[:DECIDED],
        "categories": taxonomy(desk.brand),
        "seen_at": max((row.seen_at for row in rows), default=None),
    }
    return show(request, desk, "ops/themes.html", section="themes", **context)


def _card(row: Theme, said: list[Shown]) -> Card:
    weeks = row.weeks
    label = "Messages a week: " + ", ".join(map(str, weeks))
    return Card(row, sum(weeks), sum(weeks[-2:]), sum(weeks[-4:-2]), mark_safe(sparkline(weeks, label=label)), said)


@operator
@require_POST
def categories(request: HttpRequest, desk: Desk, theme_id: UUID) -> HttpResponse:
    """Make it a category: a new one, or one that there is."""
    name = " ".join(request.POST.get("category", "").split())
    try:
        counted = promote(desk.brand, theme_id, name, desk.user, at=desk.now)
    except (TaxonomyError, ThemeError) as error:
        messages.error(request, f"Nothing has changed: {str(error).partition(': ')[2]}.")
    else:
        tickets = "ticket" if counted == 1 else "tickets"
        messages.success(request, f"“{name}” is a category now. {counted} {tickets} of the past count as that.")
    return redirect("ops:themes", desk.brand.slug)


@operator
@require_POST
def dismissals(request: HttpRequest, desk: Desk, theme_id: UUID) -> HttpResponse:
    try:
        dismiss(desk.brand, theme_id, by=desk.user.get_username(), at=desk.now)
    except ThemeError as error:
        messages.info(request, f"Nothing has changed: {str(error).partition(': ')[2]}.")
    else:
        messages.success(request, "Dismissed. Nobody will be asked about it again.")
    return redirect("ops:themes", desk.brand.slug)

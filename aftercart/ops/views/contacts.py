"""How often customers had to write, about what, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops.keeping import monday, percent
from aftercart.outreach.automatic import queries as automatic
from aftercart.risk.services import prices_of
from aftercart.story.causes import cause_in_words
from aftercart.story.rules import age_in_words, money
from aftercart.tickets import counting
from aftercart.tickets.counting import Counted
from aftercart.tickets.terms import terms_of

SPANS = {7: "7 days", 28: "4 weeks", 84: "12 weeks"}
WEEKS = 8


@dataclass(frozen=True, slots=True)
class Row:
    cause: str
    counted: Counted
    cost: str
    share: float  # of all contacts


@operator
@require_safe
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    days = next((span for span in SPANS if request.GET.get("days") == str(span)), 28)
    terms, prices = terms_of(desk.brand, desk.now), prices_of(desk.brand, desk.now)
    # What began later may still bring a repeat, and would make the numbers look better than they are.
    until = desk.midnight - terms.repeat
    found = counting.by_cause(desk.brand.id, until - timedelta(days=days), until)
    total = counting.total(found.values())

    def cost(one: Counted) -> str:
        return money(round(one.contacts * prices.contact_in(prices.currency)), prices.currency)

    rows = [
        Row(cause_in_words(cause), one, cost(one), one.contacts / total.contacts)
        for cause, one in sorted(found.items(), key=lambda item: -item[1].contacts)
    ]
    context = {
        "sentence": _sentence(total), "days": days, "spans": SPANS.items(), "rows": rows, "total": total,
        "cost": cost(total), "began": until - timedelta(days=days), "until": until - timedelta(days=1),
        **_by_week(desk), "repeat": age_in_words(terms.repeat),
        "one_contact": age_in_words(terms.one_contact), "each": cost(Counted(contacts=1)),
    }  # fmt: skip
    return show(request, desk, "ops/contacts.html", section="contacts", **context)


def _by_week(desk: Desk) -> dict[str, object]:
    """The newest week first, each with how many messages a machine answered."""
    first = monday(desk.midnight.date()) - timedelta(weeks=WEEKS)
    since = datetime(first.year, first.month, first.day, tzinfo=desk.zone)
    weeks = counting.by_week(desk.brand.id, since, desk.now, desk.zone)
    machine = automatic.by_week(desk.brand, since, desk.now, desk.zone)
    rows = [(week, machine.get(week.monday, 0)) for week in reversed(weeks)]
    return {"weeks": rows, "machine": sum(machine.values())}


def _sentence(total: Counted) -> str:
    if not total.contacts:
        return "Nobody wrote"
    about = f"{total.problems:,} problem{'' if total.problems == 1 else 's'}"
    said = f"{total.contacts:,} contact{'' if total.contacts == 1 else 's'} about {about}"
    settled = f"; one contact settled {percent(total.first_contact)}" if total.resolved else ""
    return f"{said}, {percent(total.repeated)} of them repeats{settled}"

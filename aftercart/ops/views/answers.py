from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aftercart.look.access import Desk, operator, show
from aftercart.ops import answers as words
from aftercart.ops.queries import answers as queries
from aftercart.outreach.automatic.queries import counted
from aftercart.tickets.terms import terms_of

SHOWN_DAYS = 365


@operator
@require_safe
def answers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What customers say of their deliveries, of tickets and refunds; and what a machine answered to them."""
    since = desk.now - timedelta(days=SHOWN_DAYS)
    questions = words.results(queries.counted(desk.brand, since), queries.asked(desk.brand, since))
    given = queries.worth_reading(desk.brand, since)
    within = terms_of(desk.brand, desk.now).repeat
    machine = words.by_machine(counted(desk.brand, since, within))
    context = {
        "questions": questions, "given": given, "least": words.LEAST, "sentence": words.sentence(questions),
        "machine": machine, "within": within.days,
    }  # fmt: skip
    return show(request, desk, "ops/answers.html", section="notices", **context)

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from aftercart.brands.models import Brand
from aftercart.look.access import Desk, operator, show
from aftercart.ops import giving, proof
from aftercart.orders.models import Order
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.queries import REPEAT_DAYS
from aftercart.outreach.gestures import queries, terms
from aftercart.outreach.gestures.models import Gesture
from aftercart.story.giving import STATES, gift


@dataclass(frozen=True, slots=True)
class Given:
    row: Gesture
    number: str
    gift: str
    state: str
    tone: str


@operator
@require_safe
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    policy, running = terms.policy_of(desk.brand, desk.now), terms.measured_by(desk.brand, desk.now)
    month = queries.month(desk.brand, policy, desk.now)
    report = experiments.report(desk.brand, running, desk.now) if running else None
    context = {
        "sentence": giving.sentence(month, on=policy.on),
        "on": policy.on,
        "purses": giving.purses(month),
        "counts": [(STATES[state][0], month.states[state]) for state in STATES if state in month.states],
        "reasons": list(month.reasons.items()),
        "rules": [(rule.name, queries.in_words(rule)) for rule in policy.rules],
        "given": _given(desk.brand),
        "experiment": running,
        "measured": proof.sentence(report) if report else "",
        "drawn": report.drawn if report else (0, 0),
        "prices": giving.prices(desk.brand, report, desk.now) if report else [],
        "repeat_days": REPEAT_DAYS,
    }
    return show(request, desk, "ops/gestures.html", section="gestures", **context)


def _given(brand: Brand) -> list[Given]:
    rows = queries.recent(brand)
    orders = Order.objects.filter(brand=brand, id__in=[row.order_id for row in rows])
    numbers = dict(orders.values_list("id", "number"))
    return [Given(row, numbers.get(row.order_id, ""), gift(row), *STATES[row.state]) for row in rows]

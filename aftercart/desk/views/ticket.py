from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from aftercart.brands.services import viewed
from aftercart.desk import answering
from aftercart.desk.access import agent
from aftercart.desk.pages import Side, place, render, side
from aftercart.desk.queries import claims, messages, tickets
from aftercart.desk.standing import drawn, standing
from aftercart.desk.timeline import Line, told
from aftercart.desk.verdicts import expected, headline, verdict
from aftercart.desk.whys import reasons
from aftercart.look.access import Desk, show
from aftercart.story.causes import cause_in_words
from aftercart.tickets import replying
from aftercart.tickets.models import Ticket
from aftercart.understanding.services import taxonomy


@agent
@require_safe
def ticket(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    found = ticket_of(desk, number)
    if found.number != number:
        return redirect("desk:ticket", desk.brand.slug, found.number)
    return page(request, desk, found, side(request, desk))


def ticket_of(desk: Desk, number: int) -> Ticket:
    found = tickets.by_number(desk.brand, number)
    if found is None:
        raise Http404("No such ticket")
    return found


def page(request: HttpRequest, desk: Desk, row: Ticket, here: Side, **more: Any) -> HttpResponse:
    """`more`: a draft that was not sent, with what is said of it."""
    viewed(desk.brand, desk.user.get_username(), row.id, "ticket")
    staff = tickets.staff(desk.brand)
    names = messages.Names(staff)
    around, letters = tickets.around(desk.brand, row), messages.said(desk.brand, row, names)
    acts = messages.deeds(desk.brand, letters, names)
    stands = standing(around.known) if around.known else None
    problem, promise = headline(row.cause, row.title, stands)
    lines, ways = told(letters, acts, around.known), replying.ways(letters)
    # It takes as long as all else, and comes after the page; with it only where the page begins with it.
    answer = answering.suggested(desk, row) if answering.wanted(request) else None
    context = {
        "ticket": row, "letters": letters, "runs": lines, "ways": ways,
        "usable": [way for way in ways if not way.why_not],
        "undoings": [Line(act.at, deed=act) for act in acts if not act.undone][::-1],
        "last": str(letters[-1].id) if letters else "", "chat": messages.chat_of(letters),
        "around": around, "known": around.known, "claimed": [] if around.known else claims.claimed(desk.brand, letters),
        "problem": problem, "promise": promise, "standing": stands,
        "verdict": verdict(stands) if stands else None, "expected": expected(stands) if stands else "",
        "bar": drawn(around.known, desk.now, stands) if around.known and stands else "",
        "assignee": names.of(row.assignee_id).get(row.assignee_id or 0, ""),
        "staff": staff, "reasons": reasons(row, letters),
        "causes": {one: cause_in_words(one) for one in taxonomy(desk.brand)},
        "answer": answer, "askable": answering.askable(row), "draft": answering.draft(answer),
        "began": desk.now.isoformat(), "newest": _newest(lines), "splitting": "split" in request.GET,
        "mode": "note" if request.GET.get("write") == "note" else "reply",
    }  # fmt: skip
    return render(request, desk, "desk/ticket.html", here, **(context | more))


@agent
@require_safe
def answer(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """The answer that is ready, for a page that is open already."""
    row = ticket_of(desk, number)
    context = {"ticket": row, "answer": answering.suggested(desk, row), "side": place(request, desk)}
    return show(request, desk, "desk/_answer.html", **context)


def _newest(lines: list[Any]) -> str:
    return lines[-1].shown[-1].at.isoformat() if lines else ""


@agent
@require_safe
def news(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """What came to an open ticket since its page was drawn."""
    since = parse_datetime(request.GET.get("since", ""))
    row = ticket_of(desk, number)
    if since is None:
        raise Http404("No such moment")
    letters = messages.said(desk.brand, row)
    known = tickets.of_order(desk.brand, row.order_id) if row.order_id else None
    lines = told(letters, messages.deeds(desk.brand, letters), known)
    fresh = [run for run in lines if run.shown[-1].at > since]
    context = {"runs": fresh, "newest": _newest(fresh) or since.isoformat(), "ticket": row, "appended": True}
    return show(request, desk, "desk/_appended.html", **context)

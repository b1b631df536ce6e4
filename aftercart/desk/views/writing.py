"""An answer or a note leaves the composer; what was not sent comes back with its words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from aftercart.desk.access import agent
from aftercart.desk.pages import Side, back, onward, side
from aftercart.desk.queries import messages as letters
from aftercart.desk.queries import tickets
from aftercart.desk.rules import News, guard
from aftercart.desk.uploads import Refused, taken
from aftercart.desk.views.ticket import page, ticket_of
from aftercart.look.access import Desk
from aftercart.outreach import resolving
from aftercart.tickets import acting, replying, signs
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Ticket

SELDOM = signs.Seldom()


@agent
@require_POST
def reply(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    row, here = ticket_of(desk, number), side(request, desk)
    if warnings := _news(request, desk, row):
        return _kept(request, desk, row, here, warnings=warnings)
    who = Who(desk.brand, desk.user.id)
    told = request.POST
    try:
        files = taken(request.FILES.getlist("files"))
        replying.reply(
            who, row.id, told.get("text", ""), desk.now, seen=_id(told.get("last", "")),
            channel=told.get("channel", ""), asks="asks" in told, files=files,
        )  # fmt: skip
    except NotPossible as error:
        said = {"warnings": [f"{error.reason.capitalize()}."]} if error.field == "seen" else {"wrong": error.reason}
        return _kept(request, desk, row, here, **said)
    except Refused as error:
        return _kept(request, desk, row, here, wrong=error.reason)
    if row.assignee_id is None:
        acting.assign(who, row.id, desk.user.id, desk.now)
    if told.get("then") == "resolve":
        resolving.resolve(who, row.id, desk.now)
        messages.success(request, f"#{row.number} is answered and resolved.")
        return onward(here, row.number)
    messages.success(request, f"#{row.number} is answered.")
    return back(here, row.number)


@agent
@require_POST
def note(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    row, here = ticket_of(desk, number), side(request, desk)
    try:
        files = taken(request.FILES.getlist("files"))
        replying.note(Who(desk.brand, desk.user.id), row.id, request.POST.get("text", ""), desk.now, files=files)
    except (NotPossible, Refused) as error:
        return _kept(request, desk, row, here, wrong=error.reason, mode="note")
    return back(here, row.number)


@agent
@require_POST
def sign(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """An answer is being written: told in the chat, and nowhere kept."""
    if SELDOM.passes((desk.brand.id, number)):
        signs.answering(desk.brand, ticket_of(desk, number))
    return HttpResponse(status=204)


def _kept(request: HttpRequest, desk: Desk, row: Ticket, here: Side, **said: object) -> HttpResponse:
    """The page once more, with what was written."""
    answer = page(request, desk, row, here, draft=request.POST.get("text", ""), **said)
    answer.status_code = 409 if "warnings" in said else 422
    return answer


def _news(request: HttpRequest, desk: Desk, row: Ticket) -> list[str]:
    """What has come since the answer was begun, unless its author has read of it."""
    began = parse_datetime(request.POST.get("began", ""))
    if began is None:
        return []
    return guard(_since(desk, row, request.POST.get("last", "")), began, desk.now, by=_name(desk))


def _name(desk: Desk) -> str:
    return desk.user.get_full_name() or desk.user.get_username()


def _since(desk: Desk, row: Ticket, last: str) -> list[News]:
    found = letters.said(desk.brand, row)
    seen = _place(found, last)
    news = [_of_letter(one) for one in found[seen:]]
    news += [News(act.by, _done(act), act.at) for act in letters.deeds(desk.brand, found)]
    known = tickets.of_order(desk.brand, row.order_id) if row.order_id else None
    for scan in known.scans if known else ():
        news.append(News("The parcel", f"was scanned: {_state(scan.state)}", max(scan.at, scan.reported_at)))
    return sorted(news, key=lambda one: one.at)


def _place(found: list[letters.Letter], last: str) -> int:
    """Behind the last message that its author has seen."""
    return next((n + 1 for n, one in enumerate(found) if str(one.id) == last), 0)


def _of_letter(one: letters.Letter) -> News:
    if one.from_customer:
        return News("The customer", "wrote", _heard(one))
    return News(one.who, "wrote a note" if one.direction == "note" else "answered", one.at)


def _heard(one: letters.Letter) -> datetime:
    return max(one.at, one.known_at)


def _done(act: letters.Deed) -> str:
    return {"resolve": "resolved it", "merge": "merged it", "split": "split it", "assign": "assigned it"}.get(
        act.kind, "changed it"
    )


def _state(state: str | None) -> str:
    return (state or "seen").replace("_", " ")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

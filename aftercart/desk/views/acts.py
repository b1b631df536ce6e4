"""What an agent does to a ticket. Each act comes back with an offer to undo it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from aftercart.desk.access import agent
from aftercart.desk.pages import Side, back, onward, side, undoable
from aftercart.desk.queries import tickets
from aftercart.desk.views.ticket import ticket_of
from aftercart.look.access import Desk
from aftercart.orders.models import Order
from aftercart.orders.rules import order_number
from aftercart.outreach import resolving
from aftercart.tickets import acting
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Act, Message, Ticket
from aftercart.triage import correcting
from aftercart.understanding.services import taxonomy

MORNING = time(9)


def _act(
    request: HttpRequest, desk: Desk, number: int, do: Callable[[Who, Ticket], Act], what: str, *, leaves: bool = False
) -> HttpResponse:
    """Do it and say so; `leaves`: the ticket is out of the agent's hands, and the next one comes."""
    row, here = ticket_of(desk, number), side(request, desk)
    try:
        act = do(Who(desk.brand, desk.user.id), row)
    except NotPossible as error:
        messages.error(request, f"Not done: {error.reason}.")
        return back(here, row.number)
    undoable(request, act.id, what.format(number=f"#{row.number}"), here)
    return onward(here, row.number) if leaves else back(here, row.number)


@agent
@require_POST
def resolve(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    return _act(
        request,
        desk,
        number,
        lambda who, row: resolving.resolve(who, row.id, desk.now),
        "{number} is resolved.",
        leaves=True,
    )


@agent
@require_POST
def reopen(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    return _act(request, desk, number, lambda who, row: acting.reopen(who, row.id, desk.now), "{number} is open again.")


@agent
@require_POST
def wake(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    return _act(request, desk, number, lambda who, row: acting.wake_up(who, row.id, desk.now), "{number} is awake.")


@agent
@require_POST
def assign(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """To whoever is chosen: `me`, a member of the staff, or nobody."""
    wanted = request.POST.get("to", "me")
    staff = {str(user.id): user for user in tickets.staff(desk.brand)}
    to = desk.user if wanted == "me" else staff.get(wanted)
    if to is None and wanted:
        raise Http404("Nobody of the staff")
    name = "yours" if to == desk.user else f"{to.get_full_name() or to.get_username()}’s" if to else "nobody’s"
    return _act(
        request, desk, number, lambda who, row: acting.assign(who, row.id, to.id if to else None, desk.now),
        f"{{number}} is {name}.",
    )  # fmt: skip


@agent
@require_POST
def tag(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    add = [one for one in request.POST.get("add", "").split(",") if one.strip()]
    remove = request.POST.getlist("remove")
    return _act(
        request, desk, number, lambda who, row: acting.tag(who, row.id, desk.now, add=add, remove=remove),
        "{number} is tagged." if add else "The tag is off {number}.",
    )  # fmt: skip


@agent
@require_POST
def snooze(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """`until`: reply, scan, tomorrow, monday; or `at`, a moment of the brand's zone."""
    wanted = request.POST.get("until", "")
    moment = _moment(desk, wanted, request.POST.get("at", ""))
    if wanted == "at" and moment is None:
        messages.error(request, "Not done: choose a day and a time.")
        return back(side(request, desk), number)

    def do(who: Who, row: Ticket) -> Act:
        return acting.snooze(who, row.id, desk.now, until=moment, on_scan=wanted == "scan")

    return _act(request, desk, number, do, "{number} is snoozed.", leaves=True)


def _moment(desk: Desk, wanted: str, given: str) -> datetime | None:
    if wanted == "at":
        found = parse_datetime(given)
        return found.replace(tzinfo=desk.zone) if found and found.tzinfo is None else found
    days = {"tomorrow": 1, "monday": 7 - desk.now.astimezone(desk.zone).weekday()}.get(wanted)
    if days is None:
        return None
    day = desk.now.astimezone(desk.zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, desk.zone)


@agent
@require_POST
def relabel(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """What it is about: a cause, an order by its number, or both."""
    cause, order = request.POST.get("cause", ""), order_number(request.POST.get("order", ""))
    if cause and cause not in taxonomy(desk.brand):
        raise Http404("No such cause")
    found = Order.objects.filter(brand=desk.brand, number_key=order).first() if order else None
    if order and found is None:
        messages.error(request, f"Not done: there is no order {request.POST['order']}.")
        return back(side(request, desk), number)

    def do(who: Who, row: Ticket) -> Act:
        said = cause if cause != row.cause else ""
        return correcting.relabel(who, row.id, desk.now, cause=said, order_id=found.id if found else None)

    return _act(request, desk, number, do, "{number} is labelled anew.")


@agent
@require_POST
def undo(request: HttpRequest, desk: Desk, act_id: UUID) -> HttpResponse:
    try:
        act = correcting.undo(Who(desk.brand, desk.user.id), act_id, desk.now)
    except NotPossible as error:
        if error.reason == "it is not known":
            raise Http404("No such act") from None
        messages.error(request, f"Not undone: {error.reason}.")
        act = Act.objects.get(brand=desk.brand, id=act_id)
    else:
        messages.success(request, "Undone, as if it had never been done.")
    return _where(request, desk, act)


def _where(request: HttpRequest, desk: Desk, act: Act) -> HttpResponse:
    """To the ticket that it was done to, as it is now."""
    here: Side = side(request, desk, counted=False)
    message = Message.objects.get(brand=desk.brand, id=act.about)
    return back(here, Ticket.objects.get(brand=desk.brand, id=message.ticket_id).number)

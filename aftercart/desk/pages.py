"""What every page of the desk has beside its ticket: the queues, and the list that the ticket stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aftercart.desk.queries import queues, searching
from aftercart.desk.queries.queues import BY_KEY, QUEUES, Listed, Queue, Row
from aftercart.look.access import Desk, show
from aftercart.look.middleware import POLICY
from aftercart.plumbing import clock

# Letters are shown in frames, as they were sent.
FRAMES = f"{POLICY}; frame-src 'self'"
FIRST = "unassigned"
SEARCH = "search"


@dataclass(frozen=True)
class Side:
    """Where an agent works: a queue or a search, and what is listed of it. `place` brings one back to it."""

    desk: Desk
    key: str
    text: str
    listed: Listed
    counts: dict[str, str]

    @property
    def queue(self) -> Queue | None:
        return BY_KEY.get(self.key)

    @property
    def name(self) -> str:
        return self.queue.name if self.queue else f"“{self.text}”"

    @property
    def queues(self) -> Iterator[tuple[Queue, str]]:
        return ((queue, self.counts.get(queue.key, "")) for queue in QUEUES)

    @cached_property
    def place(self) -> str:
        return urlencode({"in": self.key, "q": self.text} if self.text else {"in": self.key})

    @property
    def address(self) -> str:
        if self.queue:
            return reverse("desk:queue", args=[self.desk.brand.slug, self.key])
        return f"{reverse('desk:search', args=[self.desk.brand.slug])}?{urlencode({'q': self.text})}"

    @property
    def older(self) -> str:
        """Where the next page of the list is; blank on the last."""
        more = urlencode({"after": self.listed.after})
        return f"{self.address}{'?' if self.queue else '&'}{more}" if self.listed.after else ""

    def ticket(self, number: int) -> str:
        before, after = self._ticket
        return f"{before}{number}{after}?{self.place}"

    @cached_property
    def _ticket(self) -> tuple[str, str]:
        """What stands around a ticket's number in its address: asked once, for a page has forty of them."""
        before, _, after = reverse("desk:ticket", args=[self.desk.brand.slug, 0]).rpartition("0")
        return before, after

    def after(self, number: int) -> Row | None:
        """What comes next once this one is done: the one below it, or the one above the last."""
        rows = self.listed.rows
        at = next((n for n, row in enumerate(rows) if row.number == number), None)
        if at is None:
            return rows[0] if rows else None
        left = [*rows[at + 1 :], *rows[:at][::-1]]
        return left[0] if left else None


def place(request: HttpRequest, desk: Desk, key: str = "") -> Side:
    """Where one is, without what is listed there; Http404 for a queue that there is not."""
    told = request.POST if request.method == "POST" else request.GET
    key, text = key or told.get("in", "") or "all", told.get("q", "").strip()
    if key != SEARCH and key not in BY_KEY:
        raise Http404("No such queue")
    return Side(desk, key, text, Listed([]), {})


def side(request: HttpRequest, desk: Desk, key: str = "", *, counted: bool = True) -> Side:
    """From what the address or the form says; Http404 for a queue that there is not."""
    here = place(request, desk, key)
    key, text, me = here.key, here.text, desk.user.id
    after = (request.POST if request.method == "POST" else request.GET).get("after", "")
    try:
        found = searching.search(desk.brand, text, after) if key == SEARCH else None
        listed = found or queues.listed(desk.brand, BY_KEY[key], me, after)
    except ValueError:
        raise Http404("No such page") from None
    return Side(desk, key, text, listed, queues.counts(desk.brand, me) if counted else {})


def render(request: HttpRequest, desk: Desk, template: str, here: Side, **context: object) -> HttpResponse:
    undo = request.session.pop("desk-undo", None)
    response = show(request, desk, template, side=here, undo=undo, seen=clock.machine().isoformat(), **context)
    response.headers["Content-Security-Policy"] = FRAMES
    return response


def back(here: Side, number: int) -> HttpResponse:
    return redirect(here.ticket(number))


def onward(here: Side, number: int) -> HttpResponse:
    """To what comes next once this ticket is done with; to the queue where nothing does."""
    following = here.after(number)
    return redirect(here.ticket(following.number) if following else here.address)


def undoable(request: HttpRequest, act_id: UUID, what: str, here: Side) -> None:
    """Offer to take an act back on the page that comes next."""
    request.session["desk-undo"] = {"act": str(act_id), "what": what, "in": here.key, "q": here.text}

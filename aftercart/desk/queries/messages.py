"""All that a ticket is made of: its messages with their words and files, and what people did to it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from aftercart.brands.models import Brand
from aftercart.outbox.models import Outgoing
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.outreach.automatic.queries import of_messages
from aftercart.plumbing import bulk, ids
from aftercart.tickets.models import Act, File, Message, Ticket

MOST = 400  # messages of one ticket that are shown, the newest
MOMENT = timedelta(seconds=1)
SOMEBODY = "The customer"  # of whom neither a name nor an address is known
# Ids begin with the time of their message: only the months of the ticket are looked into.
SAID = """
SELECT m.id, m.direction, m.channel, m.at, m.known_at, m.nature, m.public, m.trust, m.category, m.language, m.author_id,
    m.outgoing_id, m.files, b.subject, b.text, b.quoted, b.html <> '', b.sender, b.sender_name, b.handle, b.thread,
    b.notes, b.call
FROM tickets_message m LEFT JOIN tickets_body b ON b.id = m.id AND b.id BETWEEN %(first)s AND %(last)s
WHERE m.brand_id = %(brand)s AND m.ticket_id = %(ticket)s AND m.id BETWEEN %(first)s AND %(last)s
ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
"""


@dataclass(slots=True)
class Letter:
    """One message as it is shown. `has_html`: it can be looked at as it was sent."""

    id: UUID
    direction: str
    channel: str
    at: datetime
    known_at: datetime
    nature: str
    public: bool
    trust: str
    category: str
    language: str
    author_id: int | None
    outgoing_id: UUID | None
    file_count: int
    subject: str | None
    text: str | None
    quoted: str | None
    has_html: bool | None
    sender: str | None
    sender_name: str | None
    handle: str | None
    thread: str | None
    notes: list[str]
    call: dict[str, Any]
    author: str = ""
    files: list[File] = field(default_factory=list)
    sent: Outgoing | None = None
    machine: MachineAnswer | None = None  # what a machine answered to it, or that it is; or why a person answers

    @property
    def from_customer(self) -> bool:
        return self.direction == Message.IN

    @property
    def who(self) -> str:
        if self.from_customer:
            return self.sender_name or self.handle or self.sender or SOMEBODY
        return self.author or "Aftercart"


class Names:
    """What members of staff are called: each is looked up once, and `staff` not at all."""

    def __init__(self, staff: Iterable[User] = ()) -> None:
        self._known = {user.id: _name(user) for user in staff}

    def of(self, *users: int | None) -> dict[int, str]:
        """Of whom there is no more, nothing."""
        if missing := {one for one in users if one} - self._known.keys():
            found = User.objects.filter(id__in=missing).only("id", "username", "first_name", "last_name")
            self._known |= dict.fromkeys(missing, "") | {user.id: _name(user) for user in found}
        return {one: self._known[one] for one in users if one}


def _name(user: User) -> str:
    return user.get_full_name() or user.username


def said(brand: Brand, ticket: Ticket, names: Names | None = None) -> list[Letter]:
    """The messages of a ticket in their order; of very many, the newest."""
    first, last = ids.floor(ticket.opened_at - MOMENT), ids.floor(ticket.last_at + MOMENT)
    known = {"brand": brand.id, "ticket": ticket.id, "first": first, "last": last, "most": MOST}
    with bulk.cursor() as cursor:
        # Planning it, over the months of two tables, takes longer than reading.
        found = [_letter(*row) for row in cursor.execute(SAID, known, prepare=True).fetchall()][::-1]
    _authors(found, names or Names())
    files = defaultdict(list)
    if with_files := [one.id for one in found if one.file_count]:
        for file in File.objects.filter(brand=brand, message_id__in=with_files).order_by("position"):
            files[file.message_id].append(file)
    outgoing = [one.outgoing_id for one in found if one.outgoing_id]
    sent = Outgoing.objects.filter(brand=brand).in_bulk(outgoing) if outgoing else {}
    machine = of_messages(brand, [one.id for one in found if one.from_customer])
    for one in found:
        one.machine = machine.get(one.id)
        one.files = files[one.id]
        one.sent = sent.get(one.outgoing_id) if one.outgoing_id else None
    return found


def _letter(*row: Any) -> Letter:
    # A cursor hands JSON out as it is written.
    notes, call = (json.loads(told or "null") for told in row[-2:])
    columns: list[Any] = [*row[:-2], notes or [], call or {}]
    return Letter(*columns)


def _authors(letters: Iterable[Letter], names: Names) -> None:
    called = names.of(*(one.author_id for one in letters))
    for one in letters:
        one.author = called.get(one.author_id, "") if one.author_id else ""


def chat_of(letters: Sequence[Letter]) -> str:
    """The conversation that the customer last wrote in; blank where they never did."""
    heard = (one for one in reversed(letters) if one.from_customer and one.channel == "chat")
    return next((one.thread for one in heard if one.thread), "")


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as it is shown. `undone`: it is as if it had never been done."""

    id: UUID
    kind: str
    at: datetime
    by: str
    detail: dict[str, Any]
    undone: bool


def deeds(brand: Brand, letters: Iterable[Letter], names: Names | None = None) -> list[Deed]:
    """What was done to the ticket of these messages, the oldest first."""
    acts = list(Act.objects.filter(brand=brand, about__in=[one.id for one in letters]).order_by("id"))
    assigned = [act.detail.get("after", {}).get("assignee_id") for act in acts]
    called = (names or Names()).of(*(act.by_id for act in acts), *assigned)
    return [
        Deed(
            act.id, act.kind, act.at, called.get(act.by_id or 0) or "Aftercart", _told(act, called), bool(act.undone_at)
        )
        for act in acts
    ]


def _told(act: Act, names: dict[int, str]) -> dict[str, Any]:
    detail: dict[str, Any] = act.detail
    to = detail.get("after", {}).get("assignee_id")
    return detail | ({"to": names.get(to, "")} if to else {})

"""That somebody is writing just now in a conversation: told to who looks at it, and stored nowhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from uuid import UUID

import msgspec

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk, ids
from aftercart.tickets.indexing import MOMENT
from aftercart.tickets.models import Ticket
from aftercart.tickets.writing import LIVE

CUSTOMER, SHOP = "customer", "shop"
EVERY_SECONDS = 3.0  # a sign of each is told at most; it is shown for twice as long
MOST_REMEMBERED = 10_000
SIGN = "SELECT pg_notify(%b, %b)"
# The conversation that the customer last wrote in.
THREAD = """
SELECT b.thread FROM tickets_message m JOIN tickets_body b ON b.id = m.id AND b.id BETWEEN %(first)b AND %(last)b
WHERE m.brand_id = %(brand)b AND m.ticket_id = %(ticket)b AND m.id BETWEEN %(first)b AND %(last)b
    AND m.channel = 'chat' AND m.direction = 'in' AND b.thread <> ''
ORDER BY m.at DESC LIMIT 1
"""


class Seldom:
    """Lets one sign of each pass in `EVERY_SECONDS`, counted in this process."""

    def __init__(self) -> None:
        self._until: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def passes(self, whose: Hashable, now: float | None = None) -> bool:
        """`now` in seconds of a clock that never goes back."""
        now = time.monotonic() if now is None else now
        with self._lock:
            if now < self._until.get(whose, now):
                return False
            if len(self._until) >= MOST_REMEMBERED:
                self._until = {one: until for one, until in self._until.items() if until > now}
            self._until[whose] = now + EVERY_SECONDS
            return True


def payload(brand_id: UUID, thread: str, by: str) -> str:
    return msgspec.json.encode({"brand": str(brand_id), "thread": thread, "writing": by}).decode()


def answering(brand: Brand, ticket: Ticket) -> None:
    """Whoever looks at the ticket's conversation in the shop hears that an answer is being written."""
    months = {"first": ids.floor(ticket.opened_at - MOMENT), "last": ids.floor(ticket.last_at + MOMENT)}
    with bulk.cursor() as cursor:
        told = cursor.execute(THREAD, {"brand": brand.id, "ticket": ticket.id, **months}).fetchone()
        if told:
            cursor.execute(SIGN, [LIVE, payload(brand.id, told[0], SHOP)])

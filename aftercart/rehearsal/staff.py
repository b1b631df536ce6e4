"""How Maren & Oak's people have dealt with their tickets until now: by the next day, most of them with one answer.

Until a machine answers the easy ones, they answer these as well, in our words; of the last day they have answered
nothing, so that there is a morning's work to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aftercart.brands.models import Brand, Member
from aftercart.connectors.sending import EMAIL
from aftercart.outreach import answering, resolving
from aftercart.tickets import replying
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Ticket

LEAVES = timedelta(hours=20)  # of the newest
ANSWERED_DAYS = 10  # before the demo begins; older ones are closed without words, nobody reads those mails


def answer(brand: Brand, now: datetime, *, until: datetime) -> int:
    """Resolve what has waited since yesterday. How many tickets."""
    waiting = Ticket.objects.filter(brand=brand, state=Ticket.OPEN, waiting_since__lt=min(now, until) - LEAVES)
    found = list(waiting.order_by("waiting_since"))
    if not found:
        return 0
    agent = Member.objects.filter(brand=brand).order_by("user_id").values_list("user_id", flat=True).first()
    for ticket in found:
        # The parcel stands where it stands: these are still to be done, and so are a few of the others.
        if now > until - timedelta(days=4) and ticket.number % 5 == 0:
            continue
        if now > until - timedelta(days=ANSWERED_DAYS):
            _say(brand, Who(brand, agent), ticket, now)
        resolving.resolve(Who(brand, agent), ticket.id, now)
    return len(found)


def _say(brand: Brand, who: Who, ticket: Ticket, now: datetime) -> None:
    if ticket.order_id is None:
        return
    said = answering.answer(brand, answering.WHERE, ticket.order_id, now, language=ticket.language, channel=EMAIL)
    if isinstance(said, answering.Reply):
        try:
            replying.reply(who, ticket.id, said.text, now, language=said.language)
        except NotPossible:
            return

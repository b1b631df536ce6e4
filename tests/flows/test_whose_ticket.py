"""No message of one customer ever lands in another's ticket, whatever anybody claims."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from aftercart.brands.models import Brand
from aftercart.facts import MessageReceived, Person
from aftercart.people import services as people
from aftercart.plumbing import ids
from aftercart.tickets import acting, replying, tokens
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Known, Message, Ticket
from aftercart.triage.taking import take_in
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import NOOR, days, placed, scanned, shipped, told
from tests.world import NOW

LATER = NOW + days(6)
HOUR = timedelta(hours=1)
BEN = Person(external_id="88", email="ben@example.com", name="Ben")
# Two accounts of the shop with one address: a couple's mailbox. By it they are one person.
ANA = Person(external_id="90", email="home@example.com", name="Ana")
TOM = Person(external_id="91", email="home@example.com", name="Tom")
MALLORY = Person(email="mallory@example.net")
PEOPLE = (NOOR, BEN, ANA, MALLORY)
SAID = (
    "Where is my order?",
    "Hello?",
    "I want to return it",
    "any news",
    "Thanks!",
    "Where is order {}?",
    "what about {}",
)
NOT_THEIRS = {NOOR.email: ["102", "104"], BEN.email: ["101", "103"], ANA.email: ["101"], MALLORY.email: ["101", "102"]}
pytestmark = pytest.mark.django_db


@dataclass
class Life:
    """What the customers of a shop write in some days, and Mallory among them."""

    brand: Brand
    chance: Random
    owners: dict[UUID, str] = field(default_factory=dict)  # by what we know the message by: whose it truly is
    names: list[str] = field(default_factory=list)
    tokens: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def message(self, at: datetime) -> MessageReceived:
        who, self.count = self.chance.choice(PEOPLE), self.count + 1
        text = self.chance.choice(SAID).format(self.chance.choice(["101", "102", "103", "104"]))
        known: dict[str, Any] = {"channel": "email", "customer": Person(email=who.email)}
        match self.chance.randrange(8):
            case 0:
                # Somebody's Message-ID, whoever's it is.
                known["answers"] = tuple(self.chance.sample(self.names, k=min(2, len(self.names))))
            case 1:
                known["tokens"] = (self._forged(),)
            case 2 if who is not MALLORY:
                # A mail was passed on: a token of ours, made for anybody.
                every = [one for some in self.tokens.values() for one in some]
                known["tokens"] = tuple(self.chance.sample(every, k=min(1, len(every))))
            case 3:
                known |= {"customer": Person(email=self.chance.choice(PEOPLE).email), "doubted": True}
                return self._told(text, at, f"doubted {known['customer'].email}", **known)
            case 4:
                # Whoever types somebody's address into a chat would read the answer there.
                thread = f"chat of {who.email} {self.count % 3}"
                # (With the number of their order as well it would be a proof: see docs/why/0033.)
                claimed = Person(email=self.chance.choice(PEOPLE).email)
                text = self.chance.choice(SAID).format(self.chance.choice(NOT_THEIRS[claimed.email]))
                known = {"channel": "chat", "customer": claimed, "thread": thread}
                return self._told(text, at, thread, **known)
            case 5:
                number = f"+1202555010{PEOPLE.index(who)}"
                known = {"channel": "sms", "customer": Person(phone=number), "proven": True}
                return self._told(text, at, number, **known)
        return self._told(text, at, who.email, **known)

    def _told(self, text: str, at: datetime, owner: str, **known: Any) -> MessageReceived:
        name = f"m{self.count}@mail.example"
        source = {"chat": "chat", "sms": "twilio"}.get(known["channel"], "mail")
        self.owners[ids.mirrored(self.brand.id, source, "message", name)] = owner
        self.names.append(name)
        return MessageReceived(**(told(at) | {"source": source, "message_id": name, "text": text} | known))

    def _forged(self) -> str:
        real = [one for some in self.tokens.values() for one in some] or [tokens.token(self.brand.id, UUID(int=5))]
        letters = list(self.chance.choice(real))
        place = self.chance.randrange(len(letters))
        letters[place] = self.chance.choice([c for c in "abcdefghijklmnopqrstuvwxyz234567" if c != letters[place]])
        return "".join(letters)

    def answer(self, at: datetime) -> None:
        ticket = self.chance.choice(list(Ticket.objects.exclude(state=Ticket.GONE).order_by("id")))
        first = Message.objects.filter(ticket_id=ticket.id, direction="in").order_by("at").first()
        if first is None:
            return
        try:
            replying.reply(Who(self.brand, 1), ticket.id, "We are on it until Friday.", at)
            self.tokens[str(ticket.customer_id)].append(tokens.token(self.brand.id, first.id))
            if self.chance.random() < 0.4:
                acting.resolve(Who(self.brand, 1), ticket.id, at)
        except NotPossible:
            return


@pytest.mark.parametrize("seed", range(4))
def test_no_message_of_one_customer_is_in_the_ticket_of_another(brand: Brand, seed: int) -> None:
    orders = [(NOOR, "1"), (BEN, "2"), (ANA, "3"), (TOM, "4")]
    hear(brand, NOW, *(placed(order_id=n, customer=who) for who, n in orders))
    hear(brand, NOW, *(shipped(NOW, n, f"1Z{n}") for _, n in orders), scanned(MOVING, NOW))
    wait(LATER)
    life = Life(brand, Random(seed))
    for step in range(24):
        at = LATER + step * 5 * HOUR
        facts = [life.message(at) for _ in range(life.chance.randint(1, 3))]
        people.record(brand.id, facts)
        take_in(brand, [(None, fact) for fact in facts], at)
        if step % 3 == 2:
            life.answer(at + HOUR)
    mixed = [found for found in _owners(life).values() if len(found) > 1]
    assert not mixed


def _owners(life: Life) -> dict[UUID, set[str]]:
    """By ticket, who wrote what is in it."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    of_message = dict(Known.objects.filter(id__in=life.owners).values_list("message_id", "id"))
    for message in Message.objects.filter(direction=Message.IN):
        found[message.ticket_id].add(life.owners[of_message[message.id]])
    return found

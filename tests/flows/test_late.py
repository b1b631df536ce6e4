"""What comes late still counts: an order after the message that names it, a parcel, a proof, a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from aftercart.brands.models import Brand
from aftercart.facts import CustomerSeen, Fact, MessageReceived, Person
from aftercart.orders import services as orders
from aftercart.orders.models import Order
from aftercart.people import services as people
from aftercart.people.models import Join
from aftercart.plumbing import clock
from aftercart.tickets import services as tickets
from aftercart.tickets.models import Early, Message, Ticket
from aftercart.triage import early
from aftercart.triage.taking import take_in
from tests.flows.test_calling import PIECES, calls, shop
from tests.flows.test_whose_ticket import BEN
from tests.telling import NOOR, days, placed, shipped, told
from tests.world import NOW

__all__ = ["shop"]
pytestmark = pytest.mark.django_db

# Guests: known by their address alone.
GIA, HAL = Person(email="gia@example.org", name="Gia"), Person(email="hal@example.org", phone="+12025550144")
BUYERS = {"1": NOOR, "2": BEN, "3": GIA, "4": HAL, "5": GIA}
PARCELS = {n: f"1Z999AA1012345678{n}" for n in BUYERS}
NOW_LATER = NOW + days(6)


def hear(brand: Brand, facts: Sequence[Fact], *, late: bool = True) -> None:
    """One batch, as the pipeline does. `late`: what waited for it is looked for."""
    with transaction.atomic():
        known, news = people.record(brand.id, facts), early.news(brand, facts)
        orders.record(brand.id, facts)
        again = early.judge_news(brand, news, known, NOW_LATER) if late else set()
        tickets.regroup(brand, known | again, NOW_LATER)
        take_in(brand, [(None, fact) for fact in facts if isinstance(fact, MessageReceived)], NOW_LATER)


def wrote(n: int, who: Person, text: str, channel: str = "email", **more: Any) -> MessageReceived:
    at = NOW + days(3) + n * days(0.2)
    usual = {"source": channel, "message_id": f"m{n}", "channel": channel, "customer": who, "text": text}
    return MessageReceived(**(told(at) | usual | more))


def state(brand: Brand) -> tuple[list[Any], ...]:
    """What was made of it all, whatever it is called."""
    rows = Message.objects.filter(brand=brand).order_by("id")
    said = rows.values_list("id", "customer_id", "category", "confidence", "order_id", "order_how", "signals")
    held = [sorted(rows.filter(ticket_id=one.id).values_list("id", flat=True)) for one in Ticket.objects.all()]
    about = Ticket.objects.exclude(state=Ticket.GONE).values_list("order_id", "cause", "contacts", "waiting_since")
    proofs = Join.objects.order_by("id").values_list("customer_id", "other_id", "way", "proof")
    return list(said), sorted(filter(None, held)), sorted(about, key=repr), list(proofs)


Told = list[list[Fact]]  # what is told at once


def some_life(chance: Random) -> tuple[Told, Told]:
    """What a shop tells of its orders, and what their customers write of them, by mail and from elsewhere.

    An order comes with its parcels. How parcels stand is judged as of the message: news of them is no reason to judge
    it otherwise.
    """
    numbers = chance.sample(sorted(BUYERS), k=chance.randint(2, 5))
    facts: Told = [
        [placed(order_id=n, customer=BUYERS[n])]
        + ([shipped(NOW + days(1), n, PARCELS[n])] if chance.random() < 0.7 else [])
        for n in numbers
    ]
    if chance.random() < 0.5:
        facts.append([CustomerSeen(**told(NOW), person=Person(external_id="77", email="work@example.com"), as_of=NOW)])
    said: Told = []
    for n in range(chance.randint(2, 8)):
        who, number = chance.choice([NOOR, BEN, GIA, HAL]), chance.choice("12345")
        text = chance.choice(
            ["Where is order 10{0}?", "what about 10{0}", "Where is my parcel {1}?", "any news", "Where is my order?"]
        ).format(number, PARCELS[number])
        match chance.randrange(4):
            case 0:
                typed = Person(email=chance.choice([who.email, BUYERS[number].email]))
                said.append([wrote(n, typed, text, "chat", thread=f"c{chance.randrange(3)}")])
            case 1:
                said.append([wrote(n, Person(email="work@example.com"), text, "form", order_number=f"10{number}")])
            case _:
                said.append([wrote(n, Person(email=who.email), text)])
    return facts, said


def in_batches(chance: Random, facts: Told) -> Told:
    told_of = [*facts, *chance.choices(facts, k=2)]
    chance.shuffle(told_of)
    batches = []
    while told_of:
        batches.append(at_once([told_of.pop() for _ in range(min(len(told_of), chance.randint(1, 3)))]))
    return batches


def at_once(facts: Told) -> list[Fact]:
    return [fact for some in facts for fact in some]


@pytest.mark.parametrize("part", range(4))
def test_orders_before_between_and_after_messages_end_the_same(brand: Brand, part: int) -> None:
    for seed in range(part, 40, 4):
        chance = Random(seed)
        facts, said = some_life(chance)
        ends = []
        calm, backwards = [at_once(facts), at_once(said)], [at_once(said), at_once(facts)]
        for batches in (calm, backwards, in_batches(chance, [*facts, *said])):
            with transaction.atomic():
                for batch in batches:
                    hear(brand, batch)
                ends.append(state(brand))
                transaction.set_rollback(True)
        assert ends[1] == ends[0], f"seed {seed}: messages first"
        assert ends[2] == ends[0], f"seed {seed}: mixed"


def test_who_quotes_a_number_in_a_chat_is_joined_when_the_order_comes(brand: Brand) -> None:
    hear(brand, [wrote(1, Person(email=GIA.email), "Where is my order 103?", "chat", thread="c1")])
    assert Ticket.objects.get().order_id is None and Early.objects.count() == 1
    hear(brand, [placed(order_id="3", customer=GIA)])
    ticket, order = Ticket.objects.get(), Order.objects.get()
    assert ticket.order_id == order.id and Message.objects.get().order_how == "named"
    assert Join.objects.filter(way="quote").exists() and not Early.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_parcel_that_is_named_is_found_when_it_is_known(brand: Brand, order: tuple[int, ...]) -> None:
    text = f"Where is my parcel {PARCELS['3']}?"
    facts = [placed(order_id="3", customer=GIA), shipped(NOW, "3", PARCELS["3"]), wrote(1, GIA, text)]
    for at in order:
        hear(brand, [facts[at]])
    message = Message.objects.get()
    assert (message.order_id, message.order_how) == (Order.objects.get().id, "parcel")
    assert Ticket.objects.exclude(state=Ticket.GONE).get().order_id == message.order_id


def test_somebody_elses_order_is_not_theirs_for_coming_late(brand: Brand) -> None:
    hear(brand, [wrote(1, Person(email=BEN.email), "Where is my order 103?")])
    hear(brand, [placed(order_id="3", customer=GIA)])
    assert Ticket.objects.get().order_id is None


def test_what_came_at_the_same_moment_is_found_soon_after(brand: Brand) -> None:
    """Two workers take in an order and the message that names it, neither seeing what the other has not committed."""
    hear(brand, [wrote(1, Person(email=GIA.email), "Where is my order 103?")])
    hear(brand, [placed(order_id="3", customer=GIA)], late=False)
    assert Ticket.objects.get().order_id is None
    assert early.look_again(brand, NOW_LATER) == 0
    Early.objects.update(look_at=clock.machine())
    assert early.look_again(brand, NOW_LATER) == 1 and early.look_again(brand, NOW_LATER) == 0
    assert Ticket.objects.get().order_id == Order.objects.get().id


def test_nobody_waits_for_ever(brand: Brand) -> None:
    hear(brand, [wrote(1, Person(email=GIA.email), "Where is my order 103?")])
    Early.objects.update(look_at=clock.machine())
    early.look_again(brand, NOW_LATER + early.KEPT)
    assert not Early.objects.exists()


def test_an_order_costs_three_statements_more_whatever_else_was_written(brand: Brand) -> None:
    hear(brand, [wrote(n, Person(email=f"a{n}@example.net"), f"Where is my order {9000 + n}?") for n in range(60)])
    counts = []
    for late in (False, True):
        with transaction.atomic(), CaptureQueriesContext(connection) as seen:
            hear(brand, [placed(order_id="3", customer=GIA)], late=late)
            transaction.set_rollback(True)
        counts.append(len(seen))
    assert counts[1] - counts[0] <= 4


@pytest.mark.parametrize("at_once", [True, False])
def test_a_transcript_is_understood_whenever_it_comes(shop: Brand, at_once: bool) -> None:
    seen = set()
    for order in permutations(PIECES):
        with transaction.atomic():
            calls(shop, *order, at_once=at_once)
            message, ticket = Message.objects.get(), Ticket.objects.get()
            signals = tuple(message.signals)
            seen.add((message.category, message.confidence, message.language, message.order_how, signals, ticket.cause))
            transaction.set_rollback(True)
    ((category, *_, cause),) = seen
    assert category and cause == category

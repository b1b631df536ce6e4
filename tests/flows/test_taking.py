"""A message comes in by whatever channel: whose it is, which order it means, which ticket it joins."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import MessageReceived, Nature, Person
from aftercart.intake import services as intake
from aftercart.orders import services as orders
from aftercart.orders.models import Order
from aftercart.outbox.models import Outgoing
from aftercart.people import services as people
from aftercart.tickets import acting, replying, tokens
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Body, Message, Ticket
from aftercart.triage.taking import take_in
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import NOOR, days, placed, scanned, shipped, told
from tests.world import NOW

HOUR = timedelta(hours=1)
LATER = NOW + days(6)
BEN = Person(external_id="88", email="ben@example.com", name="Ben")
pytestmark = pytest.mark.django_db


def wrote(text: str, at: datetime = LATER, who: Person = NOOR, **more: Any) -> MessageReceived:
    usual: dict[str, Any] = {
        "message_id": f"{at.isoformat()}{who.email}{text}",
        "channel": "email",
        "customer": Person(email=who.email),
    }
    return MessageReceived(**(told(at) | {"source": "mail"} | usual | more), text=text)


def take(brand: Brand, *facts: MessageReceived, now: datetime | None = None) -> list[Ticket]:
    people.record(brand.id, list(facts))
    return take_in(brand, [(None, fact) for fact in facts], now or max(fact.happened_at for fact in facts))


@pytest.fixture
def shop(brand: Brand) -> Brand:
    """Noor's parcel stands still in Toledo; Ben's order is on its way."""
    bens = placed(order_id="2", customer=BEN)
    hear(brand, NOW, placed(), shipped(NOW), scanned(MOVING, NOW), bens, shipped(NOW, "2", "1Z2"))
    wait(LATER)
    return brand


def order(number: str) -> Order:
    return Order.objects.get(number=number)


def test_a_mail_that_names_the_order_is_about_it(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    assert (ticket.order_id, ticket.cause, ticket.state) == (order("101").id, "wismo_shipping_status", "open")
    assert Message.objects.get().order_how == "named" and ticket.concern_id is not None
    assert ticket.language == "en"


def test_hello_from_somebody_whose_parcel_stands_still_is_about_that_parcel(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Hello?"))
    assert (ticket.order_id, ticket.cause) == (order("101").id, "wismo_shipping_status")


def test_mail_then_chat_then_text_about_one_parcel_is_one_ticket_with_repeats(shop: Brand) -> None:
    take(shop, wrote("Where is my order 101?"))
    chat = wrote(
        "where is my parcel??", LATER + 3 * HOUR, channel="chat", source="chat", thread="c1", proven=True, customer=NOOR
    )
    (ticket,) = take(shop, chat)
    assert (ticket.messages, ticket.contacts, ticket.repeats, ticket.channel) == (2, 2, 1, "chat")


def test_an_order_number_of_somebody_else_opens_nothing_of_theirs(shop: Brand) -> None:
    (noors,) = take(shop, wrote("Where is my order 101?"))
    (bens,) = take(shop, wrote("Where is order 101?", LATER + HOUR, BEN))
    assert bens.id != noors.id and bens.order_id is None


def test_an_answer_with_the_token_joins_and_a_forged_one_does_not(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    (first,) = Message.objects.all()
    replying.reply(Who(shop, 1), ticket.id, "In Toledo.", LATER + HOUR)
    token = tokens.token(shop.id, first.id)
    stranger = Person(email="noor.private@example.net")
    (again,) = take(shop, wrote("ok but when", LATER + 2 * HOUR, stranger, tokens=(token,)))
    assert again.id == ticket.id
    forged = token[:-1] + ("a" if token[-1] != "a" else "b")
    (apart,) = take(shop, wrote("ok but when", LATER + 3 * HOUR, Person(email="mallory@example.net"), tokens=(forged,)))
    assert apart.id != ticket.id
    # Ben is known by an order of his own: a mail that Noor passed on to him makes him no part of hers.
    (bens,) = take(shop, wrote("what is this?", LATER + 4 * HOUR, BEN, tokens=(token,)))
    assert bens.id != ticket.id


def test_who_answers_means_what_was_said_to_them_and_not_what_worries_more(shop: Brand) -> None:
    hear(shop, LATER, placed(order_id="3"))
    (ticket,) = take(shop, wrote("Where is my order 103?"))
    token = tokens.token(shop.id, Message.objects.get().id)
    replying.reply(Who(shop, 1), ticket.id, "It leaves us tomorrow.", LATER + HOUR)
    (again,) = take(shop, wrote("I want to speak to a person", LATER + 2 * HOUR, tokens=(token,)))
    assert again.id == ticket.id and again.order_id == order("103").id
    (other,) = take(shop, wrote("And where is 101?", LATER + 3 * HOUR, tokens=(token,)))
    assert other.id != ticket.id and other.order_id == order("101").id


def test_references_count_only_for_those_who_take_part(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?", message_id="one@mail.example"))
    (same,) = take(shop, wrote("Any news about it", LATER + HOUR, answers=("one@mail.example",)))
    (other,) = take(shop, wrote("Any news about it", LATER + HOUR, BEN, answers=("one@mail.example",)))
    assert same.id == ticket.id and other.id != ticket.id


def test_a_doubted_sender_is_somebody_else(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    (doubted,) = take(shop, wrote("Send order 101 to my new address", LATER + HOUR, doubted=True))
    assert doubted.id != ticket.id and doubted.order_id is None


def test_a_bounce_of_our_answer_is_shown_in_its_ticket_and_waits_for_nobody(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    replying.reply(Who(shop, 1), ticket.id, "In Toledo.", LATER + HOUR)
    sent_as = Outgoing.objects.get(kind="reply").message_id.strip("<>")
    postman = Person(email="mailer-daemon@example.com")
    take(shop, wrote("Undelivered", LATER + 2 * HOUR, postman, nature=Nature.BOUNCE, answers=(sent_as,)))
    ticket.refresh_from_db()
    assert (ticket.messages, ticket.state, ticket.contacts) == (3, "waiting", 1)


def test_two_reports_about_one_answer_that_come_together_are_both_in_its_ticket(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    (other,) = take(shop, wrote("Where is my order 102?", who=BEN))
    said = [replying.reply(Who(shop, 1), one.id, "In Toledo.", LATER + HOUR) for one in (ticket, other)]
    sent_as = [Outgoing.objects.get(id=one.outgoing_id or "").message_id.strip("<>") for one in said]
    postman = Person(email="mailer-daemon@example.com")
    told: dict[str, Any] = {"who": postman, "nature": Nature.BOUNCE, "answers": tuple(sent_as)}
    take(shop, wrote("Delayed", LATER + 2 * HOUR, **told), wrote("Given up", LATER + 3 * HOUR, **told))
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.messages, other.messages, Ticket.objects.count()) == (4, 2, 2), "the first that they name is meant"


def test_thanks_opens_nothing_again(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    acting.resolve(Who(shop, 1), ticket.id, LATER + HOUR)
    take(shop, wrote("Thank you so much!", LATER + 2 * HOUR))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.messages, ticket.repeats) == ("resolved", 2, 0)


def test_two_addresses_of_one_account_are_one_person_and_one_ticket(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    # The same account of the shop orders again with another address.
    private = Person(external_id="77", email="noor@home.example")
    hear(shop, LATER, placed(LATER, "3", customer=private))
    (again,) = take(shop, wrote("Where is my order 101??", LATER + HOUR, Person(email="noor@home.example")))
    assert again.id == ticket.id and again.repeats == 0


def test_what_is_snoozed_until_the_next_scan_wakes_with_it(shop: Brand) -> None:
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    acting.snooze(Who(shop, 1), ticket.id, LATER + HOUR, on_scan=True)
    ticket.refresh_from_db()
    assert ticket.state == "snoozed"
    moved = orders.record(shop.id, [scanned(MOVING, LATER + 2 * HOUR, city="Gary")]).parcels
    assert acting.wake_scanned(shop, moved, LATER + 2 * HOUR) == 1
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_through_the_inbox_a_message_becomes_a_ticket_once(shop: Brand) -> None:
    said = {
        "kind": "message_received", "message_id": "ig-1", "channel": "instagram", "text": "where is order 101??",
        "customer": {"email": "noor@example.com"}, "happened_at": LATER.isoformat(), "proven": True,
    }  # fmt: skip
    for again in ("", " "):
        body = json.dumps({"facts": [said]}).encode() + again.encode()
        intake.store([intake.arrival(shop.id, "aftercart", body, LATER)])
        pipeline.settle(LATER)
    assert Ticket.objects.count() == 1 and Body.objects.get().text == "where is order 101??"


def test_no_card_is_kept_in_clear_and_the_shops_own_numbers_are(shop: Brand) -> None:
    take(shop, wrote("Charge 4111 1111 1111 1111 again for order 101", html="<p>4111<b> 1111 1111</b> 1111</p>"))
    body = Body.objects.get()
    assert "1111 1111 1111" not in body.text + body.html and "101" in body.text
    assert Message.objects.get().order_id == order("101").id


def test_a_guest_of_the_shop_is_nobody_elses_by_a_mail_that_was_passed_on(shop: Brand) -> None:
    guest = Person(email="gus@example.com", name="Gus")
    hear(shop, LATER, placed(LATER, "3", customer=guest))
    (ticket,) = take(shop, wrote("Where is my order 101?"))
    token = tokens.token(shop.id, Message.objects.get().id)
    (theirs,) = take(shop, wrote("what is this?", LATER + HOUR, guest, tokens=(token,)))
    assert theirs.id != ticket.id

"""Whoever has left the chat gets the answer by mail, if they said where to."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.chat.asking import Leaving, read
from aftercart.chat.mailing import mail_unseen
from aftercart.chat.models import Conversation
from aftercart.connectors.chat import Said, encode, message_id
from aftercart.facts import MessageReceived, Person
from aftercart.intake import services as intake
from aftercart.intake.refusals import Refused
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.plumbing import clock
from aftercart.tickets import tokens
from aftercart.triage.taking import take_in
from tests import world
from tests.flows.chat_world import answered

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def juniper() -> Brand:
    return world.juniper()


def wrote(brand: Brand, thread: str, text: str) -> None:
    """As the endpoint stores it."""
    id = uuid4().hex
    body = encode(Said(id=id, thread=thread, at=clock.business(brand), text=text))
    intake.store([intake.arrival(brand.id, "chat", body, clock.machine(), key=message_id(thread, id))])
    pipeline.settle()


def left(brand: Brand, email: str = "alice@example.com") -> Conversation:
    """Somebody who asked and went away, leaving an address or none."""
    row = Conversation.objects.create(
        id=uuid4(), brand=brand, seen_at=clock.business(brand), email=email, language="de"
    )
    wrote(brand, row.id.hex, "Where is my teapot?")
    return row


def mails(brand: Brand) -> list[Outgoing]:
    return list(Outgoing.objects.filter(brand=brand, kind="reply").order_by("id"))


def test_what_was_answered_after_they_left_is_mailed_once_and_together(juniper: Brand) -> None:
    row, now = left(juniper), clock.business(juniper)
    first = answered(juniper, row.id.hex, "In Leipzig.", now + 10 * MINUTE)
    assert mail_unseen(juniper, now + 12 * MINUTE) == 0, "they may be back in a moment"
    last = answered(juniper, row.id.hex, "It comes <tomorrow>.", now + 12 * MINUTE)
    assert mail_unseen(juniper, now + 13 * MINUTE) == 1 and mail_unseen(juniper, now + 14 * MINUTE) == 0

    (mail,) = mails(juniper)
    body = OutgoingBody.objects.get(id=mail.id)
    assert (mail.channel, mail.purpose, body.address, body.language) == ("email", "asked", "alice@example.com", "de")
    assert body.text == "In Leipzig.\n\nIt comes <tomorrow>." and "&lt;tomorrow&gt;" in body.html
    assert first.id < last.id and body.mail["reply_to"] == tokens.address(
        "help@juniper-and-clay.example", juniper.id, last.id
    )
    answered(juniper, row.id.hex, "It is there.", now + 60 * MINUTE)
    assert mail_unseen(juniper, now + 64 * MINUTE) == 1 and len(mails(juniper)) == 2


def test_who_still_looks_or_left_no_address_gets_no_mail(juniper: Brand) -> None:
    looking, nameless, now = left(juniper), left(juniper, email=""), clock.business(juniper)
    for row in (looking, nameless):
        answered(juniper, row.id.hex, "In Leipzig.", now + 10 * MINUTE)
    Conversation.objects.filter(id=looking.id).update(seen_at=now + 11 * MINUTE)
    assert mail_unseen(juniper, now + 30 * MINUTE) == 0 and mails(juniper) == []


def test_their_answer_to_that_mail_belongs_to_the_same_ticket(juniper: Brand) -> None:
    row, now = left(juniper), clock.business(juniper)
    message = answered(juniper, row.id.hex, "Which colour?", now)
    assert mail_unseen(juniper, now + 4 * MINUTE) == 1
    fact = MessageReceived(
        source="mail", happened_at=now + 5 * MINUTE, reported_at=now + 5 * MINUTE, message_id="m1@example.com",
        channel="email", customer=Person(email="alice@example.com"), text="The blue one, please.",
        tokens=(tokens.token(juniper.id, message.id),),
    )  # fmt: skip
    (ticket,) = take_in(juniper, [(None, fact)], now + 5 * MINUTE)
    assert ticket.id == message.ticket_id


@pytest.mark.parametrize("email", ["a@b.example\n", "a b@c.example", "a@b@c"])
def test_what_is_no_address_is_not_kept_as_one(email: str) -> None:
    with pytest.raises(Refused):
        read(json.dumps({"email": email}).encode(), Leaving)

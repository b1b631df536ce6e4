"""Our answers: into which conversation, and one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.tickets import acting, placing, replying
from aftercart.tickets import services as tickets
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Body, Message, Ticket
from tests import world
from tests.flows.test_placing import HOUR, NOW, wrote

CHAT = "c" * 32


@pytest.mark.django_db
def test_an_answer_by_chat_stands_in_the_chat_though_they_wrote_by_mail_since(brand: Brand) -> None:
    (ticket,) = tickets.place(brand, [wrote(brand, "a", channel="chat", thread=CHAT)], NOW)
    tickets.place(brand, [wrote(brand, "b", 1, subject="Bowl", reading={"message_id": "b@post.example"})], NOW + HOUR)
    who = Who(brand, None)
    said = replying.reply(who, ticket.id, "In Leipzig.", NOW + 2 * HOUR, channel="chat")
    assert Body.objects.get(id=said.id).thread == CHAT and said.outgoing_id is None
    mailed = replying.reply(who, ticket.id, "In Leipzig.", NOW + 3 * HOUR)
    assert mailed.channel == "email" and Body.objects.get(id=mailed.id).thread == ""


@pytest.mark.django_db
def test_bytes_that_no_text_has_are_left_out_of_an_answer(brand: Brand) -> None:
    (ticket,) = tickets.place(brand, [wrote(brand, "a")], NOW)
    said = replying.reply(Who(brand, None), ticket.id, "In\0 Leipzig.", NOW)
    assert Body.objects.get(id=said.id).text == "In Leipzig."
    assert acting.tag(Who(brand, None), ticket.id, NOW, add=["v\0ip"]).detail["after"] == {"tags": ["v ip"]}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told_of_the_other() -> None:
    brand = world.juniper()
    (ticket,) = tickets.place(brand, [wrote(brand, "a")], NOW)
    seen, ready = Message.objects.get().id, threading.Barrier(2)

    def answers(words: str) -> str:
        try:
            ready.wait(10)
            replying.reply(Who(brand, None), ticket.id, words, NOW + HOUR, seen=seen)
        except NotPossible as error:
            return error.reason
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(answers, ["In Leipzig.", "In Bonn."]))
    assert told == ["sent", "somebody has answered meanwhile"]
    assert Message.objects.filter(direction=Message.OUT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_is_laid_aside_while_it_is_folded_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = world.juniper()
    (ticket,) = tickets.place(brand, [wrote(brand, "a")], NOW)
    read, asleep, usual = threading.Event(), threading.Event(), placing.named

    def slow(*told: Any) -> Any:
        read.set()
        asleep.wait(1)
        return usual(*told)

    def folds() -> None:
        monkeypatch.setattr(placing, "named", slow)
        # Nothing that the customer said: a note of a colleague's.
        replying.note(Who(brand, None), ticket.id, "Ask the depot.", NOW + HOUR)
        connection.close()

    with ThreadPoolExecutor(1) as other:
        done = other.submit(folds)
        assert read.wait(10)
        acting.snooze(Who(brand, None), ticket.id, NOW + HOUR, until=NOW + 5 * HOUR)
        asleep.set()
        done.result(10)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.snoozed_until) == (Ticket.SNOOZED, NOW + 5 * HOUR)

"""What a brand leaves to a machine is answered once, with the ticket, and comes back to people when it did not help."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest
from django.db import transaction
from typer.testing import CliRunner

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.sending import EMAIL
from aftercart.facts import MessageReceived, Person
from aftercart.intake import services as intake
from aftercart.intake.mailboxes import services as mailboxes
from aftercart.outbox import handover
from aftercart.outbox.answering import ANSWER
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.automatic import services as automatic
from aftercart.outreach.automatic import terms
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.outreach.automatic.queries import counted
from aftercart.people import services as people
from aftercart.tickets import services as tickets
from aftercart.tickets import tokens
from aftercart.tickets.models import Body, Message, Ticket
from aftercart.triage import early
from aftercart.triage.taking import take_in
from aftercart.watch.models import Concern
from tests.connectors.mail.writing import mail
from tests.flows.intake_world import database_url
from tests.flows.mail_world import hand_over
from tests.flows.test_lmtp import HELP, listening
from tests.flows.test_taking import BEN, HOUR, LATER, shop, wrote
from tests.flows.test_watch import MOVING, hear
from tests.mailserver import mail_server
from tests.telling import NOOR, placed, promised, scanned, shipped

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
WHERE = "Where is my order 101?"
CATEGORY = "wismo_shipping_status"


@pytest.fixture
def answering(shop: Brand) -> Iterator[Brand]:
    terms.publish(shop, at=LATER - HOUR, by="maren", categories={CATEGORY: 0.7}, channels=["email", "chat"])
    yield shop


def take(brand: Brand, *facts: MessageReceived, now: datetime | None = None) -> int:
    """As the pipeline does."""
    at = now or max(fact.happened_at for fact in facts)
    people.record(brand.id, list(facts))
    return automatic.answer(brand, take_in(brand, [(None, fact) for fact in facts], at), at)


def on_their_way(brand: Brand, orders: Iterable[int]) -> list[str]:
    """Orders of Noor's, by their ids."""
    named = [str(n) for n in orders]
    facts = [(placed(LATER, n), promised(date(2026, 4, 20), order_id=n), shipped(LATER, n, f"1Z{n}")) for n in named]
    with transaction.atomic():
        hear(brand, LATER, *(fact for some in facts for fact in some))
        hear(brand, LATER, *(scanned(MOVING, LATER, f"1Z{n}") for n in named))
    return named


def reason() -> str:
    return MachineAnswer.objects.latest("at", "id").reason


def test_until_a_brand_says_so_nothing_is_answered_and_nothing_kept(shop: Brand) -> None:
    assert take(shop, wrote(WHERE)) == 0
    assert not MachineAnswer.objects.exists() and not Outgoing.objects.filter(kind=ANSWER).exists()


def test_where_is_it_is_answered_with_the_facts_and_waits_for_the_customer(answering: Brand) -> None:
    assert take(answering, wrote(WHERE, message_id="one@mail.example")) == 1
    ticket, asked = Ticket.objects.get(), Message.objects.get(direction="in")
    said, row = Message.objects.get(direction="out"), MachineAnswer.objects.get()
    assert (ticket.state, ticket.waiting_since, said.author_id) == (Ticket.WAITING, None, None)
    assert row.answered and row.reply_id == said.id and row.facts["order"] == "101" and row.facts["city"] == "Toledo"
    owed = Outgoing.objects.get(kind=ANSWER)
    body = OutgoingBody.objects.get(id=owed.id)
    assert owed.episode == asked.id and said.outgoing_id == owed.id and body.address == NOOR.email
    assert "This answer is automatic" in body.text and "a person at Juniper & Clay reads it" in body.text
    assert tokens.token(answering.id, asked.id) in body.mail["reply_to"] and "by_person" not in body.mail


def test_the_same_mail_again_in_whatever_company_is_answered_once(answering: Brand) -> None:
    for _ in range(3):
        take(answering, wrote(WHERE), wrote(WHERE))
    assert Outgoing.objects.filter(kind=ANSWER).count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (wrote("Where is my order 101??? It should be here. I want to talk to a human!"), "they want a person"),
        (wrote(WHERE, who=BEN), "a number that is none of theirs"),
        (wrote(WHERE, doubted=True), "a number that is none of theirs"),
        (wrote("Where is my order?", doubted=True), "it is not known which order"),
        (wrote(WHERE, public=True), "everybody could read the answer"),
        (wrote(WHERE, channel="form"), "no machine answers by form"),
        (wrote(WHERE, channel="chat", source="chat", thread="c", customer=NOOR), "nothing proves"),
        (wrote("Waar is mijn pakket 101? Wanneer komt mijn bestelling aan?"), "its language"),
    ],
)
def test_a_person_answers_and_the_ticket_says_why(answering: Brand, said: MessageReceived, why: str) -> None:
    assert take(answering, said) == 0
    assert why in reason() and Ticket.objects.get().state == Ticket.OPEN


def test_in_a_chat_whoever_is_proven_reads_the_news_there_and_the_limit_holds(answering: Brand) -> None:
    on_their_way(answering, range(3, 8))
    for n in range(3, 8):
        asked = wrote(f"Where is my order 10{n}?", channel="chat", source="chat", thread=f"c{n}", customer=NOOR)
        take(answering, replace(asked, proven=True))
    said = Message.objects.filter(direction="out")
    assert said.count() == 3 and {one.channel for one in said} == {"chat"}
    assert not Outgoing.objects.filter(kind=ANSWER).exists()
    refused = set(MachineAnswer.objects.filter(answered=False).values_list("reason", flat=True))
    assert refused == {"3 automatic answers went to this address within an hour: a person has to answer"}
    text = Body.objects.get(id=said[0].id).text
    assert "This answer is automatic" in text and "http" not in text


def test_a_text_message_is_answered_shortly(answering: Brand) -> None:
    terms.publish(answering, at=LATER - HOUR, by="maren", channels=["sms"])
    reached = Person(external_id="77", email=NOOR.email, phone="+12025550177")
    hear(answering, LATER, placed(LATER, customer=reached))
    asked = wrote(WHERE, channel="sms", source="twilio", customer=Person(phone="+12025550177"), proven=True)
    assert take(answering, asked) == 1
    body = OutgoingBody.objects.get(id=Outgoing.objects.get(kind=ANSWER).id)
    assert body.address == "+12025550177" and body.text.endswith("Automatic answer. Reply and a person reads it.")


def test_the_command_sets_shows_and_names_what_is_wrong(brand: Brand) -> None:
    def ran(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["auto-answers", "juniper", *arguments])
        return done.exit_code, done.stdout + done.stderr

    code, out = ran()
    assert code == 0 and json.loads(out)["categories"] == {} and json.loads(out)["channels"] == []
    told = ("--category", f"{CATEGORY}=0.9", "--channels", "email, form", "--except", "missed", "--hours", "12")
    code, out = ran(*told)
    assert code == 0 and json.loads(out) == json.loads(ran()[1]) == {
        "categories": {CATEGORY: 0.9}, "channels": ["email", "form"], "except_worries": ["missed"], "hours": 12,
        "resolve_hours": 72,
    }  # fmt: skip
    for wrong, why in (
        (("--channels", "voice"), "channels: 'voice' is none of"),
        (("--category", "loyalty=0.9"), "categories: 'loyalty' is none of"),
        (("--category", f"{CATEGORY}=high"), "category: 'high' is no number"),
    ):
        code, out = ran(*wrong)
        assert code == 1 and why in out and len(out.strip().splitlines()) == 1
    assert json.loads(ran("--off")[1])["categories"] == {}


def test_what_is_older_than_a_day_is_never_answered(answering: Brand) -> None:
    assert take(answering, wrote(WHERE), now=LATER + 25 * HOUR) == 0
    assert reason() == "it is older than 24 hours"


def test_what_the_service_refuses_a_person_answers(answering: Brand) -> None:
    Concern.objects.update(kind="lost")
    assert take(answering, wrote(WHERE)) == 0 and reason() == "the parcel is lost"


def test_who_writes_again_is_back_at_once_and_counts_against_it(answering: Brand) -> None:
    take(answering, wrote(WHERE))
    assert [(one.answered, one.again) for one in counted(answering, LATER - HOUR, timedelta(days=7))] == [(1, 0)]
    take(answering, wrote("Thank you!", LATER + HOUR))
    assert Ticket.objects.get().state == Ticket.WAITING
    assert take(answering, wrote("That does not help, where is it?", LATER + 2 * HOUR)) == 0
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.waiting_since, ticket.repeats) == (Ticket.OPEN, LATER + 2 * HOUR, 1)
    assert [(one.answered, one.again) for one in counted(answering, LATER - HOUR, timedelta(days=7))] == [(1, 1)]
    assert automatic.resolve_due(answering, LATER + 73 * HOUR) == 1
    assert Ticket.objects.get().state == Ticket.OPEN


def test_without_a_word_it_is_resolved_and_nobody_is_asked(answering: Brand) -> None:
    take(answering, wrote(WHERE))
    take(answering, wrote("Thank you!", LATER + HOUR))
    assert automatic.resolve_due(answering, LATER + 71 * HOUR) == 0
    assert automatic.resolve_due(answering, LATER + 72 * HOUR) == 1
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.contacts, ticket.repeats) == (Ticket.RESOLVED, 1, 0)
    assert not Outgoing.objects.filter(kind="ask_ticket").exists()


def test_an_order_that_comes_late_may_still_be_answered(answering: Brand) -> None:
    assert take(answering, wrote("Where is my order 103?", who=BEN)) == 0
    assert "a number that is none of theirs" in reason()
    late = [placed(LATER, "3", customer=BEN), promised(date(2026, 4, 20), order_id="3"), shipped(LATER, "3", "1Z3")]
    news = early.news(answering, late)
    hear(answering, LATER, *late, scanned(MOVING, LATER, "1Z3"))
    changed = tickets.regroup(answering, early.judge_news(answering, news, set(), LATER + HOUR), LATER + HOUR)
    assert automatic.answer(answering, changed, LATER + HOUR) == 1
    assert MachineAnswer.objects.get().facts["order"] == "103"


@pytest.mark.parametrize("seed", range(12))
def test_never_more_than_the_limit_whatever_the_order_and_how_often(answering: Brand, seed: int) -> None:
    chance = Random(seed)
    orders = on_their_way(answering, range(3, 12))
    said = [wrote(f"Where is my order 10{n}?", LATER + chance.randrange(600) * HOUR / 10) for n in orders]
    again = [*said, *chance.choices(said, k=6)]
    chance.shuffle(again)
    while again:
        batch = [again.pop() for _ in range(min(len(again), chance.randint(1, 3)))]
        take(answering, *batch, now=max(LATER, *(one.happened_at for one in batch)))
    times = sorted(Outgoing.objects.filter(kind=ANSWER).values_list("created_at", flat=True))
    assert times, [one.reason for one in MachineAnswer.objects.all()]
    for at in times:
        assert sum(at <= one < at + HOUR for one in times) <= 3
        assert sum(at <= one < at + 24 * HOUR for one in times) <= 5
    messages = MachineAnswer.objects.filter(answered=True).values_list("message_id", flat=True)
    assert len(messages) == len(set(messages)) == len(times)


def test_what_is_rolled_back_leaves_nothing_and_is_done_once_then(answering: Brand) -> None:
    """Killed after the answer was written and before the commit."""
    with transaction.atomic():
        assert take(answering, wrote(WHERE)) == 1
        transaction.set_rollback(True)
    assert not Message.objects.exists() and not Outgoing.objects.filter(kind=ANSWER).exists()
    assert take(answering, wrote(WHERE)) == 1
    assert Message.objects.count() == 2 and Outgoing.objects.filter(kind=ANSWER).count() == 1


def test_through_the_inbox(answering: Brand) -> None:
    said = {
        "kind": "message_received", "message_id": "m-1", "channel": "email", "text": WHERE,
        "customer": {"email": NOOR.email}, "happened_at": LATER.isoformat(),
    }  # fmt: skip
    for again in ("", " "):
        body = json.dumps({"facts": [said]}).encode() + again.encode()
        intake.store([intake.arrival(answering.id, "aftercart", body, LATER)])
        pipeline.settle(LATER)
    assert Outgoing.objects.filter(kind=ANSWER).count() == 1 and Ticket.objects.get().state == Ticket.WAITING
    pipeline.settle(LATER + 80 * HOUR)
    assert Ticket.objects.get().state == Ticket.RESOLVED


@pytest.mark.django_db(transaction=True)
def test_two_machines_that_answer_each_other_end(brand: Brand) -> None:
    """A robot without manners: it asks about another order after each of our mails, as a person would."""
    mailboxes.add(brand, name="all", way="lmtp", addresses=[HELP], by="maren")
    numbers = on_their_way(brand, range(1, 9))
    terms.publish(brand, at=LATER - HOUR, by="maren", categories={CATEGORY: 0.7}, channels=["email"])
    with mail_server() as robot, listening(database_url()) as port, smtplib.LMTP("127.0.0.1", port) as door:
        for turn, number in enumerate(numbers):
            at = LATER + turn * timedelta(minutes=1)
            head = {"from": NOOR.email, "to": HELP, "date": format_datetime(at), "message_id": f"<r{turn}@x.example>"}
            content = mail(f"Where is my order 10{number}?", **head, subject="Hello")
            assert hand_over(door, content, HELP) == {HELP: 250}
            pipeline.settle(at)
            handover.drain({EMAIL: Smtp(robot.url, 5)}, now=at)
            if len(robot.received) <= turn:
                break
    assert len(robot.received) == Outgoing.objects.filter(kind=ANSWER, state=Outgoing.SENT).count() == 3
    assert all(one["Auto-Submitted"] == "auto-generated" for one in robot.received)
    assert "3 automatic answers went to this address" in reason()
    assert Ticket.objects.filter(state=Ticket.OPEN).count() == 1

"""What becomes known after a message has left: by its provider's reports, by its recipient's wish. In any order."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from aftercart import facts as f
from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors.sending import Message, Unknowable
from aftercart.facts import Outcome
from aftercart.intake.services import arrival, store
from aftercart.ops.books import imbalances
from aftercart.outbox import handover, lines, reports, services
from aftercart.outbox.lines import Lines
from aftercart.outbox.models import Outgoing
from aftercart.people import consent
from aftercart.people.consent import refused_of
from aftercart.people.models import Consent
from aftercart.plumbing import clock
from aftercart.plumbing.addresses import address_hash
from tests.connectors.payloads import body
from tests.flows.test_outbox import owe, row
from tests.world import NOW

NOOR = "noor@example.com"


def told(outcome: Outcome, hours: int = 0, **known: Any) -> f.MessageReported:
    at = NOW + timedelta(hours=hours)
    facts: dict[str, Any] = {"source": "postmark", "happened_at": at, "reported_at": at, "channel": "email"}
    return f.MessageReported(**(facts | {"outcome": outcome, "reason": outcome.value} | known))


def wish(granted: bool, hours: int = 0, **known: Any) -> f.ConsentTold:
    at = NOW + timedelta(hours=hours)
    facts: dict[str, Any] = {"source": "twilio", "happened_at": at, "reported_at": at, "channel": "email"}
    return f.ConsentTold(**(facts | {"address": NOOR, "granted": granted} | known))


def sent(brand: Brand, **known: object) -> Outgoing:
    outgoing = owe(brand, **known)
    handover.drain({"email": lambda message: "pm-1"})
    return row(outgoing)


def picture() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in ("outbox_outgoing", "outbox_reach", "people_consent"):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            found.append(cursor.fetchall())
        return found


@pytest.mark.parametrize("named", ["reference", "message_id"])
def test_a_report_finds_its_message_by_our_name_or_by_the_provider_s(brand: Brand, named: str) -> None:
    message = sent(brand)
    by_name = {"reference": told(Outcome.DELIVERED, reference=message.id.hex)}
    by_name["message_id"] = told(Outcome.DELIVERED, message_id="pm-1")

    reports.record(brand.id, [by_name[named]], NOW)

    found = row(message.id)
    assert (found.outcome, found.outcome_at, found.state) == ("delivered", NOW, Outgoing.SENT)


def test_reports_in_any_order_and_any_number_end_in_the_same(brand: Brand) -> None:
    message, chance = sent(brand), random.Random(17)
    stories = [told(outcome, hour, reference=message.id.hex) for hour, outcome in enumerate(Outcome)]
    stories += [told(Outcome.DELIVERED, 9, address="other@example.com"), told(Outcome.HARD_BOUNCED, 9, address=NOOR)]
    wishes = [wish(True), wish(False, 2), wish(True, 2, purpose="service"), wish(True, 1)]
    seen = []
    for _ in range(12):
        Outgoing.objects.update(outcome="", outcome_at=None, outcome_why="")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM outbox_reach; DELETE FROM people_consent")
        batch: list[f.Fact] = [*stories, *wishes, *chance.sample(stories, 3), *chance.sample(wishes, 2)]
        chance.shuffle(batch)
        size = chance.randrange(1, 6)
        for cut in (batch[at : at + size] for at in range(0, len(batch), size)):
            reports.record(brand.id, cut, NOW)
            consent.record(brand.id, cut)
        seen.append(picture())

    assert all(one == seen[0] for one in seen)
    assert row(message.id).outcome == "complained"
    assert refused_of(brand, [NOOR]) == {NOOR}, "of two wishes at one moment the refusal counts"


def test_a_message_that_a_crash_left_unknowable_is_known_by_its_report(brand: Brand) -> None:
    def breaks(message: Message) -> str:
        raise Unknowable("the line broke")

    outgoing = owe(brand)
    handover.drain({"email": breaks})
    assert row(outgoing).state == Outgoing.PARKED

    reports.record(brand.id, [told(Outcome.DELIVERED, reference=outgoing.hex, message_id="pm-9")], NOW)

    found = row(outgoing)
    assert (found.state, found.reason, found.provider_id) == (Outgoing.SENT, "", "pm-9")
    assert found.sent_at == NOW and not services.release(brand, outgoing, "maren")


def test_a_report_that_is_quicker_than_our_own_books_is_not_undone_by_them(brand: Brand) -> None:
    outgoing = owe(brand)

    def quick(message: Message) -> str:
        reports.record(brand.id, [told(Outcome.DELIVERED, reference=message.reference)], NOW)
        return "pm-1"

    handover.drain({"email": quick})
    assert (row(outgoing).state, row(outgoing).outcome) == (Outgoing.SENT, "delivered")


def test_what_was_taken_although_its_answer_said_no_is_not_sent_again(brand: Brand) -> None:
    outgoing = owe(brand)
    Outgoing.objects.update(attempts=1, due_at=clock.machine() - timedelta(seconds=1))

    reports.record(brand.id, [told(Outcome.DELIVERED, reference=outgoing.hex)], NOW)

    assert handover.drain({"email": lambda message: "again"}).idle and row(outgoing).state == Outgoing.SENT


def test_addresses_that_bounce_or_complain_are_known_and_those_that_work_again_too(brand: Brand) -> None:
    batch = [
        told(Outcome.HARD_BOUNCED, 1, address="Gone@Example.com"),
        told(Outcome.COMPLAINED, 1, address="angry@example.com"),
        told(Outcome.SOFT_BOUNCED, 1, address="full@example.com"),
        told(Outcome.FAILED, 1, address="blocked@example.com"),
        told(Outcome.HARD_BOUNCED, 1, address="back@example.com"),
        told(Outcome.DELIVERED, 2, address="back@example.com"),
        told(Outcome.DELIVERED, 0, address="angry@example.com"),
        told(Outcome.HARD_BOUNCED, 1, address="+31612345678", channel="whatsapp"),
    ]
    reports.record(brand.id, batch, NOW)

    asked = ["gone@example.com", "angry@example.com", "full@example.com", "blocked@example.com", "back@example.com", ""]
    assert services.unreachable(brand, asked) == {"gone@example.com", "angry@example.com"}
    assert services.unreachable(brand, ["+31 6 1234 5678"], channel="whatsapp") == {"+31 6 1234 5678"}
    assert services.unreachable(brand, ["+31 6 1234 5678"], channel="sms") == set()


def test_reports_of_one_brand_say_nothing_of_another_s_messages(brand: Brand) -> None:
    message, other = sent(brand), Brand.objects.create(slug="moss", from_email="a@moss.example", country="NL")

    reports.record(other.id, [told(Outcome.COMPLAINED, reference=message.id.hex, message_id="pm-1")], NOW)

    assert row(message.id).outcome == "" and services.unreachable(brand, [NOOR]) == set()


def test_an_opt_out_stops_what_is_already_owed_and_says_why(brand: Brand) -> None:
    outgoing, asked_for = owe(brand), owe(brand, episode=uuid4(), purpose=services.ASKED)
    consent.record(brand.id, [wish(False)])

    done = handover.drain({"email": lambda message: "pm-1"}, consents=consent.consents)

    assert (done.cancelled, done.sent) == (1, 1)
    assert row(outgoing).state == Outgoing.CANCELLED and "asked for no such messages" in row(outgoing).reason
    assert row(asked_for).state == Outgoing.SENT, "a link that the customer has just asked for is no such message"
    assert imbalances() == []


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        (wish(False, channel="sms"), True),
        (wish(False, purpose="marketing"), True),
        (wish(False, address="somebody@example.com"), True),
        (wish(False, address=" NOOR@example.com "), False),
        (wish(False, purpose="service"), False),
    ],
)
def test_an_opt_out_stops_what_it_is_about_and_nothing_else(brand: Brand, said: f.ConsentTold, goes: bool) -> None:
    outgoing = owe(brand)
    consent.record(brand.id, [said])

    handover.drain({"email": lambda message: ""}, consents=consent.consents)

    assert (row(outgoing).state == Outgoing.SENT) == goes


def test_an_opt_out_between_the_taking_and_the_handing_over_comes_in_time(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the narrowest place: the row is leased, the line is chosen, and then the customer says stop."""
    outgoing, said = owe(brand), list[Message]()
    choose = Lines.choose

    def and_then_they_say_stop(*known: Any, **more: Any) -> Any:
        consent.record(brand.id, [wish(False)])
        return choose(*known, **more)

    def say(message: Message) -> str:
        said.append(message)
        return ""

    monkeypatch.setattr(Lines, "choose", and_then_they_say_stop)
    handover.drain({"email": say}, consents=consent.consents)

    assert not said and row(outgoing).state == Outgoing.CANCELLED


def test_twilio_s_stop_comes_through_the_inbox_like_everything_else(brand: Brand) -> None:
    outgoing = owe(brand, channel="sms", address="+31 6 1234 5678")
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": "http://127.0.0.1:9"}
    lines.add(brand, provider="twilio", channel="sms", settings=told, by="maren")
    store([arrival(brand.id, "twilio", body("twilio", "stop"), NOW)])

    pipeline.settle(NOW)
    pipeline.send(NOW)

    kept = Consent.objects.filter(brand=brand, granted=False)
    assert {one.purpose for one in kept} == {*consent.PURPOSES, consent.AT_PROVIDER}
    assert {one.channel for one in kept} == {"sms"}
    assert kept[0].address_hash == address_hash(brand.id, "+31612345678")
    assert row(outgoing).state == Outgoing.CANCELLED and imbalances() == []

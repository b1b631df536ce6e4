"""What customers are asked, when, and what comes of it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from typer.testing import CliRunner

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.connectors.sending import Message
from aftercart.facts import Fact, NotReceived, State
from aftercart.orders.models import Order
from aftercart.outbox import handover
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach import terms as manners
from aftercart.outreach.models import Decision
from aftercart.outreach.questions import services, terms
from aftercart.people import consent
from aftercart.people.models import Consent
from aftercart.plumbing import ids
from aftercart.plumbing.addresses import address_hash
from tests.flows.customer import see
from tests.flows.speaking_world import reach
from tests.flows.test_outreach import said
from tests.flows.test_watch import MOVING, wait
from tests.telling import CHICAGO, NOOR, days, placed, promised, scanned, shipped, told
from tests.world import NOW

HOUR = timedelta(hours=1)
CAME = NOW + days(2)  # seven in the morning in Chicago


@pytest.fixture
def asking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    terms.publish(brand, at=NOW, by="Noor", ask={"ask_delivery": 48, "ask_ticket": 24, "ask_refund": 24})
    return brand


def order(number: str = "1", *more: Fact, left: str = "front_door", came: datetime = CAME) -> tuple[Fact, ...]:
    track, morning = f"1Z{number}", NOW - HOUR
    return (
        placed(morning, order_id=number), promised(date(2026, 3, 13), morning, order_id=number),
        shipped(NOW, number, track), scanned(MOVING, NOW, number=track),
        scanned(State.DELIVERED, came, number=track, place=CHICAGO, reason=left), *more,
    )  # fmt: skip


def missing(at: datetime, number: str = "1", *, found: bool = False) -> NotReceived:
    return NotReceived(**told(at), order_id=number, as_of=at, number=f"1Z{number}", found=found)


def reason(kind: str) -> str:
    return Decision.objects.get(kind=kind).reason


# Did it arrive?


def test_a_delivery_in_doubt_is_asked_about_a_day_later(asking: Brand) -> None:
    reach(asking, CAME, *order(left="safe_place"))
    wait(CAME + 23 * HOUR)
    assert said() == [] and "left out of sight" in reason("delivered_check")
    wait(CAME + 24 * HOUR)
    assert said() == ["delivered_check"]
    body = OutgoingBody.objects.get()
    assert "did your parcel arrive?" in body.subject and body.text.count("/asked/") == 2
    assert reason("delivered_check") == "delivered, in doubt: left out of sight (safe place)"
    assert Outgoing.objects.get().purpose == "service"
    wait(CAME + 30 * HOUR)
    assert said() == ["delivered_check"]


@pytest.mark.parametrize(("check", "left", "asked"), [
    ("doubtful", "front_door", False), ("all", "front_door", True), ("never", "safe_place", False),
])  # fmt: skip
def test_whom_it_is_asked_is_the_brands_to_say(asking: Brand, check: str, left: str, asked: bool) -> None:
    terms.publish(asking, at=NOW, by="Noor", check=check)
    reach(asking, CAME, *order(left=left))
    wait(CAME + 25 * HOUR)
    assert ("delivered_check" in said()) is asked


def test_whoever_has_missed_a_parcel_before_is_asked_about_the_next(asking: Brand) -> None:
    reach(asking, CAME, *order("1", missing(CAME)), *order("2"))
    assert reason("delivered_check") == "delivered, in doubt: they have missed a delivered parcel before"


def test_whoever_has_said_it_already_or_seen_it_in_the_wrong_place_is_not_asked(asking: Brand) -> None:
    reach(asking, CAME, *order(left="safe_place"))
    reach(asking, CAME + HOUR, missing(CAME + HOUR, found=True))
    wait(CAME + 25 * HOUR)
    assert said() == [] and reason("delivered_check") == "over before it could be said"


def test_old_news_is_asked_about_by_nobody(asking: Brand) -> None:
    reach(asking, CAME + days(3), *order(left="safe_place"))
    wait(CAME + days(6))
    assert said() == [] and not Decision.objects.exists()


# Questions


def test_a_delivery_is_asked_about_once_all_of_it_is_there_by_day(asking: Brand) -> None:
    manners.publish(asking, at=NOW, by="Noor", quiet_from=21 * 60, quiet_until=9 * 60)
    reach(asking, CAME, *order())
    wait(CAME + 48 * HOUR)
    assert said() == [] and reason("ask_delivery") == "waits for the hours of email"
    wait(CAME + 50 * HOUR)
    assert said() == ["ask_delivery"]
    row = Outgoing.objects.get()
    assert row.purpose == "marketing" and row.hours
    assert "One tap below answers" in OutgoingBody.objects.get().text


@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_whoever_refused_news_or_promotions_is_not_asked(asking: Brand, purpose: str) -> None:
    hashed = address_hash(asking.id, NOOR.email)
    consent.tell(asking.id, hashed, channel="email", purpose=purpose, granted=False, at=NOW)
    reach(asking, CAME, *order())
    wait(CAME + 52 * HOUR)
    assert said() == [] and reason("ask_delivery") == "the customer asked for no messages"


def send(now: datetime) -> list[Message]:
    """What is handed over."""
    posted: list[Message] = []

    def post(message: Message) -> str:
        posted.append(message)
        return ""

    handover.drain({"email": post}, consents=consent.consents, now=now)
    return posted


@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_a_refusal_stops_what_is_owed_already(asking: Brand, purpose: str) -> None:
    reach(asking, CAME, *order())
    wait(CAME + 52 * HOUR)
    hashed = address_hash(asking.id, NOOR.email)
    consent.tell(asking.id, hashed, channel="email", purpose=purpose, granted=False, at=NOW)
    posted = send(CAME + 52 * HOUR)
    assert said() == ["ask_delivery"] and posted == [] and Outgoing.objects.get().state == "cancelled"


def test_its_stop_ends_questions_and_not_the_news_of_an_order(asking: Brand, client: Client) -> None:
    reach(asking, CAME, *order())
    wait(CAME + 52 * HOUR)
    posted = send(CAME + 52 * HOUR)
    path = urlsplit(posted[0].stop).path
    assert "asks you now and then" in see(client, path)
    client.post(path)
    ended = Consent.objects.values_list("purpose", "granted")
    assert list(ended) == [("marketing", False)]


def test_nothing_is_asked_while_something_is_missed_and_it_is_asked_once_it_was_found(asking: Brand) -> None:
    reach(asking, CAME, *order("1"), *order("2", came=CAME + HOUR))
    reach(asking, CAME + HOUR, missing(CAME + HOUR, "2"))
    wait(CAME + 52 * HOUR)
    assert "ask_delivery" not in said()
    assert set(Decision.objects.filter(kind="ask_delivery").values_list("reason", flat=True)) == {
        "something worries about an order of theirs"
    }
    reach(asking, CAME + 60 * HOUR, missing(CAME + 60 * HOUR, "2", found=True))
    for hours in range(60, 24 * 22, 11):
        wait(CAME + hours * HOUR)
    assert said().count("ask_delivery") == 1, "two orders, one question"
    assert not Decision.objects.filter(waits_until__isnull=False).exists()


def test_a_question_gives_way_to_any_other_message(asking: Brand) -> None:
    reach(asking, CAME, *order("1"), placed(order_id="2"), shipped(NOW, "2", "1Z2"), scanned(MOVING, NOW, number="1Z2"))
    wait(NOW + days(4))
    assert said() == ["stalled"], "both were due"
    assert reason("ask_delivery") == "something worries about an order of theirs"


def resolve(brand: Brand, ticket: UUID, **known: bool) -> str:
    about = Order.objects.get(number="101")
    usual = {"by_person": True}
    return services.ask_ticket(brand, ticket, about.id, resolved_at=CAME, now=CAME, **(usual | known))


@pytest.mark.parametrize(
    ("known", "why"),
    [({}, ""), ({"spam": True}, "the ticket was spam"), ({"by_person": False}, "no person resolved the ticket")],
)
def test_of_tickets_only_what_a_person_resolved_is_asked_about(asking: Brand, known: dict[str, bool], why: str) -> None:
    terms.publish(asking, at=NOW, by="Noor", ask={"ask_delivery": None})
    reach(asking, CAME, *order())
    ticket = ids.new(CAME)
    assert resolve(asking, ticket, **known) == why
    wait(CAME + 25 * HOUR)
    assert said() == ([] if why else ["ask_ticket"]) and (not why or reason("ask_ticket") == why)
    assert resolve(asking, ticket, **known) == why and Decision.objects.count() == 1


def test_a_ticket_that_is_opened_again_is_not_asked_about(asking: Brand) -> None:
    terms.publish(asking, at=NOW, by="Noor", ask={"ask_delivery": None})
    reach(asking, CAME, *order())
    ticket = ids.new(CAME)
    resolve(asking, ticket)
    assert services.withdraw(asking, "ask_ticket", ticket, "opened again", now=CAME + HOUR)
    wait(CAME + 25 * HOUR)
    assert said() == [] and not services.withdraw(asking, "ask_ticket", ticket, "opened again", now=CAME + HOUR)


def test_a_refund_that_is_visible_is_asked_about_if_the_brand_asks(asking: Brand) -> None:
    terms.publish(asking, at=NOW, by="Noor", ask={"ask_delivery": None})
    reach(asking, CAME, *order())
    about = Order.objects.get()
    assert services.ask_refund(asking, ids.new(CAME), about.id, visible_at=CAME, now=CAME) == ""
    wait(CAME + 25 * HOUR)
    assert said() == ["ask_refund"]
    terms.publish(asking, at=CAME, by="Noor", ask={"ask_refund": None})
    later = services.ask_refund(asking, ids.new(CAME), about.id, visible_at=CAME, now=CAME)
    assert later == "the brand does not ask this"


def test_the_command_sets_and_shows_what_is_asked(asking: Brand) -> None:
    ran = CliRunner().invoke(app, ["questions", "juniper", "--ask", "refund=none", "--check-value", "200"])
    assert json.loads(ran.output) == {
        "check": "doubtful", "check_hours": 24, "check_value": 200, "ask": {"ask_delivery": 48, "ask_ticket": 24},
    }  # fmt: skip
    for wrong, field in (("weather=3", "ask:"), ("delivery", "ask:"), ("delivery=often", "ask:")):
        ran = CliRunner().invoke(app, ["questions", "juniper", "--ask", wrong])
        assert ran.exit_code == 1 and ran.stderr.startswith(f"aftercart: {field}")

"""When we speak and when we wait: what is said after a wait is what is true by then, and nothing that has passed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, SMS, Message, SendError
from aftercart.facts import Fact, MessageReceived, PageViewed, Person, State
from aftercart.orders.models import Order
from aftercart.outbox import handover
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import services as outreach
from aftercart.outreach import terms
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.models import Experiment, Exposure
from aftercart.outreach.experiments.rules import Plan, held_out
from aftercart.outreach.models import Decision
from aftercart.people import consent
from aftercart.people.models import Customer
from aftercart.people.services import record_visit
from aftercart.plumbing.addresses import address_hash
from aftercart.risk import services as risk
from aftercart.watch import services as watch
from tests.flows.test_watch import MOVING, hear, wait
from tests.telling import days, placed, promised, scanned, shipped, told
from tests.world import NOW, juniper

HOUR = timedelta(hours=1)
# Seven in the morning in Chicago; NOW is a Tuesday.
MORNING = NOW + days(4)


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


@pytest.fixture
def discreet(speaking: Brand) -> Brand:
    """It mails nobody between five in the afternoon and ten in the morning, by the customer's clock."""
    terms.publish(speaking, at=NOW, by="Noor", quiet_mail=True, quiet_from=17 * 60, quiet_until=10 * 60)
    return speaking


def said() -> list[str]:
    return list(Outgoing.objects.order_by("created_at", "kind").values_list("kind", flat=True))


def silent(order: str = "1") -> tuple[Any, ...]:
    """An order on its way, of which nothing is heard any more."""
    number = f"1Z{order}"
    return (
        placed(order_id=order), promised(date(2026, 4, 20), order_id=order), shipped(NOW, order, number),
        scanned(MOVING, NOW, number=number),
    )  # fmt: skip


def test_what_worries_at_night_is_said_in_the_morning(discreet: Brand) -> None:
    hear(discreet, NOW, *silent())
    wait(MORNING)
    (decision,) = Decision.objects.all()
    assert said() == [] and decision.reason == "waits for the hours of email"
    assert decision.waits_until == MORNING + 3 * HOUR and not decision.spoken

    wait(MORNING + 2.9 * HOUR)
    assert said() == []
    wait(MORNING + 3 * HOUR)
    decision.refresh_from_db()
    assert said() == ["stalled"] and decision.spoken and decision.waits_until is None
    assert decision.since == decision.at - 3 * HOUR and decision.channel == "email"
    wait(MORNING + 4 * HOUR)
    assert said() == ["stalled"]


def test_what_could_not_be_sent_in_its_hours_is_not_sent_out_of_them(discreet: Brand) -> None:
    hear(discreet, NOW, *silent())
    wait(MORNING + 3 * HOUR)
    taken: list[Message] = []
    works = False

    def server(message: Message) -> str:
        if not works:
            raise SendError("the mail server is away", permanent=False)
        taken.append(message)
        return ""

    def send(at: datetime) -> None:
        Outgoing.objects.update(due_at=NOW)
        handover.drain({EMAIL: server}, now=at)

    send(MORNING + 3 * HOUR)
    works = True
    for hours in (10, 12, 20, 26.9):
        send(MORNING + hours * HOUR)
    message = Outgoing.objects.get()
    assert taken == [] and message.state == Outgoing.DUE
    assert message.reason == "It waits for the hours in which it may be sent."

    send(MORNING + 27 * HOUR)
    assert len(taken) == 1 and Outgoing.objects.get().state == Outgoing.SENT


def test_what_is_over_by_the_morning_is_not_said(discreet: Brand) -> None:
    hear(discreet, NOW, *silent())
    wait(MORNING)
    hear(discreet, MORNING + HOUR, scanned(MOVING, MORNING + HOUR, number="1Z1", city="Gary"))
    wait(MORNING + 3 * HOUR)

    (decision,) = Decision.objects.all()
    assert said() == [] and decision.reason == "over before it could be said" and decision.waits_until is None


def test_what_waited_says_what_is_known_by_then(discreet: Brand) -> None:
    hear(discreet, NOW, *silent())
    wait(MORNING)
    # It comes to stand elsewhere before anything was said, and later for good.
    hear(discreet, MORNING + HOUR, scanned(State.DAMAGED, MORNING + HOUR, number="1Z1", city="Gary"))
    wait(MORNING + 3 * HOUR)

    assert said() == ["damaged"]
    assert set(Decision.objects.values_list("kind", "spoken")) == {("stalled", False), ("damaged", True)}


def test_who_has_just_looked_at_the_page_knows_it(speaking: Brand) -> None:
    hear(speaking, NOW, *silent())
    record_visit(speaking, Order.objects.get().id, "page", "somebody", MORNING - timedelta(minutes=5))
    wait(MORNING)

    assert said() == []
    assert Decision.objects.get().reason == "they have just looked at the page, which says it"


def test_visits_that_a_shop_tells_count_as_well(discreet: Brand) -> None:
    hear(discreet, NOW, *silent())
    wait(MORNING)
    looked = PageViewed(**told(MORNING + HOUR), order_id="1", surface="page", visitor="somebody")
    hear(discreet, MORNING + HOUR, looked)
    wait(MORNING + 3 * HOUR)
    assert said() == []


def test_whoever_has_written_about_the_order_is_left_to_the_person_who_answers(speaking: Brand) -> None:
    hear(speaking, NOW, *silent())
    wrote = MORNING - HOUR
    buyer = Person(external_id="77", email="noor@example.com")
    risk.record(
        speaking.id,
        [MessageReceived(**told(wrote), message_id="m", channel="email", customer=buyer, text="?", order_number="101")],
    )
    wait(MORNING)
    (decision,) = Decision.objects.all()
    assert said() == [] and decision.reason == "they have written about this order, and a person answers them"

    wait(wrote + days(1) - timedelta(minutes=1))
    assert said() == []
    wait(wrote + days(1))
    assert said() == ["stalled"]


def test_what_is_measured_does_not_hang_on_who_has_written(speaking: Brand) -> None:
    experiments.start(speaking, Plan(name="stalls", kinds=("stalled",), share=0), at=NOW, by="Noor")
    hear(speaking, NOW, *silent())
    buyer = Person(external_id="77", email="noor@example.com")
    wrote = MessageReceived(**told(MORNING - HOUR), message_id="m", channel="email", customer=buyer, text="?")
    risk.record(speaking.id, [wrote])
    wait(MORNING)
    assert said() == ["stalled"] and Exposure.objects.get().at == MORNING


def test_a_customer_with_many_troubled_orders_gets_no_more_than_two_messages_a_day(speaking: Brand) -> None:
    for n, order in enumerate(("1", "2", "3", "4")):
        at = NOW + 3 * n * HOUR
        number = f"1Z{order}"
        facts = [placed(at, order), promised(date(2026, 4, 20), at, order), shipped(at, order, number)]
        hear(speaking, at, *facts, scanned(MOVING, at, number=number))
    for n in range(16):
        wait(NOW + days(2) + 3 * n * HOUR)
    assert said() == ["stalled", "stalled"]
    assert Decision.objects.filter(waits_until__isnull=False).count() == 2

    wait(NOW + days(5))
    assert len(said()) > 2
    times = sorted(Outgoing.objects.values_list("created_at", flat=True))
    assert all(later - earlier >= days(1) for earlier, later in zip(times, times[2:], strict=False))


def test_what_begins_together_is_one_message(speaking: Brand) -> None:
    hear(speaking, NOW, *silent("1"), *silent("2"))
    wait(MORNING)

    (message,) = Outgoing.objects.all()
    assert set(Decision.objects.values_list("outgoing_id", flat=True)) == {message.id}
    text = OutgoingBody.objects.get().text
    assert "101" in text and "102" in text


def test_whoever_is_held_out_hears_nothing_and_both_arms_are_logged_when_we_would_have_spoken(speaking: Brand) -> None:
    plan = Plan(name="stalls", kinds=("stalled",), share=0.5)
    experiments.start(speaking, plan, at=NOW, by="Noor")
    for n in range(10):
        buyer = Person(external_id=f"9{n}", email=f"customer-{n}@example.com", name="Ada Brook", locale="en-US")
        first, *rest = silent(str(n))
        hear(speaking, NOW, replace(first, customer=buyer), *rest)
    customers = list(Customer.objects.values_list("id", flat=True))
    # One draw in five hundred puts all of them into one arm.
    keys = (str(n) for n in range(99))
    key = next(key for key in keys if len({held_out(customer, key, plan.share) for customer in customers}) == 2)
    Experiment.objects.update(key=key)
    wait(MORNING)

    told = set(Decision.objects.filter(spoken=True).values_list("order_id", flat=True))
    held = set(Decision.objects.filter(held_out=True).values_list("order_id", flat=True))
    assert told and held and not told & held and len(told | held) == 10
    assert len(said()) == len(told)
    logged = Exposure.objects.values_list("order_id", "held_out", "at")
    assert {(order, held_out) for order, held_out, _ in logged} == {(o, False) for o in told} | {
        (o, True) for o in held
    }
    assert {at for *_, at in logged} == {MORNING}

    for n in range(10):
        at = MORNING + HOUR
        hear_that_it_moves(speaking, at, scanned(MOVING, at, number=f"1Z{n}", city="Gary"))
    assert said().count("moving_again") == len(told), "nobody hears the end of what they were not told"


def hear_that_it_moves(brand: Brand, at: datetime, scan: Fact) -> None:
    outreach.reassure(brand, hear(brand, at, scan).moving, at)


def can_text(brand: Brand) -> None:
    settings = {"account_sid": "AC" + "0" * 32, "auth_token": "secret", "from": "+15005550006"}
    Line.objects.create(
        brand=brand, channel=SMS, provider="twilio", name="texts", settings=settings, position=0, made_at=NOW
    )


@pytest.mark.parametrize(
    ("agreed", "at", "channel"),
    [(True, MORNING + 2 * HOUR, "sms"), (True, MORNING, "email"), (None, MORNING + 2 * HOUR, "email")],
    ids=["by day", "at night", "never asked"],
)
def test_what_presses_is_texted_by_day_to_whoever_asked_for_it(
    speaking: Brand, agreed: bool | None, at: datetime, channel: str
) -> None:
    can_text(speaking)
    phone = "+13125550147"
    if agreed is not None:
        hashed = address_hash(speaking.id, phone)
        consent.tell(speaking.id, hashed, channel=SMS, purpose=consent.SERVICE, granted=agreed, at=NOW)
    first, *rest = silent()
    buyer = replace(first.customer, phone=phone)
    hear(speaking, NOW, replace(first, customer=buyer), *rest)
    hear(speaking, at, scanned(State.HELD, at, number="1Z1", reason="address"))

    message = Outgoing.objects.get()
    assert (message.kind, message.channel) == ("address_problem", channel)
    body = OutgoingBody.objects.get()
    assert (body.address == phone) == (channel == SMS) and bool(body.html) == (channel == "email")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_no_more_than_one_would() -> None:
    brand = juniper()
    brand.speaks_since = NOW
    brand.save()
    terms.publish(brand, at=NOW, by="Noor", per_day=1)
    with transaction.atomic():
        for order in ("1", "2"):
            hear(brand, NOW, *silent(order))
    known = {row.number: row.id for row in Order.objects.all()}
    together = threading.Barrier(2)

    def judge(order: UUID) -> None:
        with transaction.atomic():
            changes = watch.reassess(brand, [order], MORNING)
            together.wait(20)
            outreach.consider(brand, changes.opened, MORNING)
        connections.close_all()

    workers = [threading.Thread(target=judge, args=(order,)) for order in known.values()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert said() == ["stalled"]
    assert Decision.objects.filter(waits_until__isnull=False).count() == 1

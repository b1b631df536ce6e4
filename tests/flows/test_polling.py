"""A brand without an aggregator: its carriers are asked, over real sockets, and what they answer becomes scans."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from aftercart import facts as f
from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery, Payload
from aftercart.orders import jobs
from aftercart.orders.models import Parcel, Scan
from aftercart.orders.polling import enrolling, lines
from aftercart.orders.polling.models import CarrierLine, Poll
from aftercart.plumbing import clock
from tests.carriersystem import Answer, CarrierSystem
from tests.flows.polling_world import (
    HOUR,
    STILL,
    UPS_SECRETS,
    all_due,
    ask,
    open_line,
    shipped,
    system,
    ups,
)
from tests.rules.test_numbers import complete

__all__ = ["system"]
FEDEX_OR_PUROLATOR = "188118823833"
pytestmark = pytest.mark.django_db


def test_what_a_carrier_answers_becomes_a_scan_and_the_next_question_has_its_hour(
    brand: Brand, system: CarrierSystem
) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)

    assert ask(line) == 1
    pipeline.settle()

    assert system.asked == ["/api/track/v1/details/1ZAAA?locale=en_US"]
    assert system.seen_headers[0]["authorization"] == "Bearer token-1"
    assert Parcel.objects.get().state == f.State.IN_TRANSIT
    delivery = Delivery.objects.get()
    assert (delivery.source, delivery.topic, delivery.state, delivery.facts) == ("ups", "1ZAAA (1)", "applied", 1)
    poll = Poll.objects.get()
    assert poll.answered_at is not None and poll.due_at is not None
    assert HOUR < poll.due_at - clock.machine() <= 2 * HOUR
    assert ask(line) == 0


def test_an_answer_without_news_stores_nothing_and_the_token_is_kept(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, STILL)
    line = open_line(brand)
    for _ in range(3):
        ask(line)
        all_due()
    assert len(system.asked) == 3 and system.tokens == 1
    assert Delivery.objects.count() == 1 and Poll.objects.get().turn == 1


def test_an_answer_that_comes_back_after_another_is_news_again(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    one, other = ups("1ZAAA"), ups("1ZAAA", "DJ", "X")
    system.next_answers = [(200, {}, body) for body in (one, other, one)]
    for _ in range(3):
        ask(line)
        all_due()
    assert sorted(Delivery.objects.values_list("topic", flat=True)) == ["1ZAAA (1)", "1ZAAA (2)", "1ZAAA (3)"]


def test_two_numbers_that_the_carrier_does_not_know_are_two_answers(brand: Brand, system: CarrierSystem) -> None:
    nothing = b'{"trackResponse":{"shipment":[{"warnings":[{"code":"TW0001","message":"Not Found"}]}]}}'
    system.answer = lambda path, body: (404, {}, nothing)
    for number in ("1ZAAA", "1ZBBB"):
        shipped(brand, number)
    ask(open_line(brand))
    pipeline.settle()
    assert set(Parcel.objects.values_list("state", flat=True)) == {f.State.NOT_FOUND}
    assert Scan.objects.count() == 2


def test_a_delivered_parcel_is_asked_for_no_more(brand: Brand, system: CarrierSystem) -> None:
    system.answer = lambda path, body: (200, {}, ups("1ZAAA", "FS", "D"))
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    ask(line)
    pipeline.settle()
    assert Poll.objects.get().due_at is None
    assert enrolling.enrol(line, clock.machine()) == 0


def test_a_delivered_sibling_does_not_end_the_questions_for_a_parcel(brand: Brand, system: CarrierSystem) -> None:
    def answer(path: str, asked: bytes) -> Answer:
        own, sibling = json.loads(ups("1ZAAA")), json.loads(ups("1ZBBB", "FS", "D", timedelta(0)))
        own["trackResponse"]["shipment"][0]["package"] += sibling["trackResponse"]["shipment"][0]["package"]
        return 200, {}, json.dumps(own).encode()

    system.answer = answer
    shipped(brand, "1ZAAA")
    ask(open_line(brand))
    assert Poll.objects.get().due_at is not None


def test_a_parcel_that_another_source_saw_delivered_is_let_go_without_a_question(
    brand: Brand, system: CarrierSystem
) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    Parcel.objects.update(state=f.State.DELIVERED)
    assert ask(line) == 0
    assert Poll.objects.get().due_at is None and system.asked == []


def test_a_number_that_is_used_again_is_asked_for_again(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    ask(line)
    Poll.objects.update(due_at=None, asked_at=clock.machine() - 5 * HOUR)
    assert enrolling.enrol(line, clock.machine()) == 1
    assert Poll.objects.get().due_at is not None


def test_what_has_been_over_for_months_is_forgotten(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    open_line(brand)
    now = clock.machine()
    Poll.objects.update(due_at=None, asked_at=now - timedelta(days=89))
    assert enrolling.forget(now) == 0
    assert enrolling.forget(now + timedelta(days=2)) == 1


def test_only_what_a_connected_carrier_carries_is_asked_for(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    shipped(brand, "9400", "USPS")
    shipped(brand, "1ZOLD", ago=timedelta(days=40))
    open_line(brand)
    assert [poll.number for poll in Poll.objects.all()] == ["1ZAAA"]


def test_where_the_shop_names_no_carrier_the_number_says_whom_to_ask(brand: Brand, system: CarrierSystem) -> None:
    of_ups, of_two, of_nobody = complete("ups", "1Z4F7K90031234567"), FEDEX_OR_PUROLATOR, "77ODD"
    for number in (of_ups, of_two, of_nobody):
        shipped(brand, number, carrier="")
    assert dict(Parcel.objects.values_list("number", "carrier")) == {of_ups: "ups", of_two: "", of_nobody: ""}

    open_line(brand)
    assert set(Poll.objects.values_list("source", "number")) == {("ups", of_ups)}
    open_line(brand, "fedex", {"client_id": "juniper-id", "client_secret": "hush-hush-hush"})
    assert set(Poll.objects.values_list("source", "number")) == {("ups", of_ups), ("fedex", of_two)}


def test_a_carrier_is_never_asked_faster_than_its_pace(brand: Brand, system: CarrierSystem) -> None:
    for position in range(8):
        shipped(brand, f"1ZAAA{position}")
    line = open_line(brand, per_hour=3)
    assert line.pace.burst == 3
    assert ask(line) == 3
    # What found no permit is still due.
    assert Poll.objects.filter(due_at__lte=clock.machine()).count() == 5
    CarrierLine.objects.update(filled_at=clock.machine() - HOUR)
    assert ask(line) == 3


def fedex(numbers: list[str], **odd: bytes) -> bytes:
    parts = [
        odd.get(number, b'{"trackingNumber":"%s","trackResults":[{"scanEvents":[{"date":"2026-03-09T12:00:00Z",'
                b'"eventType":"AR"}]}]}' % number.encode())
        for number in numbers
    ]  # fmt: skip
    mark = str(clock.machine()).encode()
    return b'{"transactionId":"%s","output":{"completeTrackResults":[%s]}}' % (mark, b",".join(parts))


def numbers_in(body: bytes) -> list[str]:
    return [one["trackingNumberInfo"]["trackingNumber"] for one in json.loads(body)["trackingInfo"]]


def test_fedex_is_asked_for_many_at_once_and_each_part_is_kept_by_itself_byte_for_byte(
    brand: Brand, system: CarrierSystem
) -> None:
    system.answer = lambda path, body: (200, {}, fedex(numbers_in(body)))
    for position in range(40):
        shipped(brand, f"77{position:04}", "FedEx")
    line = open_line(brand, "fedex", {"api_key": "key-of-juniper", "secret_key": "hush"})
    assert ask(line) == 2
    assert Delivery.objects.count() == 40
    bodies = Payload.objects.values_list("body", flat=True)
    assert all(bytes(body).startswith(b'{"trackingNumber":"77') for body in bodies)
    # Another transaction, and no news.
    all_due()
    ask(line)
    assert Delivery.objects.count() == 40


def test_one_odd_number_does_not_spoil_the_answer_of_the_others(brand: Brand, system: CarrierSystem) -> None:
    def answer(path: str, body: bytes) -> Answer:
        numbers = numbers_in(body)
        if "77BAD" in numbers and len(numbers) > 1:
            return 400, {}, b'{"errors":[{"code":"INVALID.INPUT.EXCEPTION","message":"One of them is odd"}]}'
        if "77BAD" in numbers:
            return 400, {}, b'{"errors":[{"code":"TRACKING.TRACKINGNUMBER.INVALID","message":"Odd"}]}'
        return 200, {}, fedex([number for number in numbers if number != "77LEFT"])

    system.answer = answer
    for number in ("77A", "77B", "77BAD", "77LEFT"):
        shipped(brand, number, "FedEx")
    line = open_line(brand, "fedex", {"api_key": "k", "secret_key": "s"})
    for _ in range(4):
        ask(line)
        all_due()
    polls = {poll.number: poll for poll in Poll.objects.all()}
    assert polls["77A"].answered_at and polls["77B"].answered_at and polls["77A"].failures == 0
    assert polls["77LEFT"].failures > 0 and "left this number out" in polls["77LEFT"].error
    assert CarrierLine.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_the_jobs_find_what_left_and_ask_for_it(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    lines.connect(brand, "ups", UPS_SECRETS)
    assert jobs.enrol_all(clock.machine()) == 1
    ((brand_id, source),) = jobs._due(clock.machine())
    jobs._ask(brand_id, source)
    assert Delivery.objects.count() == 1 and jobs._due(clock.machine()) == []

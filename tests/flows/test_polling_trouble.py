"""Carriers that are slow, full, broken or refuse us, and askers that die: nothing is lost, nobody is hammered."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pytest

from aftercart import facts as f
from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.intake.models import Delivery
from aftercart.ops import health
from aftercart.orders.models import Parcel
from aftercart.orders.polling import asking, lines
from aftercart.orders.polling.models import CarrierLine, Poll
from aftercart.plumbing import clock
from tests.carriersystem import Answer, CarrierSystem
from tests.flows.polling_world import (
    HOUR,
    MINUTE,
    STILL,
    UPS_SECRETS,
    all_due,
    ask,
    of_ups,
    open_line,
    shipped,
    system,
)

__all__ = ["system"]
pytestmark = pytest.mark.django_db


def test_a_carrier_that_asks_for_patience_gets_it(brand: Brand, system: CarrierSystem) -> None:
    for number in ("1ZAAA", "1ZBBB"):
        shipped(brand, number)
    line = open_line(brand)
    system.next_answers = [(429, {"retry-after": "1800"}, b'{"response":{"errors":[{"code":"10429"}]}}')]

    assert ask(line) == 1
    row = CarrierLine.objects.get()
    assert row.closed_until is not None and row.closed_until - clock.machine() > 29 * MINUTE
    assert (row.failures, row.refused_at) == (1, None)
    assert ask(line) == 0 and len(system.asked) == 1
    assert lines.lines(clock.machine()) == []

    all_due()
    assert ask(line) == 2
    assert CarrierLine.objects.get().failures == 0
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "broken",
    [
        (500, {}, b"oops"),
        (503, {}, b"<html>Away</html>"),
        (200, {}, b"not what it was"),
        (302, {"location": "/x"}, b""),
    ],
)
def test_a_broken_carrier_is_left_alone_longer_each_time_and_nothing_of_it_is_stored(
    brand: Brand, system: CarrierSystem, broken: Answer
) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    system.next_answers = [broken] * 4
    waits = []
    for _ in range(4):
        all_due()
        ask(line)
        closed: datetime | None = CarrierLine.objects.get().closed_until
        assert closed is not None
        waits.append((closed - clock.machine()).total_seconds())
    assert waits[-1] > waits[0] and len(system.asked) == 4
    assert Delivery.objects.count() == 0

    all_due()
    ask(line)
    assert Delivery.objects.count() == 1 and Poll.objects.get().failures == 0


def test_a_carrier_that_does_not_answer_in_time_is_broken(brand: Brand, system: CarrierSystem, settings: Any) -> None:
    settings.CARRIER_TIMEOUT, system.delay = 0.2, 0.6
    shipped(brand, "1ZAAA")
    assert ask(open_line(brand)) == 1
    assert "ReadTimeout" in CarrierLine.objects.get().error


def test_refused_credentials_close_the_line_operators_see_it_and_no_log_holds_them(
    brand: Brand, system: CarrierSystem, caplog: pytest.LogCaptureFixture
) -> None:
    said = b'{"response":{"errors":[{"code":"250002","message":"juniper-id / hush-hush-hush is not allowed"}]}}'
    system.answer = lambda path, body: (401, {}, said)
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    with caplog.at_level(logging.DEBUG):
        ask(line)
    # The token may have ended early: once more with a fresh one, and then no more.
    assert len(system.asked) == 2 and system.tokens == 2
    row = CarrierLine.objects.get()
    assert row.refused_at is not None and row.closed_until is not None
    assert row.closed_until - clock.machine() > 5 * HOUR
    told = " ".join(map(str, health.status()["carriers_failing"]))  # type: ignore[call-overload]
    assert "ups of juniper refuses our credentials since" in told and "250002: … / … is not allowed" in told
    everything = caplog.text + told + repr(line) + row.error
    assert "hush-hush" not in everything and "juniper-id" not in everything and "token-" not in everything

    # Somebody mends them: connecting anew asks at once.
    system.answer = of_ups
    lines.connect(brand, "ups", UPS_SECRETS | {"client_secret": "better"})
    (mended,) = lines.lines(clock.machine())
    assert ask(mended) == 1 and Delivery.objects.count() == 1
    assert health.status()["carriers_failing"] == []


def test_a_token_server_that_refuses_us_is_the_credentials_too(brand: Brand, system: CarrierSystem) -> None:
    system.refuse_tokens = True
    shipped(brand, "1ZAAA")
    ask(open_line(brand))
    assert CarrierLine.objects.get().refused_at is not None and system.asked == []


def test_who_dies_after_claiming_is_followed_by_another_who_asks_again(brand: Brand, system: CarrierSystem) -> None:
    shipped(brand, "1ZAAA")
    line = open_line(brand)
    now = clock.machine()
    assert [one.number for one in asking.claim(line, now)] == ["1ZAAA"]
    assert asking.claim(line, now) == []  # nobody else asks meanwhile
    later = now + asking.LEASE
    assert [one.number for one in asking.claim(line, later)] == ["1ZAAA"]


def test_who_dies_after_the_answer_came_has_stored_nothing_and_it_comes_again_once(
    brand: Brand, system: CarrierSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped(brand, STILL)
    line = open_line(brand)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lines, "went_well", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(line)
    assert Delivery.objects.count() == 0 and Poll.objects.get().turn == 0
    all_due()
    ask(line)
    assert Delivery.objects.count() == 1 and len(system.asked) == 2


def test_a_storm_of_trouble_loses_nothing_and_hammers_nobody(brand: Brand, system: CarrierSystem) -> None:
    for position in range(6):
        shipped(brand, f"1ZAAA{position}")
    line = open_line(brand)
    system.next_answers = [
        (429, {}, b""), (500, {}, b""), (200, {}, b"[]"), (429, {"retry-after": "7"}, b"x"), (503, {}, b"")
    ]  # fmt: skip
    rounds = 0
    while Poll.objects.filter(answered_at=None).exists() and rounds < 12:
        before = len(system.asked)
        ask(line)
        # One answer of trouble ends a round.
        assert len(system.asked) - before <= 6
        rounds += 1
        all_due()
    pipeline.settle()
    assert Parcel.objects.filter(state=f.State.IN_TRANSIT).count() == 6
    assert len(system.asked) == 5 + 6

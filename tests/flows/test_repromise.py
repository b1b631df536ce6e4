"""What a customer is told about a late order over some days: few dates, each meant."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from aftercart import pipeline
from aftercart.brands.models import AuditEntry, Brand
from aftercart.cli.main import app
from aftercart.facts import State
from aftercart.outbox.models import Outgoing
from aftercart.outreach.models import Decision
from aftercart.people.links import tracking_url
from aftercart.plumbing import clock
from aftercart.promises import learning, terms
from aftercart.promises.lanes import NETWORK
from aftercart.promises.models import Forecast, Learned, Promise
from aftercart.promises.pace import Exposure, Pace
from aftercart.watch.models import Concern
from tests.flows.test_ledger import hear
from tests.flows.test_watch import hear as hear_and_speak
from tests.flows.test_watch import wait
from tests.telling import days, estimated, placed, promised, scanned, shipped
from tests.world import NOW


@pytest.fixture
def experienced(brand: Brand) -> Brand:
    """Two months in which an order took four to seven days; it speaks."""
    brand.speaks_since = NOW
    brand.save()
    pace, first = Pace(), NOW.date() - days(60)
    for day in (first + days(n) for n in range(60)):
        pace.observe(
            day, [Exposure(lane=NETWORK, age=age, open=20, arrived=12 if age >= 4 else 0) for age in range(1, 8)]
        )
    for stage in (Learned.ORDER, Learned.TRANSIT):
        learning.keep(brand.id, stage, pace.to_dict())
    return brand


def told() -> list[tuple[str, date]]:
    return list(Promise.objects.order_by("told_at").values_list("surface", "latest"))


def test_days_that_pass_without_news_make_no_second_new_date(experienced: Brand) -> None:
    morning = NOW - days(0.1)
    hear_and_speak(experienced, NOW, placed(morning), promised(date(2026, 3, 13), morning), shipped(NOW))
    wait(NOW + days(1))
    first = told()
    assert [surface for surface, _ in first] == ["checkout", "notice:late"]

    for hours in range(30, 24 * 5, 6):
        wait(NOW + days(hours / 24))

    assert told() == first, "the new date stood until its day"


def test_a_date_whose_message_never_left_is_no_promise_and_is_told_when_one_does(experienced: Brand) -> None:
    morning, next_day = NOW - days(0.1), NOW + days(1)
    hear_and_speak(experienced, NOW, placed(morning), promised(date(2026, 3, 13), morning), shipped(NOW))
    wait(next_day)
    assert [surface for surface, _ in told()] == ["checkout", "notice:late"]
    wait(next_day + days(0.02))
    later = next_day + days(0.1)
    assert pipeline.send(later).void == 1
    assert [surface for surface, _ in told()] == ["checkout"], "nobody has heard of the new date"

    wait(later)
    assert [surface for surface, _ in told()] == ["checkout", "notice:late"]
    assert set(Outgoing.objects.values_list("kind", "state")) == {("late", "void"), ("late", "due")}
    assert Decision.objects.get().spoken and Decision.objects.get().at == later


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.97])
def test_the_confidence_of_every_date_is_the_brands_own(experienced: Brand, confidence: float) -> None:
    terms.publish(experienced, at=NOW, by="test", confidence=confidence)
    hear(experienced, NOW, placed())

    promise = Promise.objects.get()
    assert promise.confidence is not None and promise.confidence >= confidence
    assert promise.latest == Forecast.objects.get().latest


def test_a_surer_brand_promises_later_days(experienced: Brand) -> None:
    hear(experienced, NOW, placed())
    terms.publish(experienced, at=NOW, by="test", confidence=0.99)
    hear(experienced, NOW, placed(order_id="2"))

    usual, sure = Promise.objects.order_by("confidence")
    assert sure.latest > usual.latest


def test_a_brand_may_say_itself_from_what_chance_on_a_date_is_replaced(experienced: Brand) -> None:
    terms.publish(experienced, at=NOW, by="test", miss=0.05)
    hear(experienced, NOW, placed(), promised(date(2026, 3, 16)))
    assert Concern.objects.filter(kind="late").exists()


def test_a_date_of_the_carriers_is_entered_as_the_carriers(brand: Brand) -> None:
    hear(brand, NOW, placed(), shipped(NOW), scanned(State.IN_TRANSIT, NOW), estimated(date(2026, 3, 16)))
    promise = Promise.objects.get()
    assert (promise.made_by, promise.confidence, promise.surface) == ("carrier", None, "page")


def test_the_page_shows_one_date_until_another_is_due(experienced: Brand, client: Client) -> None:
    brand = experienced
    hear(brand, NOW, placed(), promised(date(2026, 3, 16)), shipped(NOW), scanned(State.ACCEPTED, NOW))
    Forecast.objects.update(latest=date(2026, 3, 18))
    brand.clock_business, brand.clock_machine, brand.clock_rate = NOW, clock.machine(), 0
    brand.save()

    page = client.get(tracking_url(brand, Promise.objects.get().order_id)).content.decode().replace("\xa0", " ")

    assert "March 16" in page and "March 18" not in page
    assert Promise.objects.count() == 1


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_policy_is_set_and_shown_on_the_command_line(brand: Brand) -> None:
    usual = json.loads(run("policy", brand.slug).output)
    assert usual == {"confidence": 0.9, "miss": None, "least_days": 2, "cutoff_minute": None, "apart_hours": 24.0}

    changed = json.loads(run("policy", brand.slug, "--confidence", "0.95", "--miss", "0.4", "--cutoff", "14:30").output)
    assert changed == usual | {"confidence": 0.95, "miss": 0.4, "cutoff_minute": 870}
    assert json.loads(run("policy", brand.slug, "--miss", "learned", "--apart-hours", "12").output)["miss"] is None
    assert AuditEntry.objects.filter(brand=brand, action="policy.publish").count() == 2


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["--confidence", "0.2"], "confidence:"),
        (["--miss", "often"], "miss:"),
        (["--miss", "1.5"], "miss:"),
        (["--least-days", "0"], "least_days:"),
        (["--cutoff", "25:00"], "cutoff:"),
        (["--apart-hours", "9000"], "apart:"),
    ],
)
def test_an_odd_policy_is_refused_by_its_field(brand: Brand, words: list[str], field: str) -> None:
    ended = run("policy", brand.slug, *words)
    assert ended.exit_code == 1 and ended.stderr.startswith(f"aftercart: {field}")
    assert not AuditEntry.objects.exists()

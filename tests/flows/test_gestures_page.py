"""What operators see of gestures, and how a brand sets them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner, Result

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.cli.main import app
from aftercart.orders.models import Order
from aftercart.outreach.alerts.services import troubles
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.services import Exposure
from aftercart.outreach.gestures import proving
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.rules import per_purchase
from aftercart.plumbing import ids
from tests.flows import giving_world as giving
from tests.flows.experiment_world import drawn_the_same
from tests.flows.giving_world import LATER
from tests.flows.ops_pages import text
from tests.flows.ops_rows import staff
from tests.gateway import Answer, Gateway, gateway
from tests.telling import days
from tests.world import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as found:
        found.usual = Answer(204, b"")
        yield found


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    client.force_login(staff("alice", brand))
    return client


def page(client: Client, name: str = "gestures", *more: object, query: str = "") -> str:
    said = text(client, reverse(f"ops:{name}", args=["juniper", *more]) + query)
    return said.replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")


def aftercart(*words: str) -> Result:
    return CliRunner().invoke(app, ["gesture", *words])


def test_before_there_is_a_rule_the_page_says_how_to_begin(alice: Client) -> None:
    said = page(alice)
    assert "Nothing is given: there is no rule, or no budget." in said and "aftercart gesture set" in said


def test_the_page_shows_the_budget_what_was_granted_and_why_not(alice: Client, brand: Brand, there: Gateway) -> None:
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand, share=0.1)
    Experiment.objects.update(share=0.0)
    for order in ("1", "2"):
        giving.on_its_way(brand, order)
    giving.looked()
    pipeline.send(LATER)
    giving.looked(LATER + MINUTE)
    set_clock(brand, LATER + 2 * MINUTE, rate=0)

    said = page(alice)
    assert "1 gesture granted in March" in said and "$0.30" in said and "of $3.00, 10 %" in said
    assert "100 points" in said and "Not moving" in said and "100 points for missed, late, stalled" in said
    assert "The customer was given something within 90 days" in said and "Nobody is held out" in said
    story = page(alice, "order", Gesture.objects.get(state="granted").order_id)
    assert "not watched yet" not in story
    assert "Gesture for not moving: granted" in story and "100 points · sorry: given for stalled" in story
    story = page(alice, "order", Gesture.objects.get(state="no").order_id)
    assert "Gesture for not moving: nothing given" in story and "within 90 days" in story


def test_the_team_hears_of_what_their_own_system_refused(brand: Brand, there: Gateway) -> None:
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    giving.gives(brand)
    there.usual = Answer(422)
    giving.on_its_way(brand)
    giving.looked()
    pipeline.send(LATER)
    giving.looked(LATER + MINUTE)
    set_clock(brand, LATER + 2 * MINUTE, rate=0)
    (trouble,) = [one for one in troubles(brand) if one.key == "gestures"]
    assert trouble.what == "1 gesture was not granted by your own system" and "/gestures/" in trouble.link
    set_clock(brand, LATER + days(2), rate=0)
    assert not [one for one in troubles(brand) if one.key == "gestures"]


def test_rules_and_budgets_are_set_shown_and_dropped_by_command(brand: Brand) -> None:
    assert "needs a rule and a budget" in aftercart("show", "juniper").stdout
    assert aftercart("rule", "juniper", "sorry", "missed", "late", "--points", "200", "--late", "2").exit_code == 0
    set_ = ["set", "juniper", "--budget", "EUR=500", "--price", "eur=1.00", "--held-out", "0.2", "--json"]
    told = json.loads(aftercart(*set_).stdout)
    assert told["on"] and told["budget"] == {"EUR": 50000} and told["point_price"] == {"EUR": 100}
    assert told["held_out"] == 0.2 and told["rules"][0]["late_days"] == 2
    shown = aftercart("show", "juniper").stdout
    assert "200 points for missed, late, from 2 days late on, to be used within 90 days" in shown
    assert "€0.00 of €500.00" in shown and "20.0% of the customers are held out (gestures)" in shown

    aftercart("rule", "juniper", "credit", "lost", "--credit", "EUR=5", "--credit", "JPY=700", "--stake", "EUR=20")
    aftercart("set", "juniper", "--budget", "EUR=0", "--budget", "JPY=90000", "--every", "30")
    told = json.loads(aftercart("drop", "juniper", "sorry", "--json").stdout)
    assert [rule["money"] for rule in told["rules"]] == [{"EUR": 500, "JPY": 700}]
    assert told["budget"] == {"JPY": 90000} and told["period_days"] == 30


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["rule", "juniper", "x", "missed"], "gift: name one of --points, --credit and --upgrade"),
        (["rule", "juniper", "x", "refused", "--points", "5"], "kinds: refused lies with the customer"),
        (["rule", "juniper", "x", "missed", "--credit", "5"], "money: '5' is no amount such as EUR=5.00"),
        (["set", "juniper", "--budget", "EURO=5"], "budget: 'EURO' is not a currency's three letters"),
        (["set", "juniper", "--held-out", "0.9"], "share: 0.9 is not from 0 to 0.5"),
        (["drop", "juniper", "x"], "name: there is no rule 'x'"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(brand: Brand, words: list[str], reason: str) -> None:
    refusal = aftercart(*words)
    assert refusal.exit_code == 1 and reason in refusal.stderr
    assert not Experiment.objects.exists() and "needs a rule and a budget" in aftercart("show", "juniper").stdout


def a_season(brand: Brand, *, customers: int, again: float, more: float, cost: int = 500) -> Experiment:
    """Customers given something, or held out, a hundred days ago; and who of them bought again."""
    rng, at = random.Random(5), NOW - days(100)
    giving.gives(brand, share=0.3, at=NOW - days(200))
    experiment = drawn_the_same(Experiment.objects.get())
    people = [UUID(int=rng.getrandbits(128)) for _ in range(customers)]
    arms = experiments.arms(brand, people, "gesture", NOW)
    given = [one for one in people if not arms[one].held_out]
    Gesture.objects.bulk_create(_given(brand, customer, cost, at=at) for customer in given)
    back = [one for one in people if rng.random() < again + (0 if arms[one].held_out else more)]
    Order.objects.bulk_create(_bought(brand, customer, at=at + days(rng.uniform(1, 59))) for customer in back)
    with transaction.atomic():
        experiments.expose(
            brand,
            [
                Exposure(
                    experiment=experiment.id,
                    customer_id=one,
                    order_id=ids.new(at),
                    episode=ids.new(at),
                    kind="late",
                    carrier="dhl",
                    held_out=arms[one].held_out,
                    at=at,
                )
                for one in people
            ],
        )
    return experiment


def _given(brand: Brand, customer: UUID, cost: int, *, at: datetime) -> Gesture:
    return Gesture(
        id=ids.new(at), brand=brand, concern_id=ids.new(at), order_id=ids.new(at), customer_id=customer, kind="late",
        state="granted", since=at, at=at, gift="credit", amount=cost, cost=cost, currency="EUR",
    )  # fmt: skip


def _bought(brand: Brand, customer: UUID, *, at: datetime) -> Order:
    name = str(customer)
    return Order(
        id=ids.new(at), brand=brand, source="shopify", external_id=name, version=ids.new(at), number=name,
        number_key=name, customer_id=customer, placed_at=at,
    )  # fmt: skip


def test_what_is_proven_says_what_one_more_purchase_costs(alice: Client, brand: Brand) -> None:
    experiment = a_season(brand, customers=3000, again=0.2, more=0.25)
    set_clock(brand, NOW, rate=0)
    found = experiments.report(brand, experiment, NOW).again.estimate
    assert found and found.proven
    spent = proving.cost(brand, experiment, NOW)
    assert spent == {"EUR": 500 * found.notified.orders}
    middle, least, most = per_purchase(spent["EUR"], found) or (0, 0, 0)
    assert least < 2000 < most and middle == pytest.approx(500 / -found.effect)

    said = page(alice, "proof")
    assert "more of 100 customers back within 60 days" in said and "for each purchase more" in said
    assert "Given something: of 100 customers" in said and "otice" not in said.split("<main")[1].split("</main")[0]
    assert "for each purchase more" in page(alice)


def test_what_is_not_proven_has_no_price(alice: Client, brand: Brand) -> None:
    experiment = a_season(brand, customers=300, again=0.2, more=0.0)
    set_clock(brand, NOW, rate=0)
    found = experiments.report(brand, experiment, NOW).again.estimate
    assert found and not found.proven and per_purchase(1000, found) is None
    for said in (page(alice, "proof"), page(alice)):
        assert "Not enough data yet to say what one more purchase costs" in said and "for each purchase" not in said

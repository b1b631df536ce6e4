"""How often customers had to write: counted once no repeat can come any more, by cause and by week."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner, Result

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.cli.main import app
from aftercart.orders.models import Order
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.plumbing import ids
from aftercart.risk.services import stakes
from aftercart.tickets import counting
from aftercart.tickets.acting import Who, resolve
from aftercart.tickets.counting import Counted
from aftercart.tickets.models import Ticket
from tests.flows.desk_rows import RETURNS, WISMO, writes
from tests.flows.ops_pages import text
from tests.flows.ops_rows import staff
from tests.telling import days
from tests.world import NOW


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    set_clock(brand, NOW, rate=0)
    client.force_login(staff("alice", brand))
    return client


def problem(brand: Brand, cause: str, *written: float, resolved: bool = False) -> None:
    """Written about so many days ago, by a customer of its own."""
    who = ids.new()
    for ago in written:
        placed = writes(brand, "Where is it?", who, days(ago), category=cause, sender_name="Sam Holt")
    if resolved:
        resolve(Who(brand, None), placed[0].id, NOW - days(written[-1]) + timedelta(hours=1))


@pytest.fixture
def past(brand: Brand) -> Brand:
    problem(brand, WISMO, 20, resolved=True)
    problem(brand, WISMO, 20, 18, resolved=True)
    problem(brand, RETURNS, 15)
    problem(brand, "", 3)
    return brand


def test_each_problem_is_counted_where_it_began(past: Brand) -> None:
    found = counting.by_cause(past.id, NOW - days(35), NOW - days(7))
    assert found == {
        WISMO: Counted(problems=2, contacts=3, repeats=1, resolved=2, at_once=1),
        RETURNS: Counted(problems=1, contacts=1),
    }
    assert found[WISMO].repeated == pytest.approx(1 / 3) and found[WISMO].first_contact == 0.5
    assert found[RETURNS].first_contact is None and found[RETURNS].open == 1


def test_the_page_says_what_came_of_it_and_its_price(alice: Client, past: Brand) -> None:
    stakes(past, {"contact": 5.0, "currency": "EUR"}, at=NOW, by="test")
    said = text(alice, reverse("ops:contacts", args=["juniper"]))
    assert "4 contacts about 3 problems, 25 % of them repeats; one contact settled 50 %" in said.replace("\xa0", " ")
    assert "Where is it" in said and "Return or exchange" in said and "€20.00" in said and "€15.00" in said
    assert "Not yet understood" not in said, "a repeat may still come"


def test_a_week_shows_contacts_for_every_hundred_orders(alice: Client, past: Brand) -> None:
    for n in range(8):
        Order.objects.create(
            brand=past, source="shopify", external_id=str(n), version=ids.new(NOW), number=str(n), number_key=str(n),
            placed_at=NOW - days(3), country="US",
        )  # fmt: skip
    latest = counting.by_week(past.id, NOW - days(60), NOW, ZoneInfo(past.time_zone))[-1]
    assert (latest.counted.contacts, latest.orders, latest.per_hundred) == (1, 8, 12.5)
    assert "12.5" in text(alice, reverse("ops:contacts", args=["juniper"]))


def contacts(*words: str) -> Result:
    return CliRunner().invoke(app, ["contacts", *words])


def test_what_is_meant_is_shown_and_changed(brand: Brand) -> None:
    set_clock(brand, NOW, rate=0)
    held = json.loads(contacts("juniper").stdout)
    assert held == {"repeat_days": 7.0, "reopens_days": 7.0, "unsaid_days": 7.0, "one_contact_hours": 1.0}
    assert json.loads(contacts("juniper", "--repeat-days", "1").stdout)["repeat_days"] == 1.0
    problem(brand, WISMO, 20, 18)
    assert Ticket.objects.get(brand=brand).repeats == 0, "two days later is no repeat any more"


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["--repeat-days", "-1"], "repeat_days: -1.0 is no number of days from 0 to 365"),
        (["--repeat-days", "30"], "repeat_days: 30 is more than reopens_days, which is 7: what is written later"),
        (["--reopens-days", "3"], "repeat_days: 7 is more than reopens_days, which is 3"),
        (["--one-contact-hours", "9000"], "one_contact_hours: 9000 is no number of hours from 0 to 8760"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(brand: Brand, words: Sequence[str], wrong: str) -> None:
    held = contacts("juniper").stdout
    done = contacts("juniper", *words)
    assert done.exit_code != 0 and wrong in done.output
    assert contacts("juniper").stdout == held


def test_weeks_count_what_a_machine_answered(alice: Client, past: Brand) -> None:
    address = reverse("ops:contacts", args=["juniper"])
    assert "by machine" not in text(alice, address), "nothing is said where nothing was left to one"
    for ago, answered in ((3, True), (3, True), (10, True), (3, False), (90, True)):
        MachineAnswer.objects.create(
            brand=past, message_id=ids.new(), customer_id=ids.new(), category=WISMO, at=NOW - days(ago),
            answered=answered,
        )  # fmt: skip
    said = text(alice, address)
    assert "A machine answered 3 messages in these weeks" in said
    assert reverse("ops:answers", args=["juniper"]) in alice.get(address).content.decode()

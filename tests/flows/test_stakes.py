"""What is at stake, where operators see it: lists in the order of expected cost, pages, files, the command."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from typer.testing import CliRunner

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.plumbing import ids
from aftercart.risk.models import Assessment, Contact
from aftercart.watch.models import Concern
from tests.flows.ops_pages import address, text
from tests.flows.ops_rows import Day, a_day, staff
from tests.world import NOW


@pytest.fixture
def day(brand: Brand) -> Day:
    return a_day(brand)


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    client.force_login(staff("alice", brand))
    return client


def more(day: Day, worths: list[float]) -> list[UUID]:
    """As many more concerns, each opened an hour before the last."""
    known = Assessment.objects.get(id=day.stalled)
    found = []
    for n, worth in enumerate(worths):
        opened = NOW - timedelta(hours=n + 1)
        order = ids.new(opened)
        concern = Concern.objects.create(
            id=ids.new(opened), brand=day.brand, order_id=order, subject_id=order, kind="not_shipped", opened_at=opened
        )
        known.id, known.order_id, known.worth = concern.id, order, worth
        known.save(force_insert=True)
        found.append(concern.id)
    return found


def listed(client: Client, day: Day, query: str = "") -> list[UUID]:
    return [row.id for row in client.get(f"{address(day, 'concerns')}?kind=not_shipped&{query}").context["listed"].rows]


def test_what_may_cost_most_comes_first_unless_age_is_asked_for(alice: Client, day: Day) -> None:
    cheap, dear, middling = more(day, [2.0, 90.0, 30.0])

    assert listed(alice, day) == [dear, middling, cheap]
    assert listed(alice, day, "sort=newest") == [cheap, dear, middling]
    assert listed(alice, day, "sort=longest") == [middling, dear, cheap]


def test_a_long_list_by_cost_goes_on_where_the_last_page_ended(alice: Client, day: Day) -> None:
    more(day, [float(n % 7) for n in range(60)])
    first = alice.get(f"{address(day, 'concerns')}?kind=not_shipped").context["listed"]
    rest = alice.get(f"{address(day, 'concerns')}?kind=not_shipped&before={first.older}").context["listed"]

    assert (len(first.rows), len(rest.rows)) == (50, 10) and rest.older is None
    assert len({row.id for row in [*first.rows, *rest.rows]}) == 60


def test_a_concern_that_nobody_has_weighed_yet_is_listed_all_the_same(alice: Client, day: Day) -> None:
    Assessment.objects.all().delete()
    assert text(alice, address(day, "concerns")).count("data-open") == 2


def test_a_row_says_what_it_may_cost_how_likely_the_customer_writes_and_why(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "concerns"))
    for part in ("€12.91", "contact possible, 31 %", "€89.00 order · first order", "looked 4 times in 24 hours"):
        assert part in page, part


def test_an_order_shows_the_parts_of_its_cost_and_what_moves_the_chance(alice: Client, day: Day) -> None:
    page = text(alice, address(day, "order"))
    for part in (
        "€12.91 expected: contacts €2.23, refunds €10.68",
        "8 % within a day, 20 % within 3 days, 31 % within 7 days",
        "looks: 4 or more ×3, date: in time ×0.7",
        "assumed: nobody has told Aftercart of this brand",
    ):
        assert part in page, part


def test_an_orders_story_tells_when_its_customer_wrote(alice: Client, day: Day) -> None:
    at = NOW - timedelta(hours=2)
    Contact.objects.create(id=ids.new(at), brand=day.brand, at=at, channel="mail", order_key="1001")
    page = text(alice, address(day, "order"))
    assert page.index("The customer contacted us") > page.index('class="timeline"')


def test_the_file_and_the_command_hold_the_same(alice: Client, day: Day) -> None:
    whole = b"".join(alice.get(address(day, "concerns-csv"))).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(whole)))
    assert (row["expected cost"], row["currency"], row["contact within 7 days"]) == ("12.91", "EUR", "0.31")

    told = json.loads(CliRunner().invoke(app, ["concerns", "--brand", "juniper", "--json"]).stdout)
    assert sorted(one["kind"] for one in told) == ["late", "stalled"]
    cost = {"amount": 1291, "currency": "EUR", "parts": {"contact": 223, "refund": 1068, "future": 0}}
    assert told[0]["expected_cost"] == cost and told[0]["contact_within"] == {"1": 0.08, "3": 0.2, "7": 0.31}
    assert "€12.91" in CliRunner().invoke(app, ["concerns"]).stdout


def test_a_brand_says_what_a_contact_costs(day: Day) -> None:
    told = CliRunner().invoke(app, ["stakes", "juniper", "--contact", "6.5", "--currency", "eur", "--json"])
    first = json.loads(told.stdout)
    assert (first["contact"], first["currency"], first["margin"]) == (6.5, "EUR", 0.3)
    again = json.loads(CliRunner().invoke(app, ["stakes", "juniper", "--margin", "0.45", "--json"]).stdout)
    assert (again["contact"], again["margin"]) == (6.5, 0.45), "what is not given stays as it was"

    refused = CliRunner().invoke(app, ["stakes", "juniper", "--margin", "-1"])
    assert refused.exit_code == 1 and "margin: is not a number of 0 or more" in refused.stderr

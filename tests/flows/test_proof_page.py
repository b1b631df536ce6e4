"""What the page of proof says: as much as is known, and no more."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.orders.models import Order
from aftercart.outreach.experiments import services
from aftercart.outreach.experiments.models import Exposure
from aftercart.outreach.experiments.rules import Plan
from aftercart.plumbing import ids
from aftercart.risk import services as risk
from aftercart.risk.models import Contact
from tests.flows.experiment_world import DAY, Season, a_season, drawn_the_same, ordered, started, would_speak
from tests.flows.ops_pages import text
from tests.flows.ops_rows import staff
from tests.world import NOW

PROVEN = Season(customers=2500, share=0.4, rate=0.5, spared=0.5)


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    set_clock(brand, NOW, rate=0)
    client.force_login(staff("alice", brand))
    return client


def page(client: Client, query: str = "") -> str:
    return text(client, reverse("ops:proof", args=["juniper"]) + query).replace("\N{NO-BREAK SPACE}", " ")


def test_before_any_experiment_it_says_how_to_begin(alice: Client) -> None:
    said = page(alice)
    assert "Nothing is measured yet." in said and "aftercart experiment start" in said


def test_where_nobody_is_held_out_nothing_can_be_measured(alice: Client, brand: Brand) -> None:
    experiment = started(brand, share=0.0)
    for n in range(3):
        customer = ids.new(NOW)
        would_speak(
            brand, experiment, customer, ordered(brand, customer, str(n), placed=NOW - 40 * DAY), at=NOW - 30 * DAY
        )
    said = page(alice)
    assert "Nobody is held out, so nothing can be measured." in said and "--share 0.05" in said
    assert "What that is worth" not in said and "spare" not in said.split("How it is measured")[0]


def test_where_no_contact_is_ever_told_that_is_what_it_says(alice: Client, brand: Brand) -> None:
    a_season(brand, Season(customers=200, rate=0.0))
    assert "No contact has been told to us, so nothing can be measured." in page(alice)


def test_too_little_shows_no_interval_and_says_what_would_be_enough(alice: Client, brand: Brand) -> None:
    a_season(brand, Season(customers=160, days=20))
    said = page(alice)
    assert "Not enough data yet to say what notices do." in said and "How surely we know" not in said
    assert "more held-out customers with an affected order, before any interval is shown" in said
    assert "customers have been affected" in said and "What that is worth" not in said


def test_what_chance_may_have_made_is_not_called_an_effect_and_earns_nothing(alice: Client, brand: Brand) -> None:
    a_season(brand, Season(customers=2000, share=0.3, spared=0.0))
    said = page(alice)
    assert "No difference is proven yet." in said and "How surely we know" in said
    assert "chance alone may have made the difference" in said and "What that is worth" not in said


def test_what_is_proven_is_said_with_its_interval_and_its_worth(alice: Client, brand: Brand) -> None:
    found = services.report(brand, a_season(brand, PROVEN), NOW).arms.estimate
    assert found is not None and found.proven
    risk.stakes(brand, {"contact": 6.5, "currency": "EUR"}, at=NOW, by="tests")
    said = page(alice)

    assert f"Notices spare {100 * found.effect:.1f} contacts per 100 affected orders." in said
    assert f"{found.held_out.contacts:,} contacts about {found.held_out.orders:,} orders" in said
    assert f"{100 * found.always[0]:.1f} to {100 * found.always[1]:.1f} fewer" in said
    spared = round(found.effect * found.notified.orders)
    assert f"€{spared * 6.5:,.2f}" in said and f"about {spared:,} contacts fewer" in said
    for part in ("By notice", "By carrier", "By month of the notice", "Will be late", "Not shipped yet", "March 2026"):
        assert part in said
    assert "prove nothing by themselves" in said and "as drawn" in said


def test_an_uneven_split_is_not_believed_whatever_it_seems_to_show(alice: Client, brand: Brand) -> None:
    experiment = a_season(brand, PROVEN)
    out = Exposure.objects.filter(experiment_id=experiment.id, held_out=True).order_by("id")
    lost = set(out.values_list("customer_id", flat=True)[:400])
    Exposure.objects.filter(customer_id__in=lost).delete()
    said = page(alice)
    assert "The arms are not as they were drawn, so their difference proves nothing." in said
    assert "not as drawn" in said and "What that is worth" not in said and "How surely we know" not in said


def test_the_file_has_the_figures_of_the_page(alice: Client, brand: Brand) -> None:
    found = services.report(brand, a_season(brand, PROVEN), NOW).arms.estimate
    assert found is not None
    response = alice.get(reverse("ops:proof-csv", args=["juniper"]))
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[1][:2] == ["contacts", "all"] and rows[1][2:5] == [
        str(n) for n in (found.held_out.customers, found.held_out.orders, found.held_out.contacts)
    ]
    assert float(rows[1][10]) == pytest.approx(found.effect, abs=1e-5) and rows[1][15] == "yes"
    assert {row[0] for row in rows[2:]} == {
        "contacts by notice", "contacts by carrier", "contacts by month", "bought again within 60 days",
    }  # fmt: skip


def test_each_experiment_has_its_own_page_and_an_unknown_one_none(alice: Client, brand: Brand) -> None:
    started(brand, name="spring")
    services.stop(brand, "spring", at=NOW - 2 * DAY, by="tests")
    services.start(brand, Plan(name="summer", kinds=("late",), share=0), at=NOW - DAY, by="tests")
    assert "Nobody is held out" in page(alice)
    assert "Not enough data yet" in page(alice, "?experiment=spring")
    assert alice.get(reverse("ops:proof", args=["juniper"]) + "?experiment=autumn").status_code == 404


def test_contacts_before_the_experiment_do_not_count_as_told(alice: Client, brand: Brand) -> None:
    experiment = a_season(brand, Season(customers=60, rate=0.0))
    before = experiment.started_at - timedelta(hours=1)
    Contact.objects.create(id=ids.new(before), brand=brand, at=before, channel="email")
    assert not services.report(brand, experiment, NOW).contacts_told


def test_arms_that_are_worried_about_unlike_each_other_are_not_believed(alice: Client, brand: Brand) -> None:
    experiment = a_season(brand, PROVEN)
    for one in Exposure.objects.filter(experiment_id=experiment.id, held_out=True)[:300]:
        one.id, one.order_id = ids.new(NOW), ids.new(NOW)
        one.save(force_insert=True)
    said = page(alice)
    assert "The arms are not as they were drawn" in said and "Both should be worried about alike" in said


def test_of_a_gesture_what_counts_is_who_buys_again(alice: Client, brand: Brand) -> None:
    plan = Plan(name="gesture", kinds=("gesture",), share=0.4, aim="again")
    experiment = drawn_the_same(services.start(brand, plan, at=NOW - 200 * DAY, by="tests"))
    people = [ids.mirrored("customer", n) for n in range(1500)]
    arms = services.arms(brand, people, "gesture", NOW)
    orders, exposures = [], []
    for n, customer in enumerate(people):
        held, at = arms[customer].held_out, NOW - 100 * DAY
        exposures.append(
            services.Exposure(
                experiment=experiment.id,
                customer_id=customer,
                order_id=ids.new(at),
                episode=ids.new(at),
                kind="gesture",
                carrier="",
                held_out=held,
                at=at,
            )
        )
        if n % 10 < (1 if held else 3):
            orders.append(
                Order(brand=brand, external_id=f"g{n}", version=ids.new(at), number=f"g{n}", customer_id=customer,
                      placed_at=at + 9 * DAY)
            )  # fmt: skip
    Order.objects.bulk_create(orders)
    with transaction.atomic():
        services.expose(brand, exposures)
    found = services.report(brand, experiment, NOW).main.estimate
    said = page(alice)
    assert found is not None and found.proven and found.effect < 0
    assert f"Gestures bring {-100 * found.effect:.1f} more of 100 customers back within 60 days." in said
    assert f"{found.held_out.contacts:,} of {found.held_out.customers:,} customers" in said
    assert "What that is worth" not in said and "was said before the experiment began" in said

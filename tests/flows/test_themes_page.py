"""What operators see of growing themes, and what they decide."""

from __future__ import annotations

import random

import pytest
from django.test import Client
from django.urls import reverse

from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import set_clock
from aftercart.triage.themes import find
from aftercart.understanding.models import Theme
from aftercart.understanding.services import taxonomy
from tests.flows.ops_pages import text
from tests.flows.ops_rows import staff
from tests.flows.test_themes import take_in, theme_of
from tests.planted_themes import growing, noise
from tests.world import NOW


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    set_clock(brand, NOW, rate=0)
    client.force_login(staff("alice", brand))
    return client


@pytest.fixture
def lid(brand: Brand) -> Theme:
    chance = random.Random(4)
    take_in(brand, [*noise("en", chance, 30), *growing("en", chance)])
    find(brand, NOW)
    return theme_of("whistling")


def page(client: Client) -> str:
    return text(client, reverse("ops:themes", args=["juniper"]))


def decide(client: Client, what: str, theme: Theme, **told: str) -> str:
    address = reverse(f"ops:theme-{what}", args=["juniper", theme.id])
    answer = client.post(address, told, follow=True)
    assert answer.redirect_chain == [(reverse("ops:themes", args=["juniper"]), 302)]
    return " ".join(answer.content.decode().split())


def test_where_nothing_grows_it_is_said_what_will_be_here(alice: Client) -> None:
    assert "No theme is open" in page(alice)


def test_a_theme_is_shown_with_its_growth_and_what_customers_say(alice: Client, lid: Theme) -> None:
    said = page(alice)
    assert "things grow in what was not understood" in said
    assert f"{sum(lid.weeks[-2:])} messages in the last two weeks" in said
    assert "Messages a week: " + ", ".join(map(str, lid.weeks)) in said
    assert "whistl" in said and said.count("Make it a category") == Theme.objects.filter(state=Theme.OPEN).count()


def test_a_theme_becomes_a_category_by_its_form(alice: Client, brand: Brand, lid: Theme) -> None:
    said = decide(alice, "categories", lid, category="  whistling   lid ")
    assert "“whistling lid” is a category now." in said and "tickets of the past count as that" in said
    assert "whistling lid" in taxonomy(brand)
    assert AuditEntry.objects.filter(action="theme.promoted", subject=str(lid.id), actor="alice").exists()

    again = decide(alice, "categories", lid, category="whistling lid")
    assert "Nothing has changed: it is promoted already." in again


def test_a_name_that_is_none_is_refused_in_words(alice: Client, lid: Theme) -> None:
    assert "is no name" in decide(alice, "categories", lid, category=" ")
    assert theme_of("whistling").state == Theme.OPEN


def test_a_theme_is_dismissed_by_its_form(alice: Client, lid: Theme) -> None:
    assert "Nobody will be asked about it again" in decide(alice, "dismissals", lid)
    assert theme_of("whistling").state == Theme.DISMISSED
    assert "dismissed already" in decide(alice, "dismissals", lid)


def test_strangers_decide_nothing(client: Client, lid: Theme) -> None:
    client.force_login(staff("bob", Brand.objects.create(slug="fern", name="F", from_email="f@f.ex", country="DE")))
    for what in ("categories", "dismissals"):
        assert client.post(reverse(f"ops:theme-{what}", args=["juniper", lid.id])).status_code == 404
    assert client.get(reverse("ops:themes", args=["juniper"])).status_code == 404
    assert theme_of("whistling").state == Theme.OPEN

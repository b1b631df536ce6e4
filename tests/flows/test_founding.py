from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth import authenticate
from typer.testing import CliRunner, Result

from aftercart.brands.models import Brand, Member, Source
from aftercart.cli.main import app
from aftercart.orders.polling import lines

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def founded() -> Result:
    return run("brand", "moss", "--name", "Moss & Loam", "--country", "nl", "--from-email", "hello@moss.example")


def test_a_new_brand_is_quiet_until_it_is_told_to_speak() -> None:
    assert founded().output == "Moss & Loam: is quiet\n"
    assert run("brand", "moss", "--speak").output == "Moss & Loam: speaks\n"

    brand = Brand.objects.get(slug="moss")
    assert brand.country == "NL" and brand.speaks_since is not None
    assert run("brand", "moss", "--quiet").output == "Moss & Loam: is quiet\n"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["brand", "moss"], "from_email:"),
        (["brand", "moss", "--from-email", "a@b.example", "--country", "Holland"], "country:"),
        (["brand", "moss", "--zone", "Europe/Nowhere"], "zone:"),
        (["brand", "moss", "--country", "NL", "--from-email", "nobody"], "from_email:"),
        (["brand", "moss", "--country", "NL", "--from-email", "a@b.example", "--accent", "green"], "accent:"),
        (["brand", "moss", "--country", "NL", "--from-email", "a@b.example", "--language", "xx"], "language:"),
        (["brand", "moss", "--country", "QQ", "--from-email", "a@b.example"], "country:"),
        (["connect", "nobody", "shippo"], "brand:"),
        (["connect", "moss", "pigeon"], "kind:"),
        (["connect", "moss", "shopify"], "secret:"),
        (["connect", "moss", "shopify", "--secret", "s"], "bound-to:"),
        (["connect", "moss", "aftercart", "--secret", "not base64!"], "secret:"),
        (["connect", "moss", "ups"], "set: client_id, client_secret missing"),
        (["connect", "moss", "ups", "--set", "password=x"], "set: 'password' is none of client_id, client_secret"),
        (["connect", "moss", "dhl", "--set", "api_key="], "set: api_key is empty"),
        (["staff", "nobody", "maria"], "brand:"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_field(words: list[str], field: str) -> None:
    if words[:2] == ["connect", "moss"]:
        founded()
    ended = run(*words)

    assert ended.exit_code == 1
    assert ended.stderr.startswith(f"aftercart: {field}") and ended.stderr.count("\n") == 1


def test_a_brand_sets_how_long_things_are_given_and_the_rest_stays() -> None:
    founded()
    assert json.loads(run("waits", "moss", "--not-received", "3", "--json").output)["not_received"] == 3
    again = json.loads(run("waits", "moss", "--circles", "3", "--json").output)
    assert again == {"not_received": 3, "pickup": 2, "shelf": 7, "expiring": 2, "circles": 3}
    assert run("waits", "moss").output.splitlines()[0] == "not_received  3"
    assert run("waits", "moss", "--shelf", "0").exit_code == 2
    assert run("waits", "nobody").stderr.startswith("aftercart: brand:")


def test_a_source_keeps_its_address_and_both_secrets_while_one_is_rotated() -> None:
    founded()
    first = run("connect", "moss", "easypost", "--secret", "old").output
    second = run("connect", "moss", "easypost", "--secret", "new", "--rotate").output

    assert first == second and "/in/moss/easypost/" in first
    assert Source.objects.get().secrets == ["new", "old"]
    run("connect", "moss", "easypost", "--secret", "newer")
    assert Source.objects.get().secrets == ["newer"]


def test_changing_a_secret_does_not_unbind_a_shop_nor_unsign_a_source() -> None:
    founded()
    run("connect", "moss", "shopify", "--secret", "old", "--bound-to", "moss.myshopify.com")
    run("connect", "moss", "shopify", "--secret", "new", "--rotate")
    run("connect", "moss", "shippo", "--secret", "signed")
    run("connect", "moss", "shippo")

    shopify, shippo = Source.objects.order_by("-kind")
    assert (shopify.bound_to, shopify.secrets) == ("moss.myshopify.com", ["new", "old"])
    assert shippo.secrets == ["signed"]


def test_our_own_endpoint_gets_a_secret_of_ours() -> None:
    founded()
    told = run("connect", "moss", "aftercart").output

    assert re.match(r"Secret   whsec_\S{40,}\nAddress  \S+/in/moss/aftercart/\S+\n", told)


def test_a_carrier_is_asked_with_credentials_that_are_not_printed() -> None:
    founded()
    words = [
        "connect",
        "moss",
        "usps",
        "--set",
        "client_id=id-of-moss",
        "--set",
        "client_secret=-",
        "--per-hour",
        "500",
    ]
    told = CliRunner().invoke(app, words, input="hush-hush\n").output

    assert told.startswith("Asking   https://apis.usps.com") and "hush" not in told and "id-of-moss" not in told
    (line,) = lines.lines()
    assert (line.source, line.secrets) == ("usps", {"client_id": "id-of-moss", "client_secret": "hush-hush"})
    assert line.pace.per_second == 500 / 3600

    shown = run("status").output
    assert "numbers asked for            0" in shown and "hush" not in shown


def test_staff_log_in_with_the_password_that_was_printed() -> None:
    founded()
    told = run("staff", "moss", "maria").output
    password = told.split("Password ")[1].strip()

    assert run("staff", "moss", "maria").output == "Log-in   maria\nPassword as before\n"
    assert authenticate(username="maria", password=password) is not None
    run("staff", "moss", "maria", "--new-password")
    assert authenticate(username="maria", password=password) is None
    assert Member.objects.get().brand.slug == "moss"

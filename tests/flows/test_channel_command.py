"""`aftercart channel`: a brand's ways out, from the command line."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from aftercart.brands.models import AuditEntry, Brand, Source
from aftercart.cli.main import app
from aftercart.outbox.models import Line
from tests.gateway import Answer, gateway
from tests.mailserver import mail_server

pytestmark = pytest.mark.django_db


def ran(*arguments: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["channel", *arguments], input=given)
    return done.exit_code, done.stdout + done.stderr


def test_a_line_is_opened_tried_listed_and_switched_off(brand: Brand) -> None:
    with mail_server() as box:
        code, out = ran("add", "juniper", "smtp", "--set", f"url={box.url}", "--name", "own", "--per-minute", "60")
        assert code == 0 and out == "Line     email through smtp, number 1 of its channel\n"
        assert ran("test", "juniper", "email", "me@juniper.example") == (0, "own  taken\n")
        (mail,) = box.received
        assert mail["Subject"] == "A trial message of Juniper & Clay"

    assert ran("off", "juniper", "email", "own") == (0, "Off.\n")
    (line,) = json.loads(ran("list", "juniper", "--json")[1])
    assert (line["name"], line["enabled"], line["per_minute"]) == ("own", False, 60)
    assert "off" in ran("list", "juniper")[1]
    assert ran("on", "juniper", "email", "own")[0] == 0
    acts = AuditEntry.objects.order_by("at", "id").values_list("action", flat=True)
    assert list(acts) == ["channel.add", "channel.off", "channel.on"]


def test_secrets_are_read_from_the_input_and_shown_nowhere(brand: Brand) -> None:
    told = ["--set", "account_sid=-", "--set", "auth_token=-", "--set", "from=+15005550006", "--channel", "sms"]
    code, out = ran("add", "juniper", "twilio", *told, given="AC1\nvery-secret\n")

    line, source = Line.objects.get(), Source.objects.get(kind="twilio")
    assert code == 0 and line.settings["auth_token"] == "very-secret" == source.secrets[0]
    assert line.settings["callback"].endswith(f"/in/juniper/twilio/{source.token}")
    assert line.settings["callback"] in out
    for shown in (out, *(ran("list", "juniper", *more)[1] for more in ((), ("--json",)))):
        assert "very-secret" not in shown


def test_a_provider_that_signs_nothing_gets_a_secret_in_its_address_and_keeps_it(brand: Brand) -> None:
    addresses = []
    for _ in range(2):
        code, out = ran("add", "juniper", "postmark", "--set", "server_token=t")
        assert code == 0
        addresses += re.findall(r"Reports  (\S+)", out)

    assert addresses[0] == addresses[1] and re.match(r"http://juniper:[\w-]{20,}@127\.0\.0\.1:8000/in/", addresses[0])
    assert Source.objects.filter(kind="postmark").count() == 1 == Line.objects.count()


def test_a_line_in_trouble_says_so(brand: Brand) -> None:
    with gateway() as there:
        there.usual = Answer(401, b'{"Message":"no such token pm-secret"}')
        ran("add", "juniper", "postmark", "--set", "server_token=pm-secret", "--set", f"address={there.url}")
        code, out = ran("test", "juniper", "email", "me@juniper.example")

    assert code == 1 and out == "postmark  answered 401: no such token …\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "nobody", "smtp"], "brand: there is none called 'nobody'"),
        (["add", "juniper", "pigeon"], "provider: 'pigeon' is none of klaviyo"),
        (["add", "juniper", "smtp"], "url: is missing"),
        (["add", "juniper", "smtp", "--set", "host=x"], "set: 'host' is none of url"),
        (["add", "juniper", "twilio", "--set", "account_sid=AC1"], "channel: twilio takes sms, whatsapp; say which"),
        (["add", "juniper", "webhook", "--channel", "event", "--set", "url=x", "--set", "secret=x"], "url: 'x' is no"),
        (["off", "juniper", "email", "own"], "name: there is no line for 'email' called 'own'"),
        (["test", "juniper", "sms", "+31612345678"], "channel: juniper has no line for 'sms'"),
    ],
)
def test_what_cannot_be_is_one_clear_line(brand: Brand, arguments: list[str], reason: str) -> None:
    code, out = ran(*arguments)

    assert code == 1 and out.startswith(f"aftercart: {reason}") and len(out.splitlines()) == 1
    assert not Line.objects.exists()
    assert not Source.objects.filter(kind__in=["twilio", "postmark"]).exists()

"""`aftercart mailbox`: where a brand's mail comes in, from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from typer.testing import CliRunner

from aftercart.brands.models import AuditEntry, Brand
from aftercart.cli.main import app
from aftercart.intake.mailboxes import services
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.ops.health import status
from aftercart.plumbing import clock
from tests.dovecot import PASSWORD, dovecot, needs_dovecot

pytestmark = pytest.mark.django_db
HELP = "help@juniper.example"


def ran(*arguments: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["mailbox", *arguments], input=given)
    return done.exit_code, done.stdout + done.stderr


@needs_dovecot
def test_a_mailbox_is_opened_checked_listed_and_removed_and_no_secret_is_shown(brand: Brand) -> None:
    with dovecot() as server:
        where = ["--set", "host=127.0.0.1", "--set", f"port={server.port}", "--set", "security=none"]
        told = [*where, "--set", "user=help", "--set", "password=-"]
        code, out = ran("add", "juniper", "help", "--address", "Help@Juniper.example", *told, given=f"{PASSWORD}\n")
        assert (code, out) == (0, f"Mailbox  help by imap: {HELP}\nServer   INBOX of help is open\n")
        assert ran("check", "juniper", "help") == (0, "INBOX of help is open\n")
        assert "not looked at yet" in ran("list", "juniper")[1]

        code, out = ran("add", "juniper", "help", "--address", HELP, *told, given="not-this-one\n")
        assert code == 0 and "does not let help in" in out
        code, out = ran("check", "juniper", "help")
        assert code == 1 and "does not let help in" in out and "not-this-one" not in out

    (listed,) = json.loads(ran("list", "juniper", "--json")[1])
    assert (listed["name"], listed["way"], listed["addresses"], listed["enabled"]) == ("help", "imap", [HELP], True)
    assert "not-this-one" not in json.dumps(listed) + ran("list", "juniper")[1]
    assert ran("off", "juniper", "help") == (0, "Off.\n") and "off" in ran("list", "juniper")[1]
    assert ran("on", "juniper", "help") == (0, "On.\n")
    assert ran("remove", "juniper", "help") == (0, "Removed.\n")
    assert ran("check", "juniper", "help") == (1, "aftercart: name: there is no mailbox called 'help'\n")
    acts = list(AuditEntry.objects.order_by("at", "id").values_list("action", flat=True))
    assert acts == ["mailbox.add", "mailbox.add", "mailbox.off", "mailbox.on", "mailbox.remove"]


IMAP = ("--set", "host=imap.example", "--set", "user=u", "--set", "password=p")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--address", "help", *IMAP), "address: 'help' is no address"),
        (("--address", HELP, "--way", "pigeon"), "way: 'pigeon' is none of imap, lmtp"),
        (("--address", HELP, "--way", "lmtp", "--set", "host=x"), "host: a mailbox by lmtp needs no settings"),
        (("--address", HELP), "host: is missing"),
        (("--address", HELP, "--set", "host=imap.example", "--set", "user=u"), "password: give either a password, or"),
        (("--address", HELP, *IMAP, "--set", "client_id=c", "--set", "token_url=https://x", "--set", "client_secret=s"),
         "password: give either a password, or"),
        (("--address", HELP, *IMAP, "--set", "port=many"), "port: 'many' is no port"),
        (("--address", HELP, *IMAP, "--set", "security=none"), "security: the way to imap.example is open"),
        (("--address", HELP, *IMAP, "--set", "colour=green"), "colour: is none of host, port"),
        (("--address", HELP, "--set", "provider=hotmail"), "provider: 'hotmail' is none of microsoft, gmail"),
        (("--address", HELP, "--set", "provider=gmail", "--set", "client_id=c"), "refresh_token: is"),
        (("--address", HELP, "--set", "host"), "set: 'host' has no value"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_clear_line_and_nothing_is_kept(
    brand: Brand, arguments: tuple[str, ...], error: str
) -> None:
    code, out = ran("add", "juniper", "help", *arguments)
    assert code == 1 and f"aftercart: {error}" in out and out.count("\n") == 1
    assert not Mailbox.objects.exists()


def test_an_address_is_one_brand_s(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other", from_email="o@other.example", country="US")
    assert ran("add", "juniper", "help", "--address", HELP, "--way", "lmtp")[0] == 0
    code, out = ran("add", "other", "help", "--address", HELP, "--way", "lmtp")
    assert (code, out) == (1, f"aftercart: address: {HELP} is one of juniper\n")
    assert not Mailbox.objects.filter(brand=other).exists()


def test_a_change_goes_on_where_it_was_and_another_folder_begins_anew(brand: Brand) -> None:
    def add(*more: str) -> Mailbox:
        # Nobody listens there: it is kept all the same, and said.
        told = ("--set", "host=127.0.0.1", "--set", "port=1", "--set", "security=none", "--set", "user=u")
        assert "cannot be reached" in ran("add", "juniper", "help", "--address", HELP, *told, *more)[1]
        return Mailbox.objects.get()

    made = add("--set", "password=p")
    Mailbox.objects.update(uid=7, validity=3, error="x", failures=2, closed_until=clock.machine())
    changed = add("--set", "password=q")
    assert (changed.uid, changed.validity, changed.error, changed.failures) == (7, 3, "", 0)
    assert changed.closed_until is None and changed.since == made.since
    other = add("--set", "password=q", "--set", "folder=Support")
    assert (other.uid, other.validity, other.since) == (0, None, made.since)
    assert add("--set", "password=q", "--since", "2026-03-01").since == datetime(2026, 3, 1, tzinfo=UTC)


def test_status_names_the_mailboxes_in_trouble(brand: Brand) -> None:
    services.add(brand, name="fine", way="lmtp", addresses=[HELP], by="maren")
    box = services.add(brand, name="help", way="lmtp", addresses=["orders@juniper.example"], by="maren")
    now = clock.machine()
    Mailbox.objects.filter(id=box.id).update(error="no", refused_at=now, closed_until=now + timedelta(hours=1))
    (told,) = cast(list[str], status()["mailboxes_failing"])
    assert told.startswith("mailbox help of juniper refuses our credentials since")

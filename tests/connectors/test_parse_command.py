from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from aftercart.cli.parsing import parse
from tests.connectors.hook_cases import KEPT, Call
from tests.connectors.inbound_cases import TO, letter
from tests.connectors.payloads import HERE, body

app = Typer()
app.command()(parse)


def ran(*arguments: str, given: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=given)
    return result.exit_code, result.stdout, result.stderr


def test_it_prints_facts_with_iso_times_and_money_in_minor_units() -> None:
    code, out, _ = ran("shopify", str(HERE / "shopify/order.json"), "--json")
    printed = json.loads(out)
    assert code == 0
    assert [fact["kind"] for fact in printed["facts"]] == [
        "order_placed",
        "parcels_shipped",
        "parcel_scanned",
        "refund_issued",
    ]
    assert printed["facts"][0]["total"] == {"amount": 8895, "currency": "GBP"}
    assert printed["facts"][0]["happened_at"] == "2026-03-02T08:15:18Z"
    assert printed["facts"][2]["state"] == "delivered"
    assert printed["unread"] == [{"where": "fulfillments[1].id", "what": "is missing"}]


def test_it_shows_people_a_table() -> None:
    code, out, _ = ran("easypost", str(HERE / "easypost/tracker_updated.json"))
    assert code == 0
    assert "parcel_scanned" in out and "not understood" in out


@pytest.mark.parametrize("inner", ["body", "payload"])
def test_a_capture_with_its_headers_is_unwrapped(tmp_path: Path, inner: str) -> None:
    capture = {"headers": {"X-Shopify-Topic": "returns/cancel"}, inner: {"id": 44001122, "order_id": 5}}
    (tmp_path / "capture.json").write_text(json.dumps(capture))
    _, out, _ = ran("shopify", str(tmp_path / "capture.json"), "--json")
    assert json.loads(out)["facts"][0]["step"] == "cancel"


@pytest.mark.parametrize(
    "written", ['{"X-Shopify-Topic": "orders/delete"}', "X-Shopify-Topic: orders/delete\nAccept: */*\n"]
)
def test_headers_come_as_json_or_as_lines(tmp_path: Path, written: str) -> None:
    (tmp_path / "headers").write_text(written)
    code, out, _ = ran("shopify", "-", "--json", "--headers", str(tmp_path / "headers"), given=b'{"id": 1}')
    assert code == 0
    assert json.loads(out)["facts"][0]["why"] == "deleted"


def test_what_it_prints_can_be_sent_to_our_own_endpoint() -> None:
    _, out, _ = ran("shopify", "-", "--json", given=body("shopify", "order"))
    facts = {"facts": json.loads(out)["facts"]}
    _, again, _ = ran("aftercart", "-", "--json", given=json.dumps(facts).encode())
    assert json.loads(again)["facts"] == facts["facts"]


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (["pigeon", "-"], b"{}", "SOURCE: there is no 'pigeon'; there are 17track, aftercart"),
        (["shopify", "/nowhere.json"], None, "FILE: /nowhere.json cannot be read: No such file or directory"),
        (["shopify", "-", "--headers", "/nowhere"], b"{}", "--headers: /nowhere cannot be read"),
        (["shopify", "-"], b"not json", "body: is not JSON"),
        (["aftercart", "-"], b'{"facts":[{"kind":"order_cancelled"}]}', "facts[0].happened_at: is missing"),
    ],
)
def test_bad_input_is_one_line_that_names_the_field(arguments: list[str], given: bytes | None, message: str) -> None:
    code, out, err = ran(*arguments, given=given)
    assert (code, out) == (1, "")
    assert err.startswith(f"aftercart: {message}") and err.count("\n") == 1


def test_it_needs_neither_django_nor_a_database() -> None:
    script = (
        "import sys, aftercart.cli.parsing\n"
        "heavy = {'django', 'psycopg', 'holidays', 'httpx'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE"))}
    done = subprocess.run([sys.executable, "-c", script], env=clean, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    command = [
        sys.executable,
        "-m",
        "aftercart.cli.parsing",
        "17track",
        str(HERE / "seventeentrack/tracking_stopped.json"),
    ]
    assert "TRACKING_STOPPED" in subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize("call", KEPT, ids=lambda call: call.source)
def test_a_mail_that_its_provider_keeps_is_shown_with_where_it_is(call: Call) -> None:
    content, _ = call.post(letter(), TO, call.secret)
    code, out, _ = ran(call.source, "-", "--json", given=content)
    (fact,) = json.loads(out)["facts"]
    assert code == 0 and fact["customer"]["email"] == "noor@example.com"
    assert (fact["kind"] == "message_announced") == (call.keeps == "mail") == ("url" in fact)
    assert call.source == "mailtrap" or set(fact["to"]) >= {TO}
    assert ran(call.source, "-", given=content)[0] == 0

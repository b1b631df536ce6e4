from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aftercart.cli.mailing import app
from tests.connectors.mail.writing import LETTER, mail, multipart, part, whole

ANSWER = f"{LETTER}\n\nOn 3 Mar 2026, at 09:14, Nordwind <help@nordwind.example> wrote:\n\n> Sent.\n"


def ran(*arguments: str, given: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=given)
    return result.exit_code, result.stdout, result.stderr


def test_it_prints_exactly_these_keys() -> None:
    content = whole(multipart(part(ANSWER, "text/plain"), part(b"%PDF-", "application/pdf; name=bill.pdf")))
    code, out, _ = ran("parse", "-", "--json", given=content)
    assert code == 0
    assert json.loads(out) == {
        "from": "Anna Berg <anna@berg.example>",
        "to": ["help@nordwind.example"],
        "subject": "Order 1042",
        "reply": LETTER,
        "quoted": "On 3 Mar 2026, at 09:14, Nordwind <help@nordwind.example> wrote:\n\n> Sent.",
        "attachments": [
            {
                "name": "bill.pdf",
                "type": "application/pdf",
                "declared": "application/pdf",
                "size": 5,
                "inline": False,
                "content_id": "",
            }
        ],
        "class": "person",
    }


def test_it_shows_people_a_table_with_what_was_odd(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail("Päckchen".encode("latin-1"), auto_submitted="auto-replied"))
    code, out, _ = ran("parse", str(tmp_path / "a.eml"))
    assert code == 0
    assert "auto_reply" in out and "Auto-Submitted" in out and "not in the charset" in " ".join(out.split())


def test_it_takes_our_addresses_and_the_server_to_believe() -> None:
    content = b"Authentication-Results: mx.nordwind.example; dmarc=pass\r\n" + mail(list_id="<help.nordwind.example>")
    _, out, _ = ran(
        "parse", "-", "--ours", "Help@Nordwind.example", "--authserv-id", "mx.nordwind.example", given=content
    )
    assert "person" in out and "pass" in out


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (["/nowhere.eml"], None, "FILE: /nowhere.eml cannot be read: No such file or directory"),
        (["/tmp"], None, "FILE: /tmp cannot be read: Is a directory"),
        (["-"], b"\n", "FILE: - is empty"),
    ],
)
def test_bad_input_is_one_line_that_names_the_argument(arguments: list[str], given: bytes | None, message: str) -> None:
    code, out, err = ran("parse", *arguments, "--json", given=given)
    assert (code, out, err) == (1, "", f"aftercart: {message}\n")


def test_it_needs_neither_django_nor_a_database() -> None:
    script = (
        "import sys, aftercart.cli.mailing\n"
        "heavy = {'django', 'psycopg', 'holidays', 'httpx', 'charset_normalizer'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE"))}
    done = subprocess.run([sys.executable, "-c", script], env=clean, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")

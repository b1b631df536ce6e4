from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from tests.flows.test_wordings import NAMES_A_DAY, TEXT
from tests.world import juniper

VAGUE = "We are looking into it and will be back soon."


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["words", *words], input=stdin)


def told(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_text_is_checked_without_a_database(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(VAGUE)
    command = [sys.executable, "-m", "aftercart", "words", "check", str(file), "--json"]
    env = {"AFTERCART_VAR": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)

    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    assert said["ok"] is False and {"vague", "expect"} <= {finding["part"] for finding in said["findings"]}
    assert all(finding.keys() == {"part", "reason", "excerpt"} for finding in said["findings"])


def test_what_says_all_that_it_should_passes_from_stdin_too() -> None:
    result = run("check", "-", "--json", stdin=f"Subject: Order {{number}}\n\n{NAMES_A_DAY}")

    assert result.exit_code == 0
    assert told(result) == {"ok": True, "language": "en", "channel": "email", "findings": [], "advice": []}


def test_an_sms_says_its_length_in_the_file_or_beside_it() -> None:
    long = f"{NAMES_A_DAY} Or look at it here, where all of its way stands: {{link}}"

    refused = told(run("check", "-", "--channel", "sms", "--json", stdin=long))
    assert [finding["part"] for finding in refused["findings"]] == ["length"]
    assert run("check", "-", "--channel", "sms", stdin=f"Segments: 2\n\n{long}").exit_code == 0
    beside = run("check", "-", "--channel", "sms", "--segments", "2", stdin=long)
    assert beside.exit_code == 0 and "Filled in: 2 segments" in beside.output


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["-", "--language", "nl"], "language: 'nl'"),
        (["-", "--channel", "fax"], "channel: 'fax'"),
        (["-", "--kind", "nothing"], "kind: 'nothing'"),
        (["/no/such/file"], "/no/such/file: No such file"),
    ],
)
def test_what_cannot_be_checked_is_named(words: list[str], field: str) -> None:
    result = run("check", *words, stdin=TEXT)

    assert result.exit_code == 1 and field in result.output


def test_segments_that_are_no_number_are_named() -> None:
    assert "Segments: 'two' is no whole number" in run("check", "-", stdin="Segments: two\n\nA").output


@pytest.mark.django_db
def test_a_text_is_published_listed_and_rolled_back(tmp_path: Path) -> None:
    brand = juniper()
    file = tmp_path / "stalled.txt"
    file.write_text(f"Subject: Order {{number}} stands still\n\n{TEXT}")

    published = told(run("publish", "juniper", "stalled", str(file), "--json"))
    assert (published["version"], published["subject"]) == (1, "Order {number} stands still")
    listed = {row["kind"]: row["own"] for row in told(run("list", "juniper", "--json"))}
    assert listed["stalled"] == [{"channel": "email", "language": "en", "version": 1}] and listed["late"] == []
    assert "v2 is in use" in run("rollback", "juniper", "stalled", "--version", "0").output
    history = told(run("history", "juniper", "stalled", "--json"))
    assert [(row["version"], row["restores"]) for row in history] == [(2, 0), (1, None)]
    assert "brings back the shipped text" in run("history", "juniper", "stalled").output
    assert Brand.objects.get().pk == brand.pk


@pytest.mark.django_db
def test_what_the_check_refuses_is_not_published_and_the_part_is_named() -> None:
    juniper()
    result = run("publish", "juniper", "stalled", "-", stdin=VAGUE)
    as_json = told(run("publish", "juniper", "stalled", "-", "--json", stdin=VAGUE))

    assert result.exit_code == 1 and "aftercart: wrong: it does not say what went wrong" in result.output
    assert as_json["ok"] is False and "vague" in [finding["part"] for finding in as_json["findings"]]
    assert "As shipped" in run("history", "juniper", "stalled").output
    assert "kind: 'nothing' is none of" in run("history", "juniper", "nothing").output


@pytest.mark.django_db
def test_a_voice_of_ones_own_is_set_shown_and_kept_to() -> None:
    juniper()
    said = run("voice", "juniper", "--file", "-", stdin='{"en": {"banned": ["parcel"]}}')

    assert told(said) == told(run("voice", "juniper")) == {"en": {"banned": ["parcel"]}}
    refused = told(run("check", "-", "--brand", "juniper", "--json", stdin=NAMES_A_DAY))
    assert [finding["part"] for finding in refused["findings"]] == ["voice"]
    assert told(run("check", "-", "--json", stdin=NAMES_A_DAY))["ok"] is True, "of that brand alone"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("voice", "field"),
    [
        ("[]", "must be a table"),
        ("{", "-: Expecting"),
        ('{"nl": {}}', "nl: is none of"),
        ('{"de": {"address": "royal"}}', "de.address: 'royal'"),
        ('{"de": {"tone": "warm"}}', "de.tone: is none of"),
        ('{"de": {"banned": [""]}}', "de.banned: must be a list of words"),
    ],
)
def test_a_voice_that_is_none_changes_nothing(voice: str, field: str) -> None:
    juniper()
    result = run("voice", "juniper", "--file", "-", stdin=voice)

    assert result.exit_code == 1 and field in result.output
    assert told(run("voice", "juniper")) == {}

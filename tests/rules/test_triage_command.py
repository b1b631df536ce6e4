"""`aftercart backtest triage` and `aftercart triage`: what they read, what they refuse, what they answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aftercart.cli.main import app
from tests.rules.test_understanding import messages

KEYS = ("accuracy", "macro_f1", "accuracy_at_80", "accuracy_at_90", "by_label", "by_lang", "automated_share",
        "texts_per_second")  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def told(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def written(path: Path, rows: Sequence[tuple[str, ...]], head: str = "text,label,lang") -> Path:
    path.write_text("\n".join([head, *(",".join(f'"{cell}"' for cell in row) for row in rows)]) + "\n", "utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "test.csv", [(text, label, language) for language, label, text in messages("messages")])


def test_a_cold_start_says_how_well_it_does(file: Path) -> None:
    found = told("backtest", "triage", "none", file)
    assert set(KEYS) <= set(found) and found["texts"] == 180
    assert found["accuracy"] >= 0.95 and found["language_accuracy"] == 1.0
    assert found["accuracy"] <= found["accuracy_at_90"] <= found["accuracy_at_80"] <= 1
    assert set(found["by_lang"]) == {"en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "ja"}
    assert "Right:" in run("backtest", "triage", "none", file).stdout


def test_a_history_teaches_a_brands_own_categories(tmp_path: Path) -> None:
    names = ("engrave", "wrap")
    rows = [(f"please {name} number {n}", name) for name in names for n in "abcdefgh"]
    train = written(tmp_path / "train.csv", rows, "text,label")
    test = written(tmp_path / "test.csv", [(f"could you {name} it", name) for name in names], "message,category")
    found = told("backtest", "triage", train, test)
    assert found["accuracy"] == 1.0 and set(found["by_label"]) == set(names) and found["taught_with"] == 16


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none"], "two files and not 1"),
        (["none", "absent.csv"], "absent.csv"),
        (["none", "{empty}"], "holds no rows"),
        (["none", "{other}"], "label: the file has no column"),
        (["none", "{blank}"], "line 2: label: missing"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    paths = {
        "empty": written(tmp_path / "empty.csv", []),
        "other": written(tmp_path / "other.csv", [("a", "b")], "text,colour"),
        "blank": written(tmp_path / "blank.csv", [("a", "", "en")]),
    }
    result = run("backtest", "triage", *(word.format(**paths) for word in arguments))
    assert result.exit_code == 1 and said in result.output


def test_a_bad_row_is_named_and_the_rest_are_judged(tmp_path: Path, file: Path) -> None:
    with file.open("a", encoding="utf-8") as more:
        more.write('"a text","",en\n"","other",en\n')
    result = run("backtest", "triage", "none", file, "--json")
    assert "line 182: label: missing" in result.stderr and "line 183: text: missing" in result.stderr
    assert json.loads(result.stdout)["rows_refused"] == 2


def test_the_numbers_in_a_text_are_told() -> None:
    found = told("triage", "entities", "order #1042, parcel RR473124829GB, 030 1234567", "--region", "de")
    assert [(one["kind"], one["value"]) for one in found["entities"]] == [
        ("order", "1042"), ("parcel", "RR473124829GB"), ("phone", "+49301234567"),
    ]  # fmt: skip
    assert found["entities"][1]["carriers"] == ["royal_mail"]
    assert told("triage", "entities", "nothing here") == {"entities": []}
    assert run("triage", "entities", "x", "--region", "DEU").exit_code == 1


def test_all_that_a_text_says_is_told_without_a_database() -> None:
    found = told("triage", "read", "where is my parcel, it is late")
    assert found["category"]["label"] == "wismo_shipping_status" and found["language"]["language"] == "en"
    assert "category  wismo" in run("triage", "read", "where is my parcel, it is late").stdout

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aftercart.cli.backtest import app
from aftercart.watch.backtest import report
from aftercart.watch.calibration import Wishes
from aftercart.watch.history import Past
from tests.rules.test_backtest import shop

STEADY = shop(days=30)

THEIRS = {"bought": "placed_at", "arrived": "delivered_at", "due": "promised_at", "to": "destination"}
MAPPED = [word for theirs, ours in THEIRS.items() for word in ("--map", f"{theirs}={ours}")]


def rows(orders: Sequence[Past]) -> list[dict[str, str]]:
    return [
        {
            "order_id": past.order_id,
            "bought": past.placed_at.isoformat(),
            "arrived": past.delivered_on.isoformat() if past.delivered_on else "",
            "due": past.promised_by.isoformat(),
            "origin": past.lane.origin,
            "to": past.lane.destination,
        }
        for past in orders
    ]


def written(path: Path, table: Sequence[dict[str, str]]) -> Path:
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        import pyarrow as arrow
        from pyarrow import parquet

        typed = [row | {"bought": datetime.fromisoformat(row["bought"])} for row in table]
        parquet.write_table(arrow.Table.from_pylist(typed), path)
        return path
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        if kind == "csv":
            writer = csv.DictWriter(file, fieldnames=list(table[0]))
            writer.writeheader()
            writer.writerows(table)
        else:
            file.writelines(json.dumps(row) + "\n" for row in table)
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["watch", *map(str, words)])


@pytest.mark.parametrize("name", ["past.csv", "past.csv.gz", "past.jsonl", "past.jsonl.gz", "past.parquet"])
def test_every_kind_of_file_gives_the_same_report(name: str, tmp_path: Path) -> None:
    some = STEADY[:1200]
    answer = run(written(tmp_path / name, rows(some)), *MAPPED, "--json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found.pop("seconds") > 0
    assert found.pop("rows_refused") == 0
    assert found == report(some, zone=UTC, wishes=Wishes())
    assert [month["month"] for month in found["months"]] == ["2024-01"]


def test_a_bad_row_is_named_and_the_rest_go_in(tmp_path: Path) -> None:
    table = rows(STEADY[:7])
    table[1]["bought"] = "soon"
    table[2]["due"] = ""
    table[3]["order_id"] = " "
    table[4]["arrived"] = "2023-12-24"
    table[5]["order_id"] = table[0]["order_id"]
    answer = run(written(tmp_path / "past.csv", table), *MAPPED, "--json")
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)
    assert (found["orders"], found["rows_refused"]) == (2, 5)
    assert answer.stderr.splitlines() == [
        "line 3: placed_at: not a date or time: 'soon'",
        "line 4: promised_at: missing",
        "line 5: order_id: missing",
        "line 6: delivered_at: 2023-12-24 00:00 is before placed_at, 2024-01-01 12:00",
        "line 7: order_id: 'J0' was in line 2 already",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--map", "bought"], "--map: 'bought' is not THEIRS=OURS"),
        (["--map", "bought=purchased"], "--map: 'purchased' is not one of our columns"),
        (["--map", "a=status", "--map", "b=status"], "'b=status' names a column for the second time"),
        (["--map", "ordered=placed_at"], "placed_at: the file has no column 'ordered'; it has arrived, bought"),
        ([], "placed_at: the file has no column 'placed_at'"),
        ([*MAPPED, "--zone", "Mars/Olympus"], "--zone: 'Mars/Olympus' is not a time zone"),
    ],
)
def test_a_mistake_is_answered_with_one_clear_line(words: list[str], says: str, tmp_path: Path) -> None:
    answer = run(written(tmp_path / "past.csv", rows(STEADY[:3])), *words)
    assert answer.exit_code == 1
    assert says in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("name", "content"), [("past.xlsx", b"x"), ("past.csv.gz", b"not gzip"), ("past.parquet", b"x")]
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name).exit_code == 1
    assert run(tmp_path / "absent.csv").exit_code == 1


def test_several_columns_may_follow_one_map(tmp_path: Path) -> None:
    path = written(tmp_path / "past.csv", rows(STEADY[:40]))
    pairs = [f"{theirs}={ours}" for theirs, ours in THEIRS.items()]
    assert json.loads(run(path, "--map", *pairs, "--json").stdout)["orders"] == 40


def test_days_are_those_of_the_zone(tmp_path: Path) -> None:
    table = [
        {"order_id": "1", "bought": "2024-01-01", "arrived": "2024-01-08T02:00:00Z", "due": "2024-01-07", "to": "BR"},
        {"order_id": "2", "bought": "2024-01-01", "arrived": "2024-01-08T02:00:00", "due": "2024-01-07", "to": "BR"},
    ]
    path = written(tmp_path / "past.csv", table)
    assert json.loads(run(path, *MAPPED, "--json").stdout)["late"] == 2
    assert json.loads(run(path, *MAPPED, "--json", "--zone", "America/Sao_Paulo").stdout)["late"] == 1


def test_the_table_is_for_people(tmp_path: Path) -> None:
    answer = run(written(tmp_path / "past.csv", rows(STEADY[:1200])), *MAPPED)
    assert answer.exit_code == 0
    for words in ("2024-01", "still", "Never delivered", "Rows left out: 0"):
        assert words in answer.stdout

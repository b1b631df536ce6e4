from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aftercart.cli.promised_orders import UnreadableFile, orders_of, read
from aftercart.promises.arrivals.orders import NEVER

UTC = ZoneInfo("UTC")
HEADER = (
    "order_id,purchase_ts,delivered_ts,estimated_ts,carrier_ts,seller_state,customer_state,seller_id,price,weight_g"
)
ROWS = (
    "a,2024-03-01 10:00:00,2024-03-05,2024-03-10,2024-03-02,SP,RJ,s1,10.0,",
    "b,2024-03-02,,2024-03-12,,SP,MG,s2,,5",
)


def written(path: Path, *rows: str, header: str = HEADER) -> Path:
    file = path / "orders.csv"
    file.write_text("\n".join((header, *rows)) + "\n")
    return file


def test_the_usual_names_of_columns_are_known_without_a_map(tmp_path: Path) -> None:
    columns = read(written(tmp_path, *ROWS), names={}, zone=UTC)
    orders, handed = orders_of(columns, date(2024, 3, 3))

    assert orders.began.tolist() == [0, 1] and orders.arrived.tolist() == [4, NEVER]
    assert orders.due.tolist() == [9, 11] and handed.tolist() == [1, NEVER]
    assert len(set(orders.groups["destination"])) == len(set(orders.groups["sender"])) == 2


def test_a_column_that_few_rows_fill_is_not_looked_at_as_that_may_betray_the_end(tmp_path: Path) -> None:
    orders, _ = orders_of(read(written(tmp_path, *ROWS), names={}, zone=UTC), date(2024, 3, 3))
    assert orders.numbers == {}


def test_what_cannot_be_read_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    bad = ("c,yesterday,,2024-03-12,,SP,MG,s2,1,5", "a,2024-03-02,,2024-03-12,,SP,MG,s2,1,5",
           "d,2024-03-02,2024-03-01,2024-03-12,,SP,MG,s2,1,5", "e,2024-03-02,,,,SP,MG,s2,1,5",
           "f,2024-03-02,,2024-03-12,,SP,MG,s2,much,5")  # fmt: skip
    columns = read(written(tmp_path, *ROWS, *bad), names={}, zone=UTC)

    assert columns.cells["order_id"] == ["a", "b"]
    assert columns.refused == [
        (4, "placed_at: not a date or time: 'yesterday'"),
        (5, "order_id: 'a' came before"),
        (6, "delivered_at: 2024-03-01 is before placed_at, 2024-03-02"),
        (7, "promised_at: missing"),
        (8, "price: not a number: 'much'"),
    ]


def test_a_file_without_a_needed_column_says_which(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="promised_at: the file has no column 'promised_at'; it has carrier_ts"):
        read(written(tmp_path, header=HEADER.replace("estimated_ts", "eta")), names={}, zone=UTC)
    with pytest.raises(UnreadableFile, match="origin: the file has no column 'depot'"):
        read(written(tmp_path), names={"depot": "origin"}, zone=UTC)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS[:1], "orders.csv: nothing was placed before 2024-03-01 that could teach; all 1 orders are predicted"),
        (ROWS, "orders.csv: delivered_at: no order placed from 2024-03-02 on has arrived, so nothing can be measured"),
    ],
)
def test_a_file_that_can_teach_or_show_nothing_says_so(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    done = run(str(written(tmp_path, *rows)))
    assert done.returncode == 1 and done.stderr == f"aftercart: {said}\n"


def run(*given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aftercart", "backtest", "promises", *given]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def test_the_command_prints_one_object_with_every_stage_beside_its_baselines(tmp_path: Path) -> None:
    draw, rows = random.Random(1), []
    for n in range(3000):
        placed = date(2024, 1, 1) + timedelta(days=n // 15)
        handed = placed + timedelta(days=draw.randint(0, 3))
        arrived = handed + timedelta(days=draw.choice([2, 3, 4, 6, 9, 16]))
        due = placed + timedelta(days=14)
        rows.append(f"{n},{placed},{arrived},{due},{handed},SP,{draw.choice(['RJ', 'MG'])},s{n % 5},10,")
    file = written(tmp_path, *rows)
    done = run(str(file), "--split", "2024-05-15", "--no-boost", "--json", "--map", "seller_state=origin")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)

    assert done.returncode == 0 and report["basis"] == "regression" and report["split"] == "2024-05-15"
    for whole in (report, report["baselines"]["lanes"]):
        assert set(whole["transit"]) == {"5", "7", "10", "14"}
        for stage in (whole["purchase"], whole["handover"], *whole["transit"].values()):
            assert set(stage["pinball"]) == set(stage["coverage"]) == {"p50", "p80", "p90", "p95"}
            assert set(stage["days_at"]) == {"95", "90"} and stage["coverage_p90_by_month"]
    assert {"late_auc", "precision_at_5", "recall_at_5"} <= set(report["purchase"])
    assert "late_auc" in report["baselines"]["recent_mean"]["handover"]


def test_a_file_that_knows_no_handover_is_predicted_at_placing_and_in_transit(tmp_path: Path) -> None:
    rows = []
    for n in range(1500):
        placed = date(2024, 1, 1) + timedelta(days=n // 10)
        rows.append(f"{n},{placed},{placed + timedelta(days=4 + n % 9)},{placed + timedelta(days=10)},,,RJ,,,")
    done = run(str(written(tmp_path, *rows)), "--split", "2024-05-01", "--no-boost", "--json")
    report = json.loads(done.stdout or "{}")

    assert done.returncode == 0, done.stderr
    assert report["handover"]["orders"] == 0 and report["purchase"]["coverage"]["p90"] > 0.8


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--split", "May"), "--split: 'May' is not a date"),
        (("--split", "2030-01-01"), "--split: 2030-01-01 is not between the first order, 2024-03-01, and the last"),
        (("--map", "x=price_paid"), "--map: 'price_paid' is not one of our columns"),
        (("--country", "XX"), "--country: 'XX' is not a country whose holidays are known"),
    ],
)
def test_a_mistake_ends_with_one_line_that_says_what_is_wrong(
    tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    done = run(str(written(tmp_path, *ROWS)), *given)
    assert done.returncode == 1 and said in done.stderr and len(done.stderr.splitlines()) == 1

"""`aftercart backtest disruptions` on files: what it prints, and what it says where it cannot."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aftercart.cli.main import app
from aftercart.watch.history import Past
from tests.rules.test_disruptions import STEADY

THEIRS = ("order_id", "purchase_ts", "delivered_ts", "estimated_ts", "seller_state", "customer_state")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("orders") / "orders.csv", STEADY)


def written(path: Path, orders: Sequence[Past], head: Sequence[str] = THEIRS) -> Path:
    with path.open("w", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(head)
        for past in orders:
            arrived = past.delivered_on.isoformat() if past.delivered_on else ""
            lane = past.lane.origin, past.lane.destination
            rows.writerow((past.order_id, past.placed_at.isoformat(), arrived, past.promised_by, *lane))
    return path


def command(*words: object) -> Result:
    return CliRunner().invoke(app, ["backtest", "disruptions", *map(str, words)])


def test_the_usual_names_of_columns_need_no_map(file: Path) -> None:
    done = command(file, "--json", "--quiet", "2024-02-19:2024-04-20", "--inject", "all:50:10", "NL-ZH:0.9:10")

    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout)
    assert (report["orders"], report["rows_refused"], report["quiet_days"]) == (len(STEADY), 0, 62)
    assert report["false_alarms"] == 0 and report["alarms"] == []
    country, region = report["injected"]
    assert {"region", "rate", "median_delay_days", "found_share"} <= country.keys()
    assert (country["region"], country["rate"], country["found_share"]) == ("all", 0.5, 1.0)
    assert (region["region"], region["rate"]) == ("NL-ZH", 0.9) and region["median_delay_days"] <= 3


def test_an_alarm_says_when_where_of_what_class_and_on_what_evidence(tmp_path: Path) -> None:
    from datetime import date

    from tests.rules.test_disruptions import late

    stopped = late(STEADY, first=date(2024, 3, 11), last=date(2024, 3, 20), places=["NL-ZH"])
    done = command(written(tmp_path / "orders.csv", stopped), "--json")

    (alarm,) = json.loads(done.stdout)["alarms"]
    assert (alarm["region"], alarm["class"]) == ("NL-ZH", "region")
    assert alarm["on"].startswith("2024-03-1") and alarm["evidence"]["observed"] < alarm["evidence"]["expected"]


def test_people_read_tables(file: Path) -> None:
    done = command(file, "--quiet", "2024-02-19:2024-04-20", "--inject", "all:50:10")
    assert "Slow-downs that were put in" in done.stdout and "False alarms in 62 quiet days: 0." in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["2024-02-19:2024-04-20"], "one FILE is needed"),
        (["--quiet=2024-02-19"], "--quiet: '2024-02-19' is not FROM:TO"),
        (["--quiet", "2024-04-20:2024-02-19"], "ends before it begins"),
        (["--inject", "NL-ZH:2000:10"], "RATE is more than 0"),
        (["--inject", "Mars:50:10"], "no order goes to or with Mars"),
        (["--zone", "Mars/Olympus"], "is not a time zone"),
    ],
)
def test_a_mistake_in_an_option_is_one_line(file: Path, words: list[str], said: str) -> None:
    done = command(file, *words) if said != "one FILE is needed" else command(*words)
    assert done.exit_code == 1
    assert said in done.output


def test_a_file_without_a_column_of_ours_says_which(tmp_path: Path) -> None:
    bare = written(tmp_path / "orders.csv", STEADY[:5], head=("order_id", "purchase_ts", "x", "estimated_ts", "y", "z"))
    done = command(bare)
    assert done.exit_code == 1 and "delivered_at: the file has no column" in done.output

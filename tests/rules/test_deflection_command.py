"""`aftercart backtest deflection`: what it reads, what it refuses, what it answers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner, Result

from aftercart.cli.assigned_customers import read
from aftercart.cli.main import app

HEAD = "customer,held_out,affected_orders,contacts"
KEYS = ("effect", "low", "high", "held_out_rate", "notified_rate", "customers")


def rows(
    n: int = 2000, *, share: float = 0.1, rate: float = 0.4, spared: float = 0.35
) -> list[tuple[str, bool, int, int]]:
    rng = random.Random(4)
    found = []
    for name in range(n):
        held, orders = rng.random() < share, rng.randint(1, 3)
        found.append(
            (f"c{name}", held, orders, sum(rng.random() < rate * (1 if held else 1 - spared) for _ in range(orders)))
        )
    return found


def written(path: Path, lines: list[str], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def csv(path: Path) -> Path:
    return written(path / "customers.csv", [f"{c},{int(h)},{o},{n}" for c, h, o, n in rows()])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["backtest", "deflection", *map(str, arguments)])


def told(*arguments: object) -> dict[str, object]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    found.pop("seconds")
    return found


def test_the_effect_is_the_contacts_spared_per_affected_order(tmp_path: Path) -> None:
    found = told(csv(tmp_path))
    sums = {h: [sum(int(row[n]) for row in rows() if row[1] is h) for n in (2, 3)] for h in (True, False)}
    out, notified = (sums[held][1] / sums[held][0] for held in (True, False))

    assert [found["held_out_rate"], found["notified_rate"]] == pytest.approx([out, notified])
    assert found["effect"] == pytest.approx(out - notified)
    assert found["low"] < 0.4 * 0.35 < found["high"]  # type: ignore[operator]
    assert found["relative"]["low"] < 0.35 < found["relative"]["high"]  # type: ignore[index]
    assert found["customers"] == 2000 and found["unit"] == "contacts per affected order"
    assert set(KEYS) <= set(found)


def test_every_format_and_a_file_with_other_names_says_the_same(tmp_path: Path) -> None:
    expected = told(csv(tmp_path))
    lines = [{"customer": c, "held_out": h, "affected_orders": o, "contacts": n} for c, h, o, n in rows()]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    parquet.write_table(pa.Table.from_pylist(lines), tmp_path / "a.parquet")
    words = [f"{c};{'yes' if h else 'No'};{o}.0;{n}" for c, h, o, n in rows()]
    other = written(tmp_path / "b.csv", words, "who;quiet;affected_orders;tickets")

    assert told(tmp_path / "a.jsonl") == expected
    assert told(tmp_path / "a.parquet") == expected
    assert told(other, "--map", "who=customer", "quiet=held_out") == expected


@given(st.randoms(use_true_random=False))
def test_order_of_rows_and_customers_in_several_rows_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random
) -> None:
    """As when twelve monthly files are put one behind the other."""
    parts = []
    for customer, held, orders, contacts in rows(60):
        first = rng.randint(1, orders)
        early = rng.randint(0, contacts) if first < orders else contacts
        parts.append(f"{customer},{held},{first},{early}")
        if first < orders:
            parts.append(f"{customer},{held},{orders - first},{contacts - early}")
    rng.shuffle(parts)
    folder = tmp_path_factory.mktemp("parts")
    whole = written(folder / "whole.csv", [f"{c},{h},{o},{n}" for c, h, o, n in rows(60)])
    split = written(folder / "split.csv", parts)
    assert read(split, names={}) == read(whole, names={})


def test_a_bad_row_is_named_with_its_line_and_the_rest_go_in(tmp_path: Path) -> None:
    good = [f"{c},{int(h)},{o},{n}" for c, h, o, n in rows(200)]
    bad = ["x,maybe,1,1", ",1,1,1", "y,1,two,1", "z,0,1,-1", "w,0,1.5,1", "v,1,0,2", "u,,1,1", "t,1,1", "s,1,1,1,9"]
    result = run(written(tmp_path / "c.csv", [*good, *bad]), "--json")

    assert result.exit_code == 0 and json.loads(result.stdout)["customers"] == 200
    assert result.stderr.splitlines() == [
        "line 202: held_out: 'maybe' is none of true, false, 1, 0",
        "line 203: customer: missing",
        "line 204: affected_orders: 'two' is not a whole number from 0 to 1,000,000",
        "line 205: contacts: '-1' is not a whole number from 0 to 1,000,000",
        "line 206: affected_orders: '1.5' is not a whole number from 0 to 1,000,000",
        "line 207: contacts: 2 without an affected order",
        "line 208: held_out: missing",
        "line 209: contacts: missing",
        "line 210: has 5 values for 4 columns",
    ]


@pytest.mark.parametrize(
    ("lines", "head", "said"),
    [
        (
            ["a,1,1,1", "b,0,1,0", "a,0,2,0"],
            HEAD,
            "held_out: customer 'a' is notified on line 4 and held out on line 2",
        ),
        (["a,1,1,1", "b,1,1,0"], HEAD, "no customer with an affected order is notified"),
        (["a,1,1,1", "b,0,1,0", "c,0,1,0"], HEAD, "only 1 customer with an affected order is held out"),
        (["a,1,1,0", "b,1,1,0", "c,0,1,0", "d,0,1,0"], HEAD, "contacts: there is not one"),
        (["a,1,1,0"], "customer,arm,affected_orders,contacts", "held_out: the file has no column 'held_out'; it has"),
        (
            ["a,1,1,0,1"],
            f"{HEAD},contacts",
            "contacts: the file has 2 columns 'contacts', and which is meant is unknown",
        ),
        (
            ["a,1,1,0"],
            f"customer,\x1b[31mheld,{'x' * 5000}",
            "held_out: the file has no column 'held_out'; it has ?[31mh",
        ),
        (["a,perhaps,1,0"], HEAD, "line 2: held_out: 'perhaps' is none of"),
        ([], "", "aftercart: c.csv: has no first line that names the columns"),
        ([], "\x00\x01PK,a", "aftercart: c.csv: is no text, though its name says so"),
        ([], HEAD, "holds no rows"),
    ],
)
def test_a_file_that_cannot_be_compared_ends_with_one_line(
    tmp_path: Path, lines: list[str], head: str, said: str
) -> None:
    result = run(written(tmp_path / "c.csv", lines, head), "--json")
    assert result.exit_code == 1 and result.stdout == ""
    assert len(result.stderr) < 400
    assert said in result.stderr.splitlines()[-1] and result.stderr.splitlines()[-1].startswith("aftercart: c.csv: ")


def test_people_read_it_per_hundred_orders_and_are_told_where_it_is_too_little(tmp_path: Path) -> None:
    said = " ".join(run(csv(tmp_path)).stdout.split())
    assert "Notices spare" in said and "contacts per 100 affected orders (95 %:" in said

    few = written(tmp_path / "few.csv", [f"{c},{int(h)},{o},{n}" for c, h, o, n in rows(60)])
    assert "Not enough data yet: each arm needs 30 customers" in run(few).stdout

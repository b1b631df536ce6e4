"""A shop brings its past: files as they come out of spreadsheets and exports."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.cli.importing import loading
from aftercart.cli.main import app
from aftercart.facts import State
from aftercart.intake import services
from aftercart.intake.models import Delivery, UnknownWord
from aftercart.orders.models import Order, OrderLine, Parcel, Product, Scan
from aftercart.people.models import Customer
from aftercart.promises.models import Promise
from aftercart.risk.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)

Write = Callable[..., Path]

ORDERS = """Order ID,Created at,Email,Total,Currency,Country,Promised by
1001,2026-02-02 09:15,ida@example.com,"1,249.50",USD,US,2026-02-09
1002,2026-02-03 18:40,otto@example.com,30,USD,Germany,
1003,31/02/2026,ada@example.com,20,USD,US,
1004,2026-02-04,eva@example.com,twelve,USD,US,
1005,2026-02-05,,18,USD,Atlantis,
"""


@pytest.fixture(autouse=True)
def shop() -> Brand:
    from tests import world

    return world.juniper()


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def take_in(kind: str, path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["import", kind, str(path), *options], catch_exceptions=False)


def told(kind: str, path: Path, *options: str) -> dict[str, Any]:
    result = take_in(kind, path, "--json", *options)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_good_records_go_in_and_bad_ones_are_named(file: Write, tmp_path: Path) -> None:
    result = take_in("orders", file("orders.csv", ORDERS), "--rejects", str(tmp_path / "bad.csv"))
    assert result.exit_code == 0
    assert "2 of 5 records of orders.csv are in, 3 bad." in result.stdout
    assert "line 4: placed_at: '31/02/2026' is not a time" in result.stderr
    assert "line 5: total: 'twelve' is not an amount of USD" in result.stderr
    assert "line 6: country: 'Atlantis' is not a country" in result.stderr
    with (tmp_path / "bad.csv").open() as rejects:
        bad = list(csv.DictReader(rejects))
    assert [(one["line"], one["field"]) for one in bad] == [("4", "placed_at"), ("5", "total"), ("6", "country")]
    order = Order.objects.get(number="1001")
    # Juniper & Clay is in New York.
    assert order.placed_at == datetime(2026, 2, 2, 14, 15, tzinfo=UTC)
    assert (order.total, order.currency, order.country) == (124950, "USD", "US")
    assert Order.objects.get(number="1002").country == "DE"
    assert str(Promise.objects.get(made_by="shop").latest) == "2026-02-09"


def test_running_it_again_changes_nothing(file: Write) -> None:
    path = file("orders.csv", ORDERS)
    first = told("orders", path)
    before = list(Order.objects.order_by("id").values())
    deliveries = Delivery.objects.count()
    again = told("orders", path)
    assert (first["deliveries_new"], first["deliveries_known"]) == (1, 0)
    assert (again["deliveries_new"], again["deliveries_known"]) == (0, 1)
    assert list(Order.objects.order_by("id").values()) == before
    assert Delivery.objects.count() == deliveries


def test_a_killed_import_goes_on_where_it_was(file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{n},2026-02-02\n" for n in range(1000))
    path = file("orders.csv", "order_id,placed_at\n" + rows)
    monkeypatch.setattr(loading, "RECORDS_A_DELIVERY", 50)
    real, stored = services.store, []

    def dies(arrivals: Any) -> Any:
        stored.append(len(arrivals))
        if len(stored) == 2:
            raise KeyboardInterrupt
        return real(arrivals)

    monkeypatch.setattr(loading, "store", dies)
    assert take_in("orders", path).exit_code == 130
    monkeypatch.setattr(loading, "store", real)
    again = told("orders", path)
    assert (again["deliveries_known"], again["deliveries_new"]) == (10, 10)
    assert Order.objects.count() == 1000


def test_a_shops_export_with_a_record_for_each_line_is_one_order(file: Write) -> None:
    export = (
        "Id,Name,Email,Created at,Total,Currency,Lineitem name,Lineitem quantity,Lineitem price,Shipping Country\n"
        "77,#1042,ida@example.com,2026-02-02 10:00:00 +0100,90.00,EUR,Linen throw,1,60.00,NL\n"
        ",#1042,ida@example.com,,,,Stone bowl,2,15.00,\n"
        "78,#1043,otto@example.com,2026-02-03 10:00:00 +0100,9.00,EUR,Candle,1,9.00,NL\n"
        "77,#1042,ida@example.com,2026-02-02 10:00:00 +0100,90.00,EUR,Late line,1,60.00,NL\n"
    )
    result = take_in("orders", file("export.csv", export))
    assert "3 of 4 records" in result.stdout, result.stderr
    assert "line 5: order_id: '77' was there before: its records must follow one another" in result.stderr
    order = Order.objects.get(number="1042")
    lines = OrderLine.objects.filter(order_id=order.id).order_by("position")
    assert [(line.title, line.quantity, line.price) for line in lines] == [
        ("Linen throw", 1, 6000),
        ("Stone bowl", 2, 1500),
    ]


def test_json_lines_may_nest_and_list(file: Write) -> None:
    order = {
        "id": 5,
        "createdAt": "2026-02-02T10:00:00Z",
        "customer": {"id": 51, "email": "ida@example.com", "name": "Ida Brandt"},
        "shipping": {"city": "Utrecht", "country": "NLD"},
        "currency": "EUR",
        "items": [{"id": "a", "name": "Bowl", "quantity": 2, "price": 12.5}, {"sku": "T-1", "qty": 1}],
    }
    content = gzip.compress(f"{json.dumps(order)}\nnot json\n[1]\n".encode())
    result = take_in("orders", file("orders.jsonl.gz", content), "--map", "createdAt=placed_at")
    assert "1 of 3 records" in result.stdout
    assert "line 2: record: is not JSON" in result.stderr
    assert "line 3: record: is not a JSON object" in result.stderr
    placed = Order.objects.get()
    assert (placed.city, placed.country) == ("Utrecht", "NL")
    assert Customer.objects.get().name == "Ida Brandt"
    assert sorted(OrderLine.objects.values_list("title", "quantity", "price")) == [("Bowl", 2, 1250), ("T-1", 1, None)]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table(
        {
            "order_id": [1, 2],
            "placed_at": [datetime(2026, 2, 2, 9, tzinfo=UTC)] * 2,
            "total": [19.99, None],
            "currency": ["EUR"] * 2,
        }
    )
    parquet.write_table(table, tmp_path / "orders.parquet")
    assert told("orders", tmp_path / "orders.parquet")["good"] == 2
    assert list(Order.objects.order_by("number").values_list("number", "total")) == [("1", 1999), ("2", None)]


def test_without_pyarrow_parquet_says_what_to_install(file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = take_in("orders", file("orders.parquet", b"PAR1"))
    assert result.exit_code == 1
    assert "pip install 'aftercart[parquet]'" in result.stderr


def test_a_spreadsheet_of_the_west_with_semicolons_is_read(file: Write) -> None:
    content = "order_id;placed_at;city;total;currency\n1;2026-02-02;Málaga;1.234,50;EUR\n".encode("cp1252")
    result = take_in("orders", file("orders.csv", content))
    assert "orders.csv is not UTF-8: read as Windows-1252" in result.stderr
    assert list(Order.objects.values_list("city", "total")) == [("Málaga", 123450)]


def test_a_mark_at_the_start_of_the_file_is_no_part_of_a_name(file: Write) -> None:
    assert told("orders", file("orders.csv", "\ufefforder_id\tplaced_at\n1\t2026-02-02\n"))["good"] == 1


def test_parcels_and_their_scans_fold_into_a_journey(file: Write) -> None:
    take_in("orders", file("orders.csv", "order_id,placed_at\n1001,2026-02-02\n"))
    parcels = "order_id,tracking_number,carrier,shipped_at,eta\n1001,3S 123,PostNL,2026-02-03T10:00Z,2026-02-06\n"
    scans = (
        "tracking_number,carrier,timestamp,status,city,country\n"
        "3s123,postnl-3s,2026-02-03 18:00,Accepted,Utrecht,NL\n"
        "3S123,PostNL,2026-02-04 08:00,Out for delivery,Ede,NL\n"
        "3S123,PostNL,2026-02-04 09:00,gone fishing,Ede,NL\n"
    )
    assert told("scans", file("scans.csv", scans))["good"] == 3
    assert told("parcels", file("parcels.csv", parcels))["good"] == 1
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.city, parcel.scans) == (State.OUT_FOR_DELIVERY, "Ede", 3)
    assert str(parcel.estimate_latest) == "2026-02-06"
    # Times without an offset are those of the place.
    assert Scan.objects.get(state=State.ACCEPTED).at == datetime(2026, 2, 3, 17, tzinfo=UTC)
    assert UnknownWord.objects.get().what == "gone fishing"


def test_a_zone_that_is_told_is_the_zone_of_every_scan(file: Write) -> None:
    scans = "number,at,status,country\n1Z1,2026-02-03 18:00,delivered,NL\n"
    told("scans", file("scans.csv", scans), "--zone", "America/New_York")
    assert Scan.objects.get().at == datetime(2026, 2, 3, 23, tzinfo=UTC)


def test_a_history_of_finished_orders_gives_finished_parcels(file: Write) -> None:
    history = (
        "order_id,placed_at,handed_over_at,delivered_at,carrier\n"
        "1,2026-02-02,2026-02-03,2026-02-06,DHL\n"
        "2,2026-02-02,2026-02-05,2026-02-04,DHL\n"
        "3,2026-02-02,,,\n"
    )
    result = take_in("orders", file("history.csv", history))
    assert "line 3: delivered_at: is before the parcel left" in result.stderr
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.handed_over_at) == (State.DELIVERED, datetime(2026, 2, 3, 5, tzinfo=UTC))


def test_a_newer_file_wins_and_an_older_one_does_not(file: Write) -> None:
    old = file("old.csv", "order_id,placed_at,city\n1,2026-02-02,Lima\n")
    new = file("new.csv", "order_id,placed_at,city\n1,2026-02-02,Cusco\n")
    take_in("orders", new, "--as-of", "2026-03-02")
    take_in("orders", old, "--as-of", "2026-03-01")
    assert Order.objects.get().city == "Cusco"


def test_products_and_contacts_are_taken_in(file: Write) -> None:
    products = "Handle,Title,Variant SKU,Option1 Value\nbowl,Stone bowl,B-1,Grey\nbowl,Stone bowl,B-2,Sand\n"
    assert told("products", file("products.csv", products))["good"] == 2
    assert Product.objects.get().variants == [["B-1", "B-1", "Grey"], ["B-2", "B-2", "Sand"]]
    contacts = (
        "created_at,from,body,order\n2026-02-02,ida@example.com,Where is it?,#1001\n2026-02-02,ida@example.com,,\n"
    )
    assert told("contacts", file("contacts.csv", contacts))["bad"] == 1
    assert Delivery.objects.get(topic="import/contacts").unplaced == 0
    assert Contact.objects.get().order_key == "1001"
    told("contacts", file("again.csv", contacts + "2026-02-02,ida@example.com,Where is it?,#1001\n"))
    assert Contact.objects.count() == 1, "the same contact in two files is one"


@pytest.mark.parametrize(
    ("name", "content", "options", "complaint"),
    [
        ("orders.csv", "order_id,total\n1,2\n", [], "orders need a column placed_at"),
        ("orders.csv", "order_id,placed_at\n1,2\n", ["--map", "a=b"], "orders have no 'b'"),
        ("orders.csv", "order_id,placed_at\n1,2\n", ["--map", "ab"], "write --map theirs=ours"),
        ("orders.csv", "order_id,placed_at\n1,2\n", ["--map", "Am=placed_at"], "the file has no 'Am'; it has order_id"),
        ("orders.csv", "", [], "has no first line that names the columns"),
        ("orders.xlsx", "", [], "the name must end in"),
        ("orders.csv.gz", b"\x1f\x8bbroken", [], "is damaged"),
        ("orders.csv", "order_id,placed_at\n1,2\n", ["--zone", "Mars/Base"], "there is no zone 'Mars/Base'"),
        ("orders.csv", "order_id,placed_at\n1,2\n", ["--brand", "nobody"], "there is no 'nobody'"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_plain_line(
    file: Write, name: str, content: str | bytes, options: list[str], complaint: str
) -> None:
    result = take_in("orders", file(name, content), *options)
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_file_of_which_nothing_can_be_read_fails(file: Write) -> None:
    assert take_in("orders", file("orders.csv", "order_id,placed_at\n1,never\n")).exit_code == 1
    assert take_in("orders", file("orders.csv", "order_id,placed_at\n")).exit_code == 0


def test_of_several_brands_one_must_be_named(file: Write) -> None:
    Brand.objects.create(slug="second", name="Second", from_email="a@second.example", country="NL")
    path = file("orders.csv", ORDERS)
    assert "--brand is needed: there are juniper, second" in take_in("orders", path).stderr
    assert take_in("orders", path, "--brand", "second").exit_code == 0
    assert pipeline.advance().idle
    assert Order.objects.filter(brand__slug="second").count() == 2


def test_a_quote_that_is_never_closed_is_a_bad_row(file: Write) -> None:
    head, first, second = ORDERS.splitlines()[:3]
    result = take_in(
        "orders", file("orders.csv", f'{head}\n{first}\n1002,2026-02-03,"ida@example.com,30,USD,US,\n{second}\n')
    )

    assert "line 3: record: is not CSV: unexpected end of data" in result.stderr
    assert Order.objects.count() == 1

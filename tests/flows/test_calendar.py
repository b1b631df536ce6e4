"""The brand's one calendar: kept on the command line, and what orders make of it."""

from __future__ import annotations

import json
from datetime import date
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from aftercart.brands import calendar
from aftercart.brands.calendar import Entry
from aftercart.brands.models import AuditEntry, Brand, CalendarEntry
from aftercart.cli.main import app
from aftercart.facts import Line, State
from aftercart.people.links import tracking_url
from aftercart.plumbing import clock
from aftercart.promises.models import Forecast, Promise
from aftercart.watch.models import Concern
from aftercart.watch.services import look_again
from tests.flows.test_ledger import hear
from tests.flows.test_repromise import experienced
from tests.flows.test_watch import wait
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

__all__ = ["experienced"]
TODAY = NOW.date()
LEAVES = date(2026, 4, 6)
POT = Line(external_id="1-a", title="Teapot", quantity=1, sku="POT-1")


def enter(brand: Brand, kind: str, **known: object) -> CalendarEntry:
    entry = Entry(kind=kind, name=kind, begins=TODAY, **known)  # type: ignore[arg-type]
    (row,) = calendar.add(brand, [entry], at=NOW, by="test")
    look_again(brand, NOW)
    return row


def test_a_preorder_is_promised_from_the_day_on_which_it_leaves(experienced: Brand) -> None:
    enter(experienced, "preorder", sku="POT-1", ships_from=LEAVES)

    hear(experienced, NOW, placed(order_id="1", lines=(POT,)), placed(order_id="2"))

    waits, usual = Forecast.objects.order_by("-latest")
    assert (waits.because, waits.leaves_on, usual.because) == ("preorder", LEAVES, "")
    assert waits.earliest >= LEAVES and (waits.latest - LEAVES) == (usual.latest - TODAY)
    assert {p.latest: p.why for p in Promise.objects.all()} == {waits.latest: "preorder", usual.latest: ""}


def test_what_waits_for_its_product_worries_nobody_until_it_should_have_left(experienced: Brand) -> None:
    enter(experienced, "preorder", ships_from=LEAVES)
    hear(experienced, NOW, placed(lines=(POT,)))

    wait(NOW + days(26))
    assert not Concern.objects.exists()

    wait(NOW + days(40))
    assert "not_shipped" in set(Concern.objects.values_list("kind", flat=True))


def test_a_backorder_that_is_entered_later_moves_what_was_promised(experienced: Brand) -> None:
    hear(experienced, NOW, placed(lines=(POT,)), promised(date(2026, 3, 16)))
    assert Forecast.objects.get().renewed_latest is None

    enter(experienced, "backorder", sku="POT-1", ships_from=LEAVES)
    wait(NOW)

    believed, new = Forecast.objects.get(), Promise.objects.get(made_by="us")
    assert believed.because == "backorder" and new.latest == believed.latest > LEAVES
    assert new.surface == "notice:late"


def test_a_peak_and_a_holiday_make_it_later_and_their_end_sooner_again(experienced: Brand) -> None:
    hear(experienced, NOW, placed())
    usual = Forecast.objects.get().latest

    peak = enter(experienced, "peak", handling_days=3)
    wait(NOW)
    assert (Forecast.objects.get().latest - usual).days == 3

    assert calendar.end(experienced, peak.id, at=NOW, today=TODAY, by="test")
    look_again(experienced, NOW)
    wait(NOW)
    assert Forecast.objects.get().latest == usual

    enter(experienced, "holiday", ends=usual)
    wait(NOW)
    assert Forecast.objects.get().latest >= usual


def test_what_has_left_waits_for_no_product(experienced: Brand) -> None:
    hear(experienced, NOW, placed(lines=(POT,)), shipped(NOW), scanned(State.ACCEPTED, NOW))
    before = Forecast.objects.get().latest
    enter(experienced, "backorder", ships_from=LEAVES)
    wait(NOW)
    assert Forecast.objects.get().latest == before


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "It is a preorder. It leaves us on Monday, April 6."),
        ("de", "Es ist eine Vorbestellung. Sie verlässt uns am Montag, 6. April."),
        ("fr", "C’est une précommande. Elle part de chez nous le lundi 6 avril."),
        ("es", "Es una reserva. Sale de nuestro almacén el lunes 6 de abril."),
        ("pt", "É uma pré-encomenda. Sai do nosso armazém em segunda-feira, 6 de abril."),
        ("ja", "予約商品です。4月6日(月)に発送します。"),
    ],
)
def test_the_tracking_page_says_what_an_order_waits_for(
    experienced: Brand, client: Client, language: str, sentence: str
) -> None:
    brand = experienced
    brand.clock_business, brand.clock_machine, brand.clock_rate = NOW, clock.machine(), 0
    brand.save()
    enter(brand, "preorder", sku="POT-1", ships_from=LEAVES)
    hear(brand, NOW, placed(lines=(POT,)))

    page = client.get(f"{tracking_url(brand, Promise.objects.get().order_id)}?lang={language}").content.decode()

    assert sentence in unescape(page).replace("\N{NO-BREAK SPACE}", " ")


BUSY = {
    "en": "Many orders come in these days",
    "de": "In diesen Tagen gehen viele Bestellungen ein",
    "fr": "Nous recevons beaucoup de commandes ces jours-ci",
    "es": "Estos días recibimos muchos pedidos",
    "pt": "Nestes dias recebemos muitas encomendas",
    "ja": "ご注文が集中している",
}


@pytest.mark.parametrize("left", [False, True])
def test_the_tracking_page_says_that_a_peak_makes_it_longer_before_it_leaves_and_on_the_road(
    experienced: Brand, client: Client, left: bool
) -> None:
    brand = experienced
    brand.clock_business, brand.clock_machine, brand.clock_rate = NOW, clock.machine(), 0
    brand.save()
    hear(brand, NOW, placed(), *((shipped(NOW), scanned(State.ACCEPTED, NOW)) if left else ()))
    address = tracking_url(brand, Promise.objects.get().order_id)
    assert BUSY["en"] not in unescape(client.get(f"{address}?lang=en").content.decode())

    enter(brand, "peak", transit_days=3)
    wait(NOW)

    for language, words in BUSY.items():
        assert words in unescape(client.get(f"{address}?lang={language}").content.decode()), language


@pytest.mark.parametrize(
    ("entry", "left", "sentence"),
    [
        ({"kind": "preorder", "sku": "POT-1", "ships_from": LEAVES}, False, "It leaves us on"),
        ({"kind": "peak", "transit_days": 3}, False, BUSY["en"]),
        ({"kind": "peak", "transit_days": 3}, True, BUSY["en"]),
    ],
)
def test_the_brands_own_words_follow_for_whoever_reads_its_language(
    experienced: Brand, client: Client, entry: dict[str, Any], left: bool, sentence: str
) -> None:
    brand, note = experienced, "The <kiln> is being rebuilt & will fire by April."
    brand.clock_business, brand.clock_machine, brand.clock_rate = NOW, clock.machine(), 0
    brand.save()
    enter(brand, note=note, **entry)
    hear(brand, NOW, placed(lines=(POT,)), *((shipped(NOW), scanned(State.ACCEPTED, NOW)) if left else ()))
    address = tracking_url(brand, Promise.objects.get().order_id)

    pages = {language: client.get(f"{address}?lang={language}").content.decode() for language in BUSY}
    assert escape(note) in pages["en"] and note not in pages["en"] and sentence in unescape(pages["en"])
    assert not any("kiln" in page for language, page in pages.items() if language != "en")
    Forecast.objects.update(note="")
    assert "kiln" not in client.get(f"{address}?lang=en").content.decode()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["calendar", *words])


def test_entries_are_added_listed_and_ended_and_the_log_knows_by_whom(brand: Brand) -> None:
    words = ("--begins", "2026-11-20", "--sku", "POT-*", "--ships-from", "2026-12-07", "--note", "Glazed by hand.")
    made = json.loads(run("add", brand.slug, "preorder", "Teapot", *words, "--json").output)
    assert made["ships_from"] == "2026-12-07" and made["made_by"] == "aftercart calendar"

    listed = json.loads(run("list", brand.slug, "--json").output)
    assert [row["id"] for row in listed] == [made["id"]] and listed[0]["ended_at"] is None
    assert "Glazed by hand." in run("list", brand.slug).output

    assert run("end", brand.slug, made["id"]).output == "Ended.\n"
    assert run("end", brand.slug, made["id"]).exit_code == 1
    assert list(AuditEntry.objects.order_by("at").values_list("action", flat=True)) == ["calendar.add", "calendar.end"]


def test_a_file_goes_in_whole_or_not_at_all(brand: Brand, tmp_path: Path) -> None:
    file = tmp_path / "year.csv"
    head = "kind,name,begins,ends,country,handling_days\n"
    file.write_text(head + "holiday,Thanksgiving,2026-11-26,,us,\npeak,Black Friday,2026-11-27,2026-12-04,,2\n")
    assert run("import", brand.slug, str(file)).output == "2 entries.\n"
    holiday = CalendarEntry.objects.get(kind="holiday")
    assert (holiday.country, holiday.ends) == ("US", holiday.begins)

    file.write_text(head + "closure,Stocktaking,2027-01-04,2027-01-05,,\npeak,Mothering,2027-03-0,,,2\n")
    ended = run("import", brand.slug, str(file))
    assert ended.exit_code == 1 and ended.stderr.startswith("aftercart: row 2, begins: '2027-03-0'")
    assert CalendarEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "juniper", "sale", "Sale", "--begins", "2026-11-27"], "kind: 'sale' is none of holiday"),
        (["add", "juniper", "peak", "Sale", "--begins", "Friday"], "begins: 'Friday' is no day"),
        (["add", "juniper", "peak", "Sale", "--begins", "2026-11-27"], "handling_days: say how many"),
        (["end", "juniper", "x"], "entry: 'x' is no id"),
        (["import", "juniper", "nowhere.csv"], "nowhere.csv cannot be read"),
        (["list", "nobody"], "brand: there is none"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(brand: Brand, words: list[str], said: str) -> None:
    ended = run(*words)
    assert ended.exit_code == 1 and ended.stderr.startswith(f"aftercart: {said}") and not CalendarEntry.objects.exists()

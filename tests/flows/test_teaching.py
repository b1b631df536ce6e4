"""What a brand teaches is kept in its tables, and heard with the next text that is read, in whatever process."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typer.testing import CliRunner, Result

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.orders import services as orders
from aftercart.policies.services import publish
from aftercart.understanding import examples, services
from aftercart.understanding.examples import CATEGORIES
from aftercart.understanding.models import Category, Example
from aftercart.understanding.reading import Text
from aftercart.understanding.services import TaxonomyError, add_category, correct, reader_for, retire_category, teach
from tests.telling import placed, shipped
from tests.world import NOW

ODD = "the zibble has gone flat"


def judged(brand: Brand, text: str) -> str:
    (found,) = reader_for(brand).read([Text(text)])
    return found.category.likeliest


def test_a_correction_is_heard_with_the_next_text_and_in_less_than_a_second(
    brand: Brand, capsys: pytest.CaptureFixture[str]
) -> None:
    reader_for(brand)  # what is taught to all brands is taught already
    assert judged(brand, ODD) != "loyalty"

    begun = time.perf_counter()
    correct(brand, ODD, "loyalty", by="maren", at=NOW)
    assert judged(brand, ODD) == "loyalty"
    took = time.perf_counter() - begun
    with capsys.disabled():
        print(f" [corrected, learned and read in {took:.2f} s]", end="")
    assert took < 1  # by the wall clock, waiting for the database included; at work it is 0.02 s


def test_another_process_hears_it_too(brand: Brand) -> None:
    reader = reader_for(brand)
    correct(brand, ODD, "loyalty", by="maren", at=NOW)
    heard = reader_for(brand)
    assert heard is not reader and reader_for(brand) is heard

    services._readers.clear()  # as one that has just begun
    assert judged(brand, ODD) == "loyalty"


def test_what_is_new_is_learned_on_top_and_all_anew_once_it_is_much(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_ON_TOP", 3)

    def base() -> object:
        reader_for(brand)
        return services._readers[brand.id].base.classifier

    cold = base()
    for n in "abc":
        correct(brand, f"{ODD} {n}", "loyalty", by="maren", at=NOW)
    assert base() is cold and judged(brand, ODD) == "loyalty"
    correct(brand, f"{ODD} d", "loyalty", by="maren", at=NOW)
    assert (full := base()) is not cold and judged(brand, ODD) == "loyalty"

    correct(brand, "where is the flume", "subscription", by="maren", at=NOW)
    assert judged(brand, "where is the flume") == "subscription"
    services.forget(brand, "where is the flume", "subscription")
    assert base() is full and judged(brand, "where is the flume") == "wismo_shipping_status"


def test_what_no_longer_counts_is_not_left_beneath(brand: Brand) -> None:
    correct(brand, ODD, "loyalty", by="maren", at=NOW)
    services._readers.clear()  # as one that has just begun, with more than it learns on top
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "MOST_ON_TOP", 0)
        assert judged(brand, ODD) == "loyalty"
    correct(brand, ODD, "subscription", by="noor", at=NOW)
    assert judged(brand, ODD) == "subscription"
    services.forget(brand, ODD, "subscription")
    assert judged(brand, ODD) not in ("loyalty", "subscription")


def test_nothing_new_costs_one_query_for_the_version_and_one_for_the_languages(brand: Brand) -> None:
    reader_for(brand)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        reader_for(brand)
    assert len(asked) == 2


def test_what_one_brand_teaches_no_other_hears(brand: Brand) -> None:
    other = Brand.objects.create(slug="fern", name="Fern", from_email="f@fern.example", country="DE")
    for n in "abcdef":
        correct(brand, f"{ODD} {n}", "loyalty", by="maren", at=NOW)
    assert judged(brand, ODD) == "loyalty" != judged(other, ODD)
    assert not Example.objects.filter(brand=other).exists()


def test_a_text_has_one_label_the_latest(brand: Brand) -> None:
    told = [examples.Example(ODD, "loyalty"), examples.Example("another one", "other")]
    assert teach(brand, told, source=Example.IMPORT, by="a file", at=NOW) == 2
    correct(brand, f" {ODD} ", "subscription", by="maren", at=NOW)
    assert teach(brand, told[1:], source=Example.IMPORT, by="a file", at=NOW) == 0
    assert set(Example.objects.values_list("label", "source")) == {("subscription", "correction"), ("other", "import")}


def test_a_brand_has_categories_of_its_own_and_does_without_some_of_ours(brand: Brand) -> None:
    assert services.taxonomy(brand) == CATEGORIES
    add_category(brand, "engraving", by="maren", at=NOW)
    retire_category(brand, "loyalty", by="maren", at=NOW)
    assert services.taxonomy(brand) == (*(name for name in CATEGORIES if name != "loyalty"), "engraving")

    for text in ("engrave a name on it", "can you engrave my initials", "engraving on the back please"):
        correct(brand, text, "engraving", by="maren", at=NOW)
    assert judged(brand, "please engrave my name") == "engraving"
    assert judged(brand, "where are my points, how many points do I have") != "loyalty"

    retire_category(brand, "engraving", by="maren", at=NOW)
    add_category(brand, "loyalty", by="maren", at=NOW)
    assert services.taxonomy(brand) == CATEGORIES
    assert Category.objects.count() == 2 and Example.objects.count() == 3, "nothing is forgotten"


@pytest.mark.parametrize("name", ["", " engraving", "a\nb", "x" * 61])
def test_what_is_no_name_is_refused(brand: Brand, name: str) -> None:
    with pytest.raises(TaxonomyError, match="is no name"):
        add_category(brand, name, by="maren", at=NOW)
    assert not Category.objects.exists()


def test_what_the_brand_does_not_have_can_be_neither_retired_nor_said(brand: Brand) -> None:
    with pytest.raises(TaxonomyError, match="none called 'engraving'"):
        retire_category(brand, "engraving", by="maren", at=NOW)
    with pytest.raises(TaxonomyError, match="'other' stays"):
        retire_category(brand, "other", by="maren", at=NOW)
    with pytest.raises(TaxonomyError, match="none called 'engraving'"):
        correct(brand, ODD, "engraving", by="maren", at=NOW)
    assert not Example.objects.exists()


def test_the_shops_own_numbers_are_known(brand: Brand) -> None:
    orders.record(brand.id, [placed(number="#JC-10421"), placed(NOW, "2", number="77120")])
    orders.record(brand.id, [shipped(NOW, number="SHOP00000042")])
    reader = reader_for(brand)
    texts = [Text("is it jc 10421?"), Text("77120"), Text("SHOP-00000042 please"), Text("no number"), Text("JC 10677")]
    read = reader.read(texts)
    assert [[(one.kind, one.value, one.confidence) for one in found.entities] for found in read] == [
        [("order", "JC10421", 1.0)], [("order", "77120", 1.0)], [("parcel", "SHOP00000042", 1.0)], [],
        [("order", "JC10677", 0.9)],
    ]  # fmt: skip


def test_a_brands_languages_are_its_own_policy(brand: Brand) -> None:
    assert len(reader_for(brand).shop.languages) == 10
    publish(brand, services.POLICY, {"languages": ["en", "de"]}, at=NOW, by="maren")
    reader = reader_for(brand)
    assert reader.shop.languages == ("en", "de") and reader.shop.region == "US"
    (found,) = reader.read([Text("wo ist mein Paket, es kommt nicht an")])
    assert found.language.language == "de"


def test_nothing_is_kept_that_tells_who_wrote(brand: Brand) -> None:
    correct(brand, "where is #10421? noor@example.com, +1 312 555 0142", "wismo_shipping_status", by="maren", at=NOW)
    assert Example.objects.get().text == "where is #00000? @, +0 000 000 0000"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["triage", *map(str, arguments)])


def test_a_history_is_read_from_a_file_into_the_brands_table(brand: Brand, tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    rows = [(f"zibble {n}", "loyalty") for n in "abcdef"] + [("", "other")]
    history.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    first = run("train", history, "--json")
    assert first.exit_code == 0 and "line 8: text: missing" in first.stderr
    assert json.loads(first.stdout) == {"read": 6, "new": 6, "taught_with": 6, "added": [], "rows_refused": 1}

    history.write_text("message,intent\nzibble a,engraving\nzobble,engraving\n")
    told = json.loads(run("train", history, "--brand", brand.slug, "--json").stdout)
    assert (told["new"], told["taught_with"], told["added"]) == (1, 7, ["engraving"])
    found = json.loads(run("read", "my zibble b", "--brand", brand.slug, "--json").stdout)
    assert found["category"]["likeliest"] == "loyalty"
    assert run("train", history, "--brand", "nobody").exit_code == 1


def interrupted_before(statement: int) -> Callable[..., Any]:
    """Somebody loses patience before that statement; those that only mark a place to go back to are not counted."""
    left = statement

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal left
        if "SAVEPOINT" not in sql:
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return run(sql, *rest)

    return execute


def kept(brand: Brand) -> tuple[int, tuple[str, ...], bool]:
    """How many texts there are, which categories, and whether anybody is to hear of it."""
    return Example.objects.count(), services.taxonomy(brand), services.version_of(brand) > 0


def test_a_history_that_is_interrupted_is_not_half_kept(brand: Brand) -> None:
    told = [examples.Example(f"the zibble {'ab' * n}", "engraving") for n in range(1, 602)]
    nothing, all_of_it = (0, CATEGORIES, False), (601, ("other", "engraving"), True)
    seen = []
    for statement in itertools.count(1):
        heard: list[int] = []
        try:
            with connection.execute_wrapper(interrupted_before(statement)):
                services.learn_history(brand, told, by="a file", at=NOW, progress=heard.append)
            break
        except KeyboardInterrupt:
            seen.append(kept(brand))

    assert heard == [500, 601] and kept(brand) == all_of_it
    assert seen.count(nothing) > 5 and set(seen) <= {nothing, all_of_it}


def test_a_history_that_knows_none_of_our_categories_has_only_its_own(brand: Brand, tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("text,label\nplease engrave it,engrave\nplease wrap it,wrap\n")
    told = run("train", history)
    assert "New categories: engrave, wrap." in told.stdout
    assert services.taxonomy(brand) == ("other", "engrave", "wrap")


def test_categories_and_languages_are_shown_and_changed(brand: Brand) -> None:
    told = json.loads(run("categories", "--json").stdout)
    assert told["categories"] == [*CATEGORIES] and len(told["languages"]) == 10
    changed = run("categories", "--add", "engraving", "--retire", "loyalty", "--language", "en", "--language", "de")
    assert changed.exit_code == 0 and "engraving" in changed.stdout and "loyalty" not in changed.stdout
    assert services.languages_of(brand) == ("en", "de")
    wrong = run("categories", "--language", "xx")
    assert wrong.exit_code == 1 and "xx cannot be told" in wrong.stderr


def test_texts_come_back_from_the_table_as_they_went_in(brand: Brand) -> None:
    written = "naïve \0 café " + "x" * 3_000
    correct(brand, written, "other", by="maren" * 50, at=NOW)
    row = Example.objects.get()
    assert row.text.startswith("naïve \ufffd café x") and len(row.text) == 2_000 and len(row.by) == 120
    assert row.at == NOW

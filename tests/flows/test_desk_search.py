"""What is found at the desk: in whatever script it is written, and however many pages there are of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aftercart.brands.models import Brand
from aftercart.desk.queries import searching
from aftercart.desk.queries.searching import search
from aftercart.plumbing import ids
from aftercart.tickets.indexing import LONGEST_INDEXED, index, index_outdated
from aftercart.tickets.models import Search
from aftercart.tickets.pairs import asked, indexed
from tests.flows.desk_rows import Morning, a_morning, writes
from tests.flows.ops_rows import staff

JAPANESE = "注文した傘の色がちがいますプレートを返品しー々"
OTHERS = "我的包裹在哪里พัสดุอยู่ที่ไหน배송이늦어요"
BETWEEN = " 。、!7a-"
ASKED = searching.QUERY.replace("%(words)s", "w").replace("%(begins)s", "b")
FOUND = f"""
SELECT coalesce(bool_and(to_tsvector('simple', %s) @@ {ASKED}), true)
FROM unnest(%s::text[], %s::text[]) AS asked (w, b)
"""


class Parts(TestCase):
    @settings(max_examples=60)
    @given(st.text(JAPANESE + OTHERS + BETWEEN, max_size=30))
    @example("カップが割れていました。交換できますか?")
    @example("我的包裹在哪里 พัสดุอยู่ที่ไหน")
    def test_each_part_of_a_text_without_spaces_finds_it(self, text: str) -> None:
        text = unicodedata.normalize("NFC", text)
        runs = re.findall(f"[{JAPANESE}]+", text)
        parts = [run[a:b] for run in [*runs, text] for a in range(len(run)) for b in range(a + 1, len(run) + 1)]
        told = [asked(part) for part in parts if any(map(str.isalnum, part))]
        begins = [" & ".join(f"'{one}':*" for one in alone) for _, alone in told]
        with connection.cursor() as cursor:
            cursor.execute(FOUND, [indexed(text, LONGEST_INDEXED), [words for words, _ in told], begins])
            assert cursor.fetchone() == (True,)


@pytest.fixture
def morning(brand: Brand) -> Morning:
    return a_morning(brand)


@pytest.fixture
def ana(client: Client, morning: Morning) -> Client:
    client.force_login(staff("ana", morning.brand))
    return client


def numbers(morning: Morning, text: str) -> list[int]:
    return [row.number for row in search(morning.brand, text).rows]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("カップが割れていました。交換できますか?", "交換"),
        ("カップが割れていました。交換できますか?", "割れてい"),
        ("ｶｯﾌﾟが割れていました", "カップ"),
        ("青い傘", "傘"),
        ("我的包裹在哪里", "包裹"),
        ("พัสดุอยู่ที่ไหน", "อยู่ที่ไหน"),
        ("배송이 늦어요", "배송"),
        ("She called it “a wreck”… «tout cassé»", "wreck cassé"),
        ("It’s broken", "it's"),
    ],
)
def test_what_is_written_without_spaces_is_found_by_a_part_of_it(morning: Morning, said: str, text: str) -> None:
    writes(morning.brand, said, ids.new(), timedelta(0), sender_name="Aya Mori")
    assert numbers(morning, text) == [morning.ticket("Aya Mori").number]
    assert numbers(morning, f"{text}紫陽花") == []


def test_the_longest_text_without_spaces_can_be_indexed(morning: Morning) -> None:
    row = morning.ticket("Bea Lund")
    text = "".join(map(chr, range(0x20000, 0x20000 + 40_000)))
    index(morning.brand.id, [(row.id, row.last_at, indexed(text * 3, LONGEST_INDEXED)[:LONGEST_INDEXED])])
    assert numbers(morning, text[7:12]) == [row.number]


def test_what_was_indexed_otherwise_is_indexed_anew(morning: Morning) -> None:
    writes(morning.brand, "カップが割れていました", ids.new(), timedelta(0), sender_name="Aya Mori")
    whole = dict(Search.objects.values_list("id", "words"))
    assert not index_outdated(), "what was written today is as of today"
    Search.objects.update(form=0, words=SearchVector(Value("old"), config="simple"))
    assert numbers(morning, "割れて") == []
    done = [index_outdated(3) for _ in range(4)]
    assert sum(done) == len(whole) and done[-1] == 0
    assert dict(Search.objects.values_list("id", "words")) == whole
    assert numbers(morning, "割れて") == [morning.ticket("Aya Mori").number]


@pytest.mark.parametrize("walked", [1, 2_000])
@pytest.mark.parametrize("text", ["the", "1001", "bea@post.example", "bea lund", "リンゴ"])
def test_pages_of_a_search_follow_each_other_without_a_gap(
    text: str, walked: int, monkeypatch: pytest.MonkeyPatch, morning: Morning
) -> None:
    for n in range(7):
        about = {
            "sender": "bea@post.example",
            "sender_name": "Bea Lund",
            "order_id": morning.day.order if n % 2 else None,
        }
        writes(morning.brand, f"The リンゴ number {n}, of 1001", ids.new(), timedelta(hours=n // 2), **about)
    whole = numbers(morning, text)
    monkeypatch.setattr(searching, "PAGE", 2)
    monkeypatch.setattr(searching, "WALKED", walked)
    found, after = [], ""
    while True:
        page = search(morning.brand, text, after)
        found += [row.number for row in page.rows]
        if not (after := page.after):
            break
    assert found == whole and len(whole) == len(set(whole)) >= 7


def test_a_search_has_its_older_page_by_a_link(ana: Client, morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 1)
    first = ana.get("/desk/juniper/search/", {"q": "the"})
    assert first.status_code == 302, "the only one of its page"
    monkeypatch.setattr(searching, "PAGE", 2)
    first = ana.get("/desk/juniper/search/", {"q": "the"})
    side = first.context["side"]
    assert side.older.startswith("/desk/juniper/search/?q=the&after=saying_") and "Older" in first.content.decode()
    again = ana.get(side.older)
    assert again.status_code == 200 and again.context["side"].listed.rows[0].number not in [
        row.number for row in side.listed.rows
    ]
    for nonsense in ("nonsense", "named_2026_1", "saying_now_then", f"other_2026-01-01T00:00:00+00:00_{ids.new()}"):
        assert ana.get("/desk/juniper/search/", {"q": "the", "after": nonsense}).status_code == 404


@pytest.mark.django_db
def test_bytes_that_no_text_has_are_looked_for_as_a_space(brand: Brand) -> None:
    assert search(brand, "Leipzig\0").rows == [] == search(brand, "1\0b").rows

"""A day at the desk: what is read there, and what comes of what is done."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import VIEWED
from aftercart.desk.queries import queues, searching
from aftercart.desk.queries.queues import BY_KEY, counts, listed
from aftercart.orders.models import Parcel, Track
from aftercart.plumbing import ids
from aftercart.tickets.models import Ticket
from tests.flows.desk_rows import OTHERS, WISMO, Morning, a_morning, writes
from tests.flows.ops_rows import staff


def ana_id(client: Client) -> int:
    return User.objects.get(username="ana").id


@pytest.fixture
def morning(brand: Brand) -> Morning:
    return a_morning(brand)


@pytest.fixture
def ana(client: Client, morning: Morning) -> Client:
    client.force_login(staff("ana", morning.brand))
    return client


def text(client: Client, url: str) -> str:
    response = client.get(url, follow=True)
    assert response.status_code == 200, (url, response.status_code)
    return " ".join(response.content.decode().split())


def test_a_queue_shows_who_what_is_at_stake_and_how_long_they_wait(ana: Client, morning: Morning) -> None:
    page = text(ana, "/desk/juniper/queues/longest/")
    assert page.index("Bea Lund") < page.index("Dot Hale") < page.index("Kenji Mori")
    assert "Will be late" in page and "promised" in page and "waits 27 h" in page and "2 contacts" in page


def test_a_ticket_tells_the_problem_and_one_story(ana: Client, morning: Morning) -> None:
    page = text(ana, f"/desk/juniper/tickets/{morning.ticket('Bea Lund').number}/")
    assert "Will be late" in page and "order 1001, promised Wed 11 March" in page
    story = page.partition('class="talk"')[2]
    order = ["Shipped, the shop says", "It should be here by now", "Nobody answers", "looked at the tracking page"]
    assert [story.index(one) for one in order] == sorted(story.index(one) for one in order)
    assert "Quoted text" in page and "As it was sent" in page and "photo.png" in page
    assert "We believe" in page and "70 % to miss the promise" in page
    assert "known by order" in page and "The customer looked at the tracking page" in page
    assert "is about the same order and the same cause" in page, "why it is one ticket"


def test_the_answer_that_is_ready_rests_on_facts_and_goes_into_the_composer(ana: Client, morning: Morning) -> None:
    url = f"/desk/juniper/tickets/{morning.ticket('Bea Lund').number}/"
    page = text(ana, url)
    assert f'hx-get="{url}answer/?in=all"' in page and "Use the answer" in page, "it comes after the page, or by a link"
    found = text(ana, f"{url}answer/?in=longest")
    assert "An answer is ready" in found and "It rests on" in found and "?in=longest&amp;use=answer#write" in found
    used = ana.get(url, {"use": "answer"}).content.decode()
    written = used.partition('data-only="both">')[2].partition("</textarea>")[0]
    assert "1001" in written and "An answer may be ready" not in used
    other = f"/desk/juniper/tickets/{morning.ticket('@clayfan').number}/"
    public = text(ana, other)
    assert "Everybody can read" in public and "Use the answer" not in text(ana, f"{other}answer/")


def test_why_there_is_no_answer_is_said_where_one_was_asked_for(ana: Client, morning: Morning) -> None:
    row = morning.ticket("Bea Lund")
    Ticket.objects.filter(id=row.id).update(public=True)
    url = f"/desk/juniper/tickets/{row.number}/"
    assert "A person has to answer: everybody can read it" in text(ana, f"{url}answer/")
    assert "A person has to answer: everybody can read it" in text(ana, f"{url}?use=answer"), "without a script as well"


def test_a_ticket_is_opened_in_so_many_statements_however_much_was_said(ana: Client, morning: Morning) -> None:
    """Of an order with a worry, a notice, a look at its page and a file: each of them costs one more."""
    row = morning.ticket("Bea Lund")
    url = f"/desk/juniper/tickets/{row.number}/"
    ana.get(url)
    with CaptureQueriesContext(connection) as first:
        ana.get(url)
    about = {"category": WISMO, "sender_name": "Bea Lund", "order_id": morning.day.order}
    for minutes in range(5):
        writes(morning.brand, "And another thing.", morning.bea, -timedelta(minutes=minutes), **about)
    ana.post(f"{url}notes/", {"text": "She is right."})
    ana.post(f"{url}tags/", {"add": "worried"})
    ana.get(url)
    with CaptureQueriesContext(connection) as again:
        ana.get(url)
    assert len(again) <= len(first) <= 29, [one["sql"] for one in first]


@pytest.mark.parametrize(
    ("entity", "named"),
    [
        ({"kind": "order", "value": "#1001"}, True),
        ({"kind": "parcel", "value": "JD0140"}, True),
        ({"kind": "order", "value": "1002"}, False),
        ({"kind": "phone", "value": "1001"}, False),
    ],
)
def test_an_order_that_a_stranger_names_is_shown_as_not_proven_theirs(
    ana: Client, morning: Morning, entity: dict[str, str], named: bool
) -> None:
    Track.objects.create(id=Parcel.objects.get(number="JD0140").track_id, brand=morning.brand, number="JD0140")
    said = {"entities": [{**entity, "confidence": 1.0}]}
    writes(morning.brand, "Where is it?", ids.new(), timedelta(hours=1), sender_name="Sam Holt", reading=said)
    page = text(ana, f"/desk/juniper/tickets/{morning.ticket('Sam Holt').number}/")
    assert "No order is known of it" in page and "an answer is ready" not in page.lower()
    assert ("They name" in page and "Nothing proves that it is theirs" in page and ">1001</a>" in page) is named


def test_each_queue_holds_what_its_name_says_and_counts_it(ana: Client, morning: Morning) -> None:
    def who(key: str) -> set[str]:
        return {row.who for row in listed(morning.brand, BY_KEY[key], ana_id(ana)).rows}

    everybody = {"Bea Lund", *(name for name, _, _ in OTHERS)}
    assert who("unassigned") == who("longest") == who("all") == everybody
    assert who("delay") == {"Bea Lund"} and who("mine") == set()
    number = morning.ticket("Dot Hale").number
    ana.post(f"/desk/juniper/tickets/{number}/assignments/", {"to": "me"})
    assert who("mine") == {"Dot Hale"} and who("unassigned") == everybody - {"Dot Hale"}
    found = counts(morning.brand, ana_id(ana))
    assert found == {"mine": "1", "unassigned": "5", "longest": "6", "delay": "1", "snoozed": "0", "waiting": "0"}
    assert re.search(r"Mine</span><b[^>]*>1</b>", text(ana, "/desk/juniper/queues/mine/"))


def test_a_count_never_reads_more_than_it_shows(monkeypatch: pytest.MonkeyPatch, ana: Client, morning: Morning) -> None:
    monkeypatch.setattr(queues, "MOST", 3)
    assert counts(morning.brand, ana_id(ana))["unassigned"] == "3+"


@pytest.mark.parametrize("key", ["unassigned", "longest", "all"])
def test_pages_of_a_queue_follow_each_other_without_a_gap(
    key: str, monkeypatch: pytest.MonkeyPatch, ana: Client, morning: Morning
) -> None:
    whole = [row.number for row in listed(morning.brand, BY_KEY[key], 0).rows]
    monkeypatch.setattr(queues, "PAGE", 2)
    found, after = [], ""
    while True:
        page = listed(morning.brand, BY_KEY[key], 0, after)
        found += [row.number for row in page.rows]
        if not (after := page.after):
            break
    assert found == whole and len(whole) == 6
    assert ana.get(f"/desk/juniper/queues/{key}/", {"after": "nonsense"}).status_code == 404


def test_looking_at_a_ticket_is_written_down(ana: Client, morning: Morning) -> None:
    row = morning.ticket("Bea Lund")
    for _ in range(3):
        ana.get(f"/desk/juniper/tickets/{row.number}/")
    seen = AuditEntry.objects.filter(subject=str(row.id))
    assert {(one.actor, one.action, one.detail["what"]) for one in seen} == {("ana", VIEWED, "ticket")}
    assert len(seen) <= 2, "once in five minutes, which may end between two of these"


def test_what_came_since_the_page_was_drawn_is_counted_and_appended(ana: Client, morning: Morning) -> None:
    row = morning.ticket("Bea Lund")
    page = ana.get(f"/desk/juniper/tickets/{row.number}/", {"in": "longest"})
    seen, newest = page.context["seen"], page.context["newest"]
    asked = f"/desk/juniper/queues/unassigned/news/?seen={quote(seen)}"
    assert "new or changed" not in text(ana, asked)
    about = {"category": WISMO, "sender_name": "Bea Lund", "order_id": morning.day.order}
    writes(morning.brand, "And another thing.", morning.bea, -timedelta(minutes=1), **about)
    assert "1 new or changed" in text(ana, asked)
    assert "new or changed" not in text(ana, f"{asked}&open={row.number}"), "what is open appends, and is not news"
    appended = text(ana, f"/desk/juniper/tickets/{row.number}/news/?since={quote(newest)}")
    assert "And another thing." in appended and "Nobody answers" not in appended


def test_what_is_named_exactly_comes_first_and_words_find_the_newest(ana: Client, morning: Morning) -> None:
    bea, dot = morning.ticket("Bea Lund"), morning.ticket("Dot Hale")

    def found(text: str) -> list[int]:
        return [row.number for row in searching.search(morning.brand, text).rows]

    assert bea.number in found("1001"), "an order's number"
    assert found(f"#{dot.number}") == [dot.number] and found("bea@post.example") == [bea.number]
    assert found("charged TWICE") == [dot.number] and found("nothing like it") == [] and found("  ") == []
    writes(morning.brand, "charged again", ids.new(), timedelta(0), sender_name="Eve Ng")
    assert found("charged") == [morning.ticket("Eve Ng").number, dot.number]
    response = ana.get("/desk/juniper/search/", {"q": f"#{dot.number}"})
    assert response["Location"].startswith(f"/desk/juniper/tickets/{dot.number}/")


@pytest.mark.parametrize("walked", [0, 1, 3, 2_000])
@pytest.mark.parametrize("looked_up", [1, 20_000])
def test_however_far_it_walks_a_search_finds_the_same(
    walked: int, looked_up: int, monkeypatch: pytest.MonkeyPatch, morning: Morning
) -> None:
    whole = searching.by_words(morning.brand, "the")
    monkeypatch.setattr(searching, "WALKED", walked)
    monkeypatch.setattr(searching, "LOOKED_UP", looked_up)
    assert searching.by_words(morning.brand, "the") == whole and len(whole) >= 2

"""Who may work the desk, and that what strangers send can do nothing to those who do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from aftercart.brands.models import Brand, Member
from aftercart.plumbing import ids
from aftercart.tickets.models import Act, File, Message, Ticket
from tests.flows.desk_rows import PNG, Morning, a_morning
from tests.flows.ops_rows import staff
from tests.world import NOW

POSTS = (
    "replies", "notes", "assignments", "tags", "snoozes", "wakings", "resolutions", "reopenings", "labels", "merges",
    "splits",
)  # fmt: skip


@pytest.fixture
def morning(brand: Brand) -> Morning:
    return a_morning(brand)


def reads(morning: Morning, slug: str = "juniper") -> Iterator[str]:
    bea = morning.ticket("Bea Lund")
    letter = Message.objects.filter(ticket_id=bea.id).earliest("at")
    yield from (f"/desk/{slug}/", f"/desk/{slug}/queues/all/", f"/desk/{slug}/search/?q=1001")
    yield f"/desk/{slug}/queues/all/news/?seen=2026-03-10T08:00:00%2B00:00"
    yield from things(morning, bea, letter, slug)


def things(morning: Morning, bea: Ticket, letter: Message, slug: str) -> Iterator[str]:
    """What is of one brand, by its number or id."""
    yield from (f"/desk/{slug}/tickets/{bea.number}/", f"/desk/{slug}/tickets/{bea.number}/merges/")
    yield f"/desk/{slug}/tickets/{bea.number}/answer/"
    yield f"/desk/{slug}/tickets/{bea.number}/news/?since=2026-03-10T08:00:00%2B00:00"
    yield f"/desk/{slug}/messages/{letter.id}/"
    yield from (f"/desk/{slug}/files/{file.id}/" for file in File.objects.filter(message_id=letter.id))


def writes(morning: Morning, slug: str = "juniper") -> Iterator[str]:
    number = morning.ticket("Bea Lund").number
    yield from (f"/desk/{slug}/tickets/{number}/{name}/" for name in POSTS)


def test_charlie_who_is_on_no_staff_finds_no_page_and_can_do_nothing(client: Client, morning: Morning) -> None:
    client.force_login(staff("charlie", Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")))
    before = list(Ticket.objects.order_by("id").values())
    for url in reads(morning):
        assert client.get(url).status_code == 404, url
    for url in writes(morning):
        assert client.post(url, {"text": "mine", "to": "me", "add": "mine", "until": "reply"}).status_code == 404, url
    assert list(Ticket.objects.order_by("id").values()) == before
    assert not Act.objects.exists() and not Message.objects.exclude(direction="in").exists()


def test_a_stranger_is_sent_to_the_log_in(client: Client, morning: Morning) -> None:
    for url in [*reads(morning), "/desk/"]:
        response = client.get(url)
        assert response.status_code == 302 and response["Location"].startswith("/login/"), url
    for url in writes(morning):
        assert client.post(url)["Location"].startswith("/login/"), url


@pytest.mark.parametrize(("role", "status"), [("agent", 200), ("lead", 200), ("operations", 200), ("developer", 404)])
def test_the_desk_is_for_those_who_answer_customers(role: str, status: int, client: Client, morning: Morning) -> None:
    dev = staff("dev", morning.brand)
    Member.objects.filter(user=dev).update(role=role)
    client.force_login(dev)
    for url in reads(morning):
        assert client.get(url, follow=True).status_code == status, url


def test_what_is_another_brands_is_not_found_under_ones_own(client: Client, morning: Morning) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")
    client.force_login(staff("bob", other))
    bea = morning.ticket("Bea Lund")
    letter = Message.objects.filter(ticket_id=bea.id).earliest("at")
    for url in things(morning, bea, letter, "elsewhere"):
        assert client.get(url).status_code == 404, url
    for url in writes(morning, "elsewhere"):
        assert client.post(url, {"other": "1"}).status_code == 404, url
    act = Act.objects.create(
        brand=morning.brand, kind=Act.TAG, at=NOW, about=letter.id, parties=[morning.bea]
    )  # fmt: skip
    assert client.post(f"/desk/elsewhere/acts/{act.id}/undoing/").status_code == 404
    act.refresh_from_db()
    assert act.undone_at is None
    page = client.get("/desk/elsewhere/search/", {"q": "charged"}).content.decode()
    assert "<a data-open" not in page and "Dot Hale" not in page


def test_another_brands_ticket_cannot_be_merged_in(client: Client, morning: Morning) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US")
    client.force_login(staff("bob", other, morning.brand))
    bea = morning.ticket("Bea Lund")
    foreign = Ticket.objects.create(
        id=ids.new(), brand=other, number=77, customer_id=ids.new(), opened_at=bea.opened_at, last_at=bea.last_at,
        changed_at=bea.last_at,
    )  # fmt: skip
    url = f"/desk/juniper/tickets/{bea.number}/merges/"
    assert client.post(url, {"other": str(foreign.number)}).status_code == 404


def test_a_file_is_saved_unless_it_is_a_picture_and_can_do_nothing(client: Client, morning: Morning) -> None:
    client.force_login(staff("ana", morning.brand))
    picture, page = (File.objects.get(name=name) for name in ("photo.png", "page.html"))
    shown, saved = (client.get(f"/desk/juniper/files/{file.id}/") for file in (picture, page))
    assert (shown["Content-Type"], shown.content) == ("image/png", PNG)
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"] == "attachment; filename*=UTF-8''page.html"
    for response in (shown, saved):
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_called_a_picture_is_saved(client: Client, morning: Morning) -> None:
    client.force_login(staff("ana", morning.brand))
    File.objects.filter(name="page.html").update(name="cat.png", type="image/png")
    response = client.get(f"/desk/juniper/files/{File.objects.get(name='cat.png').id}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_letter_is_shown_without_what_it_would_run_or_load(client: Client, morning: Morning) -> None:
    client.force_login(staff("ana", morning.brand))
    letter = Message.objects.filter(ticket_id=morning.ticket("Bea Lund").id).earliest("at")
    response = client.get(f"/desk/juniper/messages/{letter.id}/")
    said, policy = response.content.decode(), response["Content-Security-Policy"]
    assert "<b>it</b>" in said and "script" not in said and "tracker.example" not in said
    assert "1 picture from elsewhere is not shown" in said
    assert "sandbox" in policy and "allow-scripts" not in policy and "default-src 'none'" in policy
    assert "https:" not in policy
    asked = client.get(f"/desk/juniper/messages/{letter.id}/", {"pictures": "1"})
    assert "tracker.example/open.gif" in asked.content.decode() and "https:" in asked["Content-Security-Policy"]

"""The page on which customers write to us: what they send is stored as if it came from outside, and is never lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercart.brands.models import Brand
from aftercart.facts import MessageReceived
from aftercart.intake.models import Delivery
from aftercart.intake.services import claim, read
from aftercart.orders.models import Order
from aftercart.people.links import Link, tracking_token
from aftercart.people.models import Customer
from aftercart.plumbing import ids
from tests.browser import tales, world
from tests.flows.customer import see, text_of

pytestmark = pytest.mark.django_db

PATH = "/t/juniper/write/"
SAID = {"about": "other", "email": "noor@example.com", "text": "Do you ship to Malta?"}
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def shop(db: None) -> Brand:
    return world.shop()


@pytest.fixture
def late(shop: Brand) -> Order:
    return world.tell(shop, tales.LATE)


def path_of(shop: Brand, order: Order, *, full: bool = True) -> str:
    return f"/t/juniper/{tracking_token(shop, Link(order.id, full=full))}/write/"


def stored() -> list[MessageReceived]:
    facts = [fact for delivery in claim(100) for fact in read(delivery)]
    assert all(isinstance(fact, MessageReceived) for fact in facts)
    return facts  # type: ignore[return-value]


def picture(name: str = "broken.gif", content: bytes = GIF, kind: str = "image/gif") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def test_whoever_writes_without_a_link_says_where_to_answer_and_proves_nothing(shop: Brand, client: Client) -> None:
    page = see(client, PATH)
    assert "What is it about?" in page and "Order number You can leave this out." in page
    answer = client.post(PATH, SAID | {"number": " 1044 "})
    assert answer.status_code == 303 and answer.headers["Location"] == f"{PATH}sent/?lang=en"
    (said,) = stored()
    assert (said.channel, said.source, said.customer.email, said.proven) == ("form", "form", "noor@example.com", False)
    assert (said.subject, said.text, said.order_number) == ("Something else", "Do you ship to Malta?", "1044")
    assert "Your message is with us" in see(client, answer.headers["Location"])
    delivery = Delivery.objects.get()
    assert (delivery.source, delivery.topic, delivery.state) == ("aftercart", "form", "waiting")


def test_a_whole_link_proves_who_writes_and_about_what(shop: Brand, late: Order, client: Client) -> None:
    path = path_of(shop, late)
    page = see(client, path)
    assert "answers to " in page and "•••@example.com" in page and "Order number" not in page
    client.post(path, {"about": "change", "text": "Another colour?", "email": "mallory@example.com", "number": "1"})
    (said,) = stored()
    assert said.proven and said.order_number == late.number and said.customer.email == world_email(late)


def world_email(order: Order) -> str:
    return Customer.objects.get(id=str(order.customer_id)).email


def test_a_number_and_postcode_prove_nothing_and_show_no_address(shop: Brand, late: Order, client: Client) -> None:
    path = path_of(shop, late, full=False)
    page = see(client, path)
    assert f"Order {late.number}" in client.get(path).content.decode() and "•••" not in page
    client.post(path, SAID | {"about": "where"})
    (said,) = stored()
    assert not said.proven and said.order_number == late.number and said.customer.email == "noor@example.com"


def test_what_we_know_is_shown_before_it_is_sent_and_it_can_still_be_sent(
    shop: Brand, late: Order, client: Client
) -> None:
    path = path_of(shop, late)
    typed = {"about": "where", "text": "Where <b>is</b> it?"}
    answer = client.post(path, typed)
    page = text_of(answer)
    assert answer.status_code == 200 and "Does this answer it?" in page and "has not been sent yet" in page
    assert f"order {late.number}" in page and "http" not in page.split("What we know now")[1].split("Yes, this")[0]
    assert "&lt;b&gt;is" in answer.content.decode()
    assert not Delivery.objects.exists()
    assert client.post(path, typed | {"sure": "yes"}).status_code == 303
    (said,) = stored()
    assert said.text == "Where <b>is</b> it?" and said.proven


def test_files_come_along_by_what_they_are_and_what_we_know_is_shown_afterwards(
    shop: Brand, late: Order, client: Client
) -> None:
    path = path_of(shop, late)
    several = [picture("../../broken.gif"), picture("note.txt", b"It leaks.", "text/plain")]
    answer = client.post(path, {"about": "where", "text": "See", "enclosed": several})
    assert answer.status_code == 303
    assert "What we know now" in see(client, answer.headers["Location"])
    (said,) = stored()
    assert [(file.name, file.type, file.content) for file in said.files] == [
        ("broken.gif", "image/gif", GIF),
        ("note.txt", "text/plain", b"It leaks."),
    ]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([picture("photo.jpg", b"MZ\x90\x00" + bytes(60), "image/jpeg")], "We cannot open photo.jpg."),
        ([picture("p.svg", b"<svg onload=alert(1)>", "image/svg+xml")], "We cannot open p.svg."),
        ([picture("p.html", b"<html><script>1</script>", "image/png")], "We cannot open p.html."),
        ([picture()] * 6, "Choose at most 5 files."),
    ],
)
def test_what_we_could_not_show_an_agent_is_said_at_the_field(
    shop: Brand, client: Client, files: list[SimpleUploadedFile], reason: str
) -> None:
    answer = client.post(PATH, SAID | {"enclosed": files})
    assert answer.status_code == 200 and reason in text_of(answer)
    assert "Do you ship to Malta?" in answer.content.decode(), "what was typed is still there"
    assert not Delivery.objects.exists()


def test_too_large_a_request_is_not_read(shop: Brand, client: Client) -> None:
    answer = client.post(PATH, SAID, headers={"content-length": str(30_000_000)})
    assert answer.status_code == 413 and "too large: 20 MB" in text_of(answer)
    assert "Enter your" not in text_of(answer)


@pytest.mark.parametrize("field", ["about", "email", "text"])
def test_what_is_missing_is_said_where_it_is(shop: Brand, client: Client, field: str) -> None:
    answer = client.post(PATH, SAID | {field: ""})
    assert answer.status_code == 200 and answer.content.decode().count('class="wrong"') == 1
    assert not Delivery.objects.exists()


def test_a_program_that_fills_in_everything_sends_nothing_and_a_person_sees_why(shop: Brand, client: Client) -> None:
    assert '<div class="trap" hidden>' in client.get(PATH).content.decode()
    answer = client.post(PATH, SAID | {"fax": "+1 555"})
    assert "Empty this field" in text_of(answer) and '<div class="trap">' in answer.content.decode()
    assert not Delivery.objects.exists()


def test_pressing_twice_sends_once_and_writing_more_sends_both(shop: Brand, client: Client) -> None:
    typed = SAID | {"once": str(ids.new())}
    for _ in range(2):
        assert client.post(PATH, typed).status_code == 303
    client.post(PATH, typed | {"text": "And to Gozo?"})
    client.post(PATH, SAID | {"once": str(ids.new())})
    assert len(stored()) == 3


@pytest.mark.usefixtures("mid_hour")
def test_too_many_messages_are_turned_away_and_nothing_typed_is_lost(
    shop: Brand, client: Client, settings: Any
) -> None:
    settings.LOOKUPS_PER_HOUR = 2
    for n in range(2):
        assert client.post(PATH, SAID | {"text": str(n)}).status_code == 303
    answer = client.post(PATH, SAID)
    assert answer.status_code == 429 and "Too many messages in this hour" in text_of(answer)
    assert "Do you ship to Malta?" in answer.content.decode()
    assert client.post(PATH, SAID, headers={"x-forwarded-for": "192.0.2.9"}).status_code == 429
    assert len(stored()) == 2


def test_links_that_are_not_ours_or_too_old_open_nothing(
    shop: Brand, late: Order, client: Client, settings: Any
) -> None:
    assert client.post("/t/juniper/made-up/write/", SAID).status_code == 404
    path = path_of(shop, late)
    settings.TRACKING_LINK_DAYS = -1
    assert client.post(path, SAID).status_code == 410
    assert client.get(path + "sent/").status_code == 410
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("language", "asks", "sent"),
    [
        ("es", "¿De qué se trata?", "Algo distinto"),
        ("fr", "De quoi s’agit-il ?", "Autre chose"),
        ("de", "Worum geht es?", "Etwas anderes"),
        ("pt", "Qual é o assunto?", "Outro assunto"),
        ("ja", "ご用件", "その他"),
    ],
)
def test_it_speaks_six_languages(shop: Brand, client: Client, language: str, asks: str, sent: str) -> None:
    assert asks in see(client, f"{PATH}?lang={language}")
    client.post(f"{PATH}?lang={language}", SAID)
    (said,) = stored()
    assert (said.subject, said.customer.locale) == (sent, language)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["about", "email", "text", "number", "once", "fax", "sure", "x"]),
        st.text(max_size=40) | st.sampled_from([*SAID.values(), "where", "\0", "\ud83d", "a" * 20_000]),
    )
)
def test_whatever_is_posted_is_a_page_or_a_message_that_can_be_read(shop: Brand, typed: dict[str, str]) -> None:
    Delivery.objects.all().delete()
    posted = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
    answer = Client().post(PATH, posted)
    assert answer.status_code in (200, 303, 429)
    assert len(stored()) == (answer.status_code == 303)

"""The operators' pages of the words: what customers read, written, checked, tried and rolled back."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from aftercart import pipeline
from aftercart.brands.models import Brand, Member
from aftercart.brands.services import BrandError, hire
from aftercart.outbox import lines
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.words import services as words
from aftercart.words.kinds import CHANNELS, KINDS
from aftercart.words.models import Draft, Wording
from tests.flows.ops_pages import text
from tests.flows.test_wordings import NAMES_A_DAY, TEXT, situation
from tests.gateway import Answer, gateway
from tests.world import juniper

pytestmark = pytest.mark.django_db
TWILIO = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006"}


@pytest.fixture
def brand() -> Brand:
    return juniper()


@pytest.fixture
def client(brand: Brand) -> Client:
    ada = User.objects.create_user("ada", email="ada@juniper.example", password="x")
    Member.objects.create(brand=brand, user=ada)
    client = Client()
    client.force_login(ada)
    return client


def at(name: str, *more: object, kind: str = "stalled", channel: str = "email", language: str = "en") -> str:
    return reverse(f"ops:{name}", args=["juniper", kind, channel, language, *more])


def test_the_list_tells_which_texts_are_the_brands_own(client: Client) -> None:
    page = reverse("ops:words", args=["juniper"])
    assert "What your customers read" in text(client, page)
    assert all(kind.label in text(client, page).replace("&#x27;", "'") for kind in KINDS.values())

    client.post(at("word-versions"), {"subject": "", "text": TEXT})
    client.post(at("word-drafts", language="de"), {"subject": "", "text": "Noch nicht"})

    assert "1 text of your own" in text(client, page)
    assert text(client, page).count(">v1") == 1 and text(client, page).count("draft</span>") == 1
    assert "1 text of your own" not in text(client, page + "?channel=sms")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(("kind", "language"), [("stalled", "en"), ("refunded", "de"), ("ask_ticket", "ja")])
def test_the_editor_begins_with_the_shipped_text(client: Client, channel: str, kind: str, language: str) -> None:
    page = text(client, at("wording", kind=kind, channel=channel, language=language))

    assert "It says all that it should" in page and "The standard text, in use" in page


def test_publishing_without_javascript(client: Client, brand: Brand) -> None:
    answer = client.post(at("word-versions"), {"subject": "Still {number}", "text": TEXT}, follow=True)

    assert "Version 1 is in use from now on." in answer.content.decode()
    assert words.notice(brand, situation(), language="en").subject == "Still 1042"


def test_what_is_vague_is_refused_with_the_part_and_what_was_written_stays(client: Client) -> None:
    answer = client.post(at("word-versions"), {"subject": "", "text": "We are looking into it."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not published: " in page and "What to expect and by when" in page and "looking into it" in page
    assert "We are looking into it.</textarea>" in page
    assert not Wording.objects.exists()


def test_while_one_types_only_the_findings_are_answered(client: Client) -> None:
    part = client.post(at("word-checks"), {"text": "It comes soon."}, headers={"HX-Request": "true"})
    whole = client.post(at("word-checks"), {"text": "It comes soon."})

    assert part.content.decode().strip().startswith('<div id="findings"') and "soon" in part.content.decode()
    assert (
        "It comes soon.</textarea>" in whole.content.decode() and "It could not be published" in whole.content.decode()
    )


def test_a_draft_waits_in_the_editor(client: Client, brand: Brand) -> None:
    client.post(at("word-drafts"), {"subject": "", "text": NAMES_A_DAY})

    assert "Your draft, kept by ada" in text(client, at("wording"))
    assert Draft.objects.get().text == NAMES_A_DAY
    assert words.notice(brand, situation(), language="en").version == 0


def test_history_brings_an_older_text_and_the_shipped_one_back(client: Client) -> None:
    client.post(at("word-versions"), {"subject": "", "text": TEXT})
    client.post(at("word-versions"), {"subject": "", "text": NAMES_A_DAY})

    first = client.post(at("word-restorations", 1), follow=True).content.decode()
    again = client.post(at("word-restorations", 1), follow=True).content.decode()
    shipped = client.post(at("word-restorations", 0), follow=True).content.decode()
    twice = client.post(at("word-restorations", 0), follow=True).content.decode()

    assert "Version 3 is in use from now on: what version 1 said." in first
    assert "Version 4 is in use" in again, "1 is older than 3, though they say the same"
    assert "the standard text." in shipped and "Not changed: " in twice


def test_the_matrix_shows_every_language_with_what_it_costs(client: Client) -> None:
    page = reverse("ops:word-matrix", args=["juniper", "stalled"])
    mail, sms = client.get(page), client.get(page + "?channel=sms")

    assert mail.content.decode().count("<iframe sandbox") == 6
    assert "frame-src 'self'" in mail.headers["Content-Security-Policy"]
    assert sms.content.decode().count("signs of") == 6 and "UCS-2" in sms.content.decode()
    assert "all of it is made up" in mail.content.decode()
    assert "There is no order 999" in text(client, page + "?order=999")


def test_a_message_stands_in_our_page_alone_and_runs_nothing(client: Client) -> None:
    client.post(at("word-drafts"), {"subject": "Drafted {number}", "text": NAMES_A_DAY})
    used, drafted = client.get(at("word-message")), client.get(at("word-message") + "?drafts=1")

    assert "Drafted #10428" in drafted.content.decode() and "Drafted" not in used.content.decode()
    policy = used.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "frame-ancestors 'self'" in policy
    assert "script" not in used.content.decode()


def test_a_test_goes_to_whoever_is_logged_in(client: Client, brand: Brand) -> None:
    answer = client.post(at("word-tests"), {"to": "somebody@else.example"}, follow=True)
    client.post(at("word-tests", channel="sms"))

    assert "On its way to ada@juniper.example" in answer.content.decode()
    (row,) = Outgoing.objects.filter(brand=brand, kind="test")
    body = OutgoingBody.objects.get(id=row.id)
    assert body.address == "ada@juniper.example" and "#10428" in body.subject and body.html


def test_without_an_address_nothing_is_sent_and_it_says_why(client: Client) -> None:
    User.objects.update(email="")
    answer = client.post(at("word-tests"), follow=True)

    assert "your log-in has no e-mail address" in answer.content.decode()
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("number", "line", "reason"),
    [
        ("+31612345678", False, "there is no line for text messages yet"),
        ("06 12345678", True, "is a phone number without its country"),
        ("", True, "is a phone number without its country"),
        ("+3161", True, "is no phone number"),
    ],
)
def test_a_text_that_cannot_be_sent_says_why(
    client: Client, brand: Brand, number: str, line: bool, reason: str
) -> None:
    if line:
        lines.add(brand, provider="twilio", channel="sms", settings=TWILIO, by="ada")
    answer = client.post(at("word-tests", channel="sms"), {"to": number}, follow=True)
    assert reason in unescape(answer.content.decode()) and not Outgoing.objects.exists()


def test_a_text_is_tried_on_ones_own_phone(client: Client, brand: Brand) -> None:
    client.post(at("word-drafts", channel="sms"), {"text": "Order {number} of {since} is late.", "segments": "1"})
    with gateway() as there:
        there.usual = Answer(201, b'{"sid":"SM1"}')
        told = TWILIO | {"address": there.url}
        lines.add(brand, provider="twilio", channel="sms", settings=told, by="ada")
        answer = client.post(at("word-tests", channel="sms"), {"to": "0031 6 12345678", "drafts": "1"}, follow=True)
        assert "On its way to +31612345678" in answer.content.decode()
        assert pipeline.send().sent == 1

    said = parse_qs(there.asked[0].body.decode())
    assert said["To"] == ["+31612345678"] and said["Body"][0].startswith("Order #10428 of")


def test_a_log_in_gets_its_address_from_the_brand(brand: Brand) -> None:
    hire(brand, "bob", "x", email="bob@juniper.example")
    hire(brand, "bob", "x")

    assert User.objects.get(username="bob").email == "bob@juniper.example", "not given, it stays"
    with pytest.raises(BrandError, match="email: 'bob' is no address"):
        hire(brand, "bob", "x", email="bob")


@pytest.mark.parametrize("kind", ["nothing", "4eb3f917-ea7c-4128-b1dc-79cf75b554cd"])
def test_what_there_is_not_is_not_found(client: Client, kind: str) -> None:
    assert client.get(at("wording", kind=kind)).status_code == 404
    assert client.get(reverse("ops:word-matrix", args=["juniper", kind])).status_code == 404
    assert client.get(at("wording", language="nl")).status_code == 404
    assert client.get(at("wording", channel="fax")).status_code == 404


def test_who_does_not_work_for_the_brand_sees_and_changes_nothing(brand: Brand) -> None:
    charlie = Client()
    charlie.force_login(User.objects.create_user("charlie"))

    assert charlie.get(reverse("ops:words", args=["juniper"])).status_code == 404
    assert charlie.get(at("word-message")).status_code == 404
    assert charlie.post(at("word-versions"), {"text": TEXT}).status_code == 404
    assert not Wording.objects.exists()

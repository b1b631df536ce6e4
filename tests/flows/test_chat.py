"""Somebody writes into the chat of a shop's page, and is answered there."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from aftercart.brands import storefronts
from aftercart.brands.models import Brand
from aftercart.chat.models import Conversation
from aftercart.intake import sealed
from aftercart.intake.models import Payload
from aftercart.plumbing import clock
from tests.flows.chat_world import SHOP, Browser, answered, heard, jwt, opened
from tests.flows.intake_world import Server, database_url, serving

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_is_answered_where_it_was_written_while_one_looks(alice: Browser, juniper: Brand) -> None:
    alice.open()
    told = alice.write("Where is my teapot?")
    with alice.following() as stream:
        assert stream.lines() == [], "it is in no ticket yet"
        (fact,) = heard(juniper)
        mine = stream.next()
        answered(juniper, fact.thread, "In Leipzig. It arrives on Wednesday.")
        theirs = stream.next()

    assert (fact.channel, fact.text, fact.proven) == ("chat", "Where is my teapot?", False)
    assert mine["data"] == {
        "id": told["line"], "ours": False, "at": mine["data"]["at"], "text": "Where is my teapot?", "name": "",
    }  # fmt: skip
    assert (theirs["data"]["ours"], theirs["data"]["text"]) == (True, "In Leipzig. It arrives on Wednesday.")


def test_who_sends_it_again_because_no_answer_came_has_sent_it_once(alice: Browser, juniper: Brand) -> None:
    alice.open()
    first = alice.write("Hello?", id="0123456789abcdef")
    again = alice.write("Hello?", id="0123456789abcdef")
    facts = heard(juniper)
    late = alice.write("Hello?", id="0123456789abcdef")

    assert first["line"] == again["line"] == late["line"] and first["at"] == again["at"]
    assert len(facts) == 1 and heard(juniper) == []
    with alice.following() as stream:
        assert stream.lines() == ["Hello?"]


def test_a_stream_that_broke_goes_on_where_it_was_and_misses_nothing(alice: Browser, juniper: Brand) -> None:
    alice.open()
    alice.write("One")
    (fact,) = heard(juniper)
    with alice.following() as stream:
        assert stream.lines() == ["One"]
        last = stream.last
    answered(juniper, fact.thread, "Two")
    with alice.following(last) as stream:
        assert stream.lines() == ["Two"]
        last = stream.last
    with alice.following(last) as stream:
        assert stream.lines() == []
    with alice.following("nonsense") as stream:
        assert stream.lines() == ["One", "Two"]


def test_what_was_said_earlier_and_stored_later_is_told_too(alice: Browser, juniper: Brand) -> None:
    alice.open()
    alice.write("Early")
    alice.write("Late")
    (_, fact) = heard(juniper)
    with alice.following() as stream:
        stream.lines()
        last = stream.last
    answered(juniper, fact.thread, "Between", at=fact.happened_at - timedelta(hours=1))
    with alice.following(last) as stream:
        assert set(stream.lines()) == {"Early", "Late", "Between"}


def test_notes_and_what_went_by_other_ways_are_not_part_of_it(alice: Browser, juniper: Brand) -> None:
    from aftercart.tickets.acting import Who
    from aftercart.tickets.models import Ticket
    from aftercart.tickets.replying import note

    alice.open()
    alice.write("Hello")
    heard(juniper)
    note(Who(juniper, None), Ticket.objects.get().id, "She has written before.", clock.business(juniper))
    with alice.following() as stream:
        assert stream.lines() == ["Hello"]


def test_another_s_conversation_is_never_seen(server: Server, alice: Browser, juniper: Brand) -> None:
    bob = Browser(server, alice.key)
    alice.open()
    bob.open()
    alice.write("I am Alice")
    bob.write("I am Bob")
    threads = [fact.thread for fact in heard(juniper)]
    with alice.following() as hers, bob.following() as his:
        assert (hers.lines(), his.lines()) == (["I am Alice"], ["I am Bob"])
        answered(juniper, threads[0], "Hello Alice")
        assert hers.next()["data"]["text"] == "Hello Alice"
        assert his.nothing()


@pytest.mark.parametrize("token", ["", "nonsense", "A" * 60])
def test_without_its_token_a_conversation_is_closed(alice: Browser, token: str) -> None:
    alice.token = token
    assert httpx.get(alice.url("events"), headers=alice.headers).status_code == 401
    assert alice.post("messages", id="0123456789", text="Hello").status_code == 401
    assert alice.post("email", email="alice@example.com").status_code == 401


def test_a_token_of_one_brand_opens_nothing_at_another(server: Server, alice: Browser) -> None:
    fern = Brand.objects.create(slug="fern", name="Fern", from_email="a@fern.example", country="GB")
    other = Browser(server, opened(fern), slug="fern").let_in()
    alice.open()
    other.token = alice.token
    assert other.post("messages", id="0123456789", text="Hello").status_code == 401


def test_whom_the_shop_names_is_proven_and_whom_it_does_not_is_told_so(alice: Browser, juniper: Brand) -> None:
    opened_as = alice.open(identity=jwt())
    told = alice.write("It is me", identity=jwt(), email="somebody@else.example")
    expired = alice.write("Still me", identity=jwt(exp=int(time.time()) - 300))
    forged = alice.write("Me too", identity=jwt("another secret"))
    stranger = alice.write("And me", email="alice@example.com")

    assert (opened_as["proven"], told["proven"], told["doubt"]) == (True, True, "")
    assert [(one["proven"], one["doubt"]) for one in (expired, forged, stranger)] == [
        (False, "expired"), (False, "invalid"), (False, ""),
    ]  # fmt: skip
    facts = heard(juniper)
    assert len({fact.thread for fact in facts}) == 1, "the chat goes on"
    proven, *others = facts
    assert proven.proven and (proven.customer.external_id, proven.customer.email) == ("7001", "alice@example.com")
    assert not any(fact.proven or fact.customer.external_id for fact in others)
    assert [bool(fact.notes) for fact in facts] == [False, True, True, False]


def test_another_customer_at_the_same_browser_begins_anew(alice: Browser, juniper: Brand) -> None:
    alice.open()
    alice.write("Not signed in yet")
    alice.write("Now I am", identity=jwt())
    refused = alice.post("messages", id="0123456789", text="I am Bob", identity=jwt(sub="7002"))
    assert refused.status_code == 409
    alice.open(identity=jwt(sub="7002"))
    alice.write("I am Bob", identity=jwt(sub="7002"))

    facts = heard(juniper)
    assert facts[0].thread == facts[1].thread != facts[2].thread
    with alice.following() as stream:
        assert stream.lines() == ["I am Bob"]


def test_only_pages_of_the_shop_may_ask_and_may_read_why_not(alice: Browser) -> None:
    allowed = alice.settings("de")
    assert allowed.headers["access-control-allow-origin"] == SHOP
    assert allowed.json()["texts"]["send"] == "Senden" and allowed.json()["language"] == "de"
    assert alice.settings("xx").json()["language"] == "en"
    asked = httpx.options(alice.url("messages"), headers=alice.headers)
    assert asked.status_code == 200 and "authorization" in asked.headers["access-control-allow-headers"]
    alice.origin = "https://elsewhere.example"
    assert alice.settings().status_code == 403
    alice.origin, alice.key = SHOP, "pk_invented"
    assert alice.settings().status_code == 404


def test_nothing_is_remembered_in_cookies(alice: Browser) -> None:
    answers = [alice.settings(), alice.post("conversations")]
    assert not any(
        "set-cookie" in answer.headers or "access-control-allow-credentials" in answer.headers for answer in answers
    )


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"id": "0123456789", "text": ""}, 422, "text"),
        ({"id": "0123456789", "text": "  \n"}, 422, "text"),
        ({"id": "0123456789", "text": "x" * 4001}, 422, "text"),
        ({"id": "0", "text": "Hello"}, 422, "id"),
        ({"id": "0123456789", "text": "Hello", "thread": "0" * 32}, 422, "thread"),
        ({"id": "0123456789", "text": "Hello", "email": "nobody"}, 422, "email"),
        ({"id": "0123456789", "text": "x" * 6_000_000}, 413, "body"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(
    alice: Browser, body: dict[str, object], status: int, param: str
) -> None:
    alice.open()
    refused = alice.post("messages", **body)
    assert (refused.status_code, refused.json()["error"]["param"]) == (status, param)
    assert refused.headers["access-control-allow-origin"] == SHOP


def test_odd_letters_arrive_as_they_were(alice: Browser, juniper: Brand) -> None:
    alice.open()
    alice.write("\0 <b>Ünïcode</b> \u202e 日本 👩‍👩‍👧 \r\n\u0007")
    heard(juniper)
    with alice.following() as stream:
        assert stream.lines() == ["<b>Ünïcode</b> \u202e 日本 👩‍👩‍👧 \r\n\u0007".strip()]


def test_no_card_number_is_stored_anywhere_not_even_raw(alice: Browser, juniper: Brand) -> None:
    alice.open()
    alice.write("My card is 4242 4242 4242 4242, and the order 1042")
    raw = [sealed.opened(juniper.id, bytes(one.body)) for one in Payload.objects.all()]
    assert len(raw) == 1 and b"4242 4242" not in raw[0] and b"1042" in raw[0]
    (fact,) = heard(juniper)
    assert fact.text == "My card is [card ending 4242], and the order 1042"


def test_too_many_messages_wait_and_are_told_how_long(alice: Browser) -> None:
    alice.open()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda n: alice.post("messages", id=f"message-{n:04}", text="Again"), range(60)))
    refused = [answer for answer in answers if answer.status_code == 429]
    freed = (time.monotonic() - began) * 30 / 60
    assert 30 <= len(answers) - len(refused) <= 31 + freed
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_a_key_that_was_revoked_ends_the_streams_it_opened(alice: Browser, juniper: Brand) -> None:
    alice.open()
    with alice.following() as stream:
        stream.lines()
        storefronts.revoke(juniper, "shop", at=clock.machine(), by="maren")
        assert stream.ended.wait(30)


def test_an_address_that_was_left_is_kept_with_when_somebody_last_looked(alice: Browser, juniper: Brand) -> None:
    alice.open()
    assert alice.post("email", email="alice@example.com", language="de").json() == {"email": "alice@example.com"}
    with alice.following() as stream:
        stream.lines()
        time.sleep(0.3)
    row = Conversation.objects.get(brand=juniper)
    assert (row.email, row.language) == ("alice@example.com", "de")
    assert clock.machine() - row.seen_at < timedelta(seconds=30)


def test_on_sigterm_streams_end_at_once_and_go_on_elsewhere(alice: Browser, juniper: Brand, server: Server) -> None:
    alice.open()
    alice.write("Hello")
    (fact,) = heard(juniper)
    with serving(database_url()) as other:
        alice.server = other
        with alice.following() as stream:
            assert stream.lines() == ["Hello"]
            began = time.monotonic()
            os.kill(other.process.pid, signal.SIGTERM)
            assert stream.ended.wait(15) and other.process.wait(15) == 0
            assert time.monotonic() - began < 8
    answered(juniper, fact.thread, "While you were away")
    alice.server = server
    with alice.following(stream.last) as again:
        assert again.lines() == ["While you were away"]

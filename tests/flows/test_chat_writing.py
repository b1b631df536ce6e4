"""Who looks at a conversation sees that the other side is writing, and nobody else does."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.brands.models import Brand, Member
from aftercart.intake.models import Payload
from aftercart.plumbing import clock, ids
from aftercart.tickets import services as tickets
from aftercart.tickets import signs
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.storing import Arrival
from tests.flows.chat_world import PATIENCE, Browser, Following, answered, follow, heard, jwt, opened, until_it_listens
from tests.flows.intake_world import Server
from tests.flows.test_live import signed_in

TOKEN = "c" * 32


@pytest.fixture
def alice(alice: Browser) -> Browser:
    alice.open()
    return alice


@pytest.fixture
def maren(juniper: Brand) -> dict[str, str]:
    """What the browser of an agent sends along."""
    staff = signed_in(juniper)
    Member.objects.update(role="agent")
    return {"cookie": f"{staff['cookie']}; csrftoken={TOKEN}", "x-csrftoken": TOKEN}


def signs_at_the_desk(server: Server, ticket: Ticket, agent: dict[str, str], slug: str = "juniper") -> int:
    url = f"{server.url}/desk/{slug}/tickets/{ticket.number}/writing/"
    return httpx.post(url, headers=agent, timeout=30).status_code


@contextmanager
def desk(server: Server, agent: dict[str, str]) -> Iterator[Following]:
    with follow(f"{server.url}/live/juniper/desk", agent) as stream:
        assert "at" in stream.next()["data"]
        until_it_listens()
        yield stream


def writes(stream: Following, seconds: float = PATIENCE) -> str:
    """In which conversation somebody is said to write; that something has changed may come late."""
    while not (thread := stream.next(seconds)["data"].get("writing")):
        pass
    return str(thread)


def silent(stream: Following) -> bool:
    with suppress(queue.Empty):
        return not writes(stream, 0.5)
    return True


@pytest.mark.django_db(transaction=True)
def test_the_desk_sees_that_a_customer_writes(
    server: Server, alice: Browser, juniper: Brand, maren: dict[str, str]
) -> None:
    alice.write("Where is it?")
    (fact,) = heard(juniper)
    before = (Message.objects.count(), Payload.objects.count())
    with alice.following() as own, desk(server, maren) as seen:
        own.lines()
        assert alice.post("writing").status_code == 200
        assert writes(seen) == fact.thread
        assert alice.post("writing").status_code == 200
        assert silent(seen), "once in three seconds"
        assert own.nothing(), "nobody is told of themselves"
    assert (Message.objects.count(), Payload.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_the_customer_sees_that_an_answer_is_written_and_no_one_else_does(
    server: Server, alice: Browser, juniper: Brand, maren: dict[str, str]
) -> None:
    bob = Browser(server, alice.key)
    bob.open()
    alice.write("Where is it?")
    (fact,) = heard(juniper)
    bob.write("Hello")
    heard(juniper)
    with alice.following() as hers, bob.following() as his, desk(server, maren) as seen:
        (hers.lines(), his.lines())
        assert signs_at_the_desk(server, Ticket.objects.earliest("number"), maren) == 204
        told = hers.next()
        assert (told["event"], told["data"]) == ("writing", {}), "by nobody's name"
        assert signs_at_the_desk(server, Ticket.objects.earliest("number"), maren) == 204
        assert hers.nothing(), "once in three seconds"
        assert his.nothing() and silent(seen)
        answered(juniper, fact.thread, "In Leipzig.")
        assert hers.next()["data"]["text"] == "In Leipzig.", "what is said is still told"


@pytest.mark.django_db(transaction=True)
def test_who_shows_no_token_of_theirs_signals_nothing(
    server: Server, alice: Browser, juniper: Brand, maren: dict[str, str]
) -> None:
    dana = Browser(server, alice.key)
    dana.open(identity=jwt(sub="8001"))
    dana.write("Where is it?", identity=jwt(sub="8001"))
    heard(juniper)
    fern = Brand.objects.create(slug="fern", name="Fern", from_email="a@fern.example", country="GB")
    elsewhere = Browser(server, opened(fern), slug="fern").let_in()
    with desk(server, maren) as seen:
        kept, elsewhere.token = dana.token, dana.token
        assert elsewhere.post("writing").status_code == 401
        assert dana.post("writing", identity=jwt(sub="9002")).status_code == 409, "another customer at the same browser"
        for dana.token in ("", "nonsense", "A" * 60, kept[:-2] + ("AA" if kept[-2:] != "AA" else "BB")):
            assert dana.post("writing").status_code == 401
        assert silent(seen)
        dana.token = kept
        assert dana.post("writing", identity=jwt(sub="8001")).status_code == 200
        assert writes(seen)


@pytest.mark.django_db(transaction=True)
def test_only_staff_of_the_brand_sign_and_only_where_there_is_a_chat(
    server: Server, alice: Browser, juniper: Brand, maren: dict[str, str]
) -> None:
    alice.write("Where is it?")
    heard(juniper)
    ticket, now = Ticket.objects.get(), clock.business(juniper)
    mail = Arrival(
        brand_id=juniper.id, source="mail", known_by="1", customer_id=ids.new(), channel="email", at=now, known_at=now,
        text="By mail", sender="bob@post.example",
    )  # fmt: skip
    (other,) = tickets.place(juniper, [mail], now)
    stranger = signed_in(Brand.objects.create(slug="fern", name="Fern", country="GB"), "stranger")
    strange = {"cookie": f"{stranger['cookie']}; csrftoken={TOKEN}", "x-csrftoken": TOKEN}
    with alice.following() as hers:
        hers.lines()
        assert signs_at_the_desk(server, ticket, strange) == 404
        assert signs_at_the_desk(server, ticket, {"cookie": maren["cookie"]}) == 403, "from another site"
        assert signs_at_the_desk(server, other, maren) == 204
        assert hers.nothing()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 8)), max_size=60))
def test_signs_of_one_are_three_seconds_apart_and_none_waits_longer(steps: list[tuple[str, int]]) -> None:
    seldom, now = signs.Seldom(), 100.0
    last: dict[str, float] = {}
    for whose, quarters in steps:
        now += quarters / 4
        due = now - last.get(whose, 0) >= signs.EVERY_SECONDS
        assert seldom.passes(whose, now) == due
        if due:
            last[whose] = now


def test_what_is_remembered_of_many_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "MOST_REMEMBERED", 10)
    seldom = signs.Seldom()
    assert all(seldom.passes(n, 10.0 * n) for n in range(1, 100)) and len(seldom._until) <= 11

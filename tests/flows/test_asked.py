"""The page that a question opens: looking answers nothing, one tap there does, and it can be changed for a day."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.orders.models import NotReceived, Order
from aftercart.outbox.models import OutgoingBody
from aftercart.outreach.models import Answer, Decision
from aftercart.outreach.questions import terms
from aftercart.plumbing import clock
from aftercart.watch.models import Watch
from tests.flows.customer import path_of, see, text_of
from tests.flows.speaking_world import reach
from tests.flows.test_questions import CAME, HOUR, asking, order  # noqa: F401
from tests.flows.test_watch import wait
from tests.world import NOW


def links(brand: Brand, at: timedelta = 49 * HOUR) -> tuple[str, str]:
    """Where yes and no lead, in the mail that asked."""
    wait(CAME + at)
    set_clock(brand, CAME + at, rate=0)
    yes, no = re.findall(r"http\S+/asked/\S+", OutgoingBody.objects.get().text)
    return urlsplit(yes).path, urlsplit(no).path


@pytest.fixture
def how_was_it(asking: Brand) -> tuple[str, str]:  # noqa: F811
    reach(asking, CAME, *order())
    return links(asking)


@pytest.fixture
def is_it_there(asking: Brand) -> tuple[str, str]:  # noqa: F811
    terms.publish(asking, at=NOW, by="Noor", ask={"ask_delivery": None})
    reach(asking, CAME, *order(left="neighbour"))
    return links(asking, 25 * HOUR)


def test_opening_a_link_answers_nothing(how_was_it: tuple[str, str], client: Client) -> None:
    for path in how_was_it:
        for _ in range(2):
            page = see(client, path)
            assert "How was the delivery of order 101?" in page and "Tap once more" in page
        assert client.head(path).status_code == 200
    assert not Answer.objects.exists()


def test_what_was_tapped_stands_first(how_was_it: tuple[str, str], client: Client) -> None:
    yes, no = (client.get(path).content.decode() for path in how_was_it)
    assert yes.index('value="yes"') < yes.index('value="no"') and no.index('value="no"') < no.index('value="yes"')
    assert [page.count('data-kind="primary"') for page in (yes, no)] == [1, 1]


def test_an_answer_given_twice_is_one_and_a_comment_can_follow(how_was_it: tuple[str, str], client: Client) -> None:
    path = how_was_it[1]
    for _ in range(2):
        assert client.post(path, {"say": "no"}).status_code == 303
    given = Answer.objects.get()
    assert (given.kind, given.yes, given.carrier, given.language) == ("ask_delivery", False, "ups", "en")
    page = see(client, path)
    assert "Thank you" in page and "A person at Juniper & Clay reads what went wrong" in page
    assert "help@juniper-and-clay.example" in page

    client.post(path, {"comment": "  Left in <b>the rain</b>.\n"})
    assert Answer.objects.get().comment == "Left in <b>the rain</b>."
    assert "&lt;b&gt;the rain" in client.get(path).content.decode()


def test_an_answer_can_be_changed_for_a_day(asking: Brand, how_was_it: tuple[str, str], client: Client) -> None:  # noqa: F811
    client.post(how_was_it[0], {"say": "yes"})
    given = Answer.objects.get()
    set_clock(asking, given.at + 23 * HOUR, rate=0)
    client.post(how_was_it[0], {"say": "no"})
    assert not Answer.objects.get().yes and Answer.objects.get().at == given.at
    set_clock(asking, given.at + 25 * HOUR, rate=0)
    client.post(how_was_it[0], {"say": "yes"})
    client.post(how_was_it[0], {"comment": "too late"})
    assert not Answer.objects.get().yes and Answer.objects.get().comment == ""
    assert "change your answer" not in see(client, how_was_it[0])


def test_a_question_is_closed_after_two_weeks(asking: Brand, how_was_it: tuple[str, str], client: Client) -> None:  # noqa: F811
    set_clock(asking, Decision.objects.get().at + timedelta(days=14), rate=0)
    assert "This question is closed." in see(client, how_was_it[0])
    client.post(how_was_it[0], {"say": "yes"})
    assert not Answer.objects.exists()


def test_no_does_what_the_tracking_page_does_and_so_does_yes(
    asking: Brand,  # noqa: F811
    is_it_there: tuple[str, str],
    client: Client,
) -> None:
    yes, no = is_it_there
    client.post(no, {"say": "no"})
    missed = NotReceived.objects.get()
    at = clock.business(asking)
    assert not missed.found and missed.number == "1Z1" and missed.reported_at == at
    assert Watch.objects.get().look_at == at, "it is judged at once"
    assert "See what happens next" in see(client, no)
    assert "Not with you yet" in see(client, path_of(asking, Order.objects.get()))

    set_clock(asking, at + HOUR, rate=0)
    client.post(yes, {"say": "yes"})
    assert NotReceived.objects.get().found and Answer.objects.get().yes
    assert "You need do nothing more." in see(client, yes)


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "ja"])
def test_it_speaks_the_customers_language(how_was_it: tuple[str, str], client: Client, language: str) -> None:
    before = see(client, f"{how_was_it[1]}?lang={language}")
    client.post(f"{how_was_it[1]}?lang={language}", {"say": "no"})
    after = see(client, f"{how_was_it[1]}?lang={language}")
    assert Answer.objects.get().language == language
    english = ("Tap once more", "Thank you", "change your answer", "Go to your order")
    assert [word for word in english if word in before + after] == (list(english) if language == "en" else [])


@pytest.mark.parametrize("token", ["x", "yAAAAAAAAAAAAAAAAAAAAAA.1xX.abc"])
def test_a_link_that_is_not_ours_answers_nothing(asking: Brand, client: Client, token: str) -> None:  # noqa: F811
    response = client.post(f"/t/juniper/asked/{token}/", {"say": "no"})
    assert response.status_code == 404 and "Answer" not in text_of(response) and not Answer.objects.exists()

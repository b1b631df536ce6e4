"""Staff see what customers answered, and no share that a handful of answers makes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from aftercart.brands.models import Brand, Member
from aftercart.brands.services import set_clock
from aftercart.ops.answers import LEAST, TOO_FEW
from aftercart.orders.models import Order
from aftercart.outreach.models import Answer
from aftercart.plumbing import ids
from tests.flows.customer import text_of
from tests.flows.test_asked import how_was_it  # noqa: F401
from tests.flows.test_questions import CAME, asking  # noqa: F401

PAGE = "/ops/juniper/notices/answers/"


@pytest.fixture
def staff(asking: Brand) -> Client:  # noqa: F811
    user, client = User.objects.create_user("maren"), Client()
    Member.objects.create(brand=asking, user=user)
    client.force_login(user)
    return client


def answered(brand: Brand, count: int, *, yes: bool, carrier: str) -> None:
    Answer.objects.bulk_create(
        Answer(
            id=ids.new(CAME), brand=brand, kind="ask_delivery", order_id=ids.new(CAME), carrier=carrier, yes=yes,
            language="en", at=CAME + timedelta(hours=n),
        )
        for n in range(count)
    )  # fmt: skip


def test_before_anybody_was_asked_it_says_how_to(staff: Client) -> None:
    assert "Nobody has been asked yet" in text_of(staff.get(PAGE))


def test_a_share_is_shown_from_twenty_answers_on(asking: Brand, staff: Client) -> None:  # noqa: F811
    set_clock(asking, CAME + timedelta(days=3), rate=0)
    answered(asking, LEAST - 1, yes=True, carrier="ups")
    assert text_of(staff.get(PAGE)).count(TOO_FEW) == 3, "in all, by carrier and by month"
    answered(asking, 6, yes=False, carrier="usps")
    page = text_of(staff.get(PAGE))
    assert "How was the delivery? 76 % say yes." in page.replace("\xa0", " ")
    assert "19 of 25 answers" in page and page.count(TOO_FEW) == 2, "neither carrier has enough"


def test_a_no_and_its_words_stand_on_the_page_and_in_the_story(
    staff: Client,
    client: Client,
    how_was_it: tuple[str, str],  # noqa: F811
) -> None:
    client.post(how_was_it[1], {"say": "no"})
    client.post(how_was_it[1], {"comment": "Left in <the> rain."})
    assert "Left in &lt;the&gt; rain." in staff.get(PAGE).content.decode()
    order = Order.objects.get()
    assert "How was the delivery? No" in text_of(staff.get(f"/ops/juniper/orders/{order.id}/"))

"""What operators see of the ways out: what became of a message, and which line is in trouble."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from aftercart.brands.models import Brand, Member
from aftercart.facts import Outcome
from aftercart.ops import health
from aftercart.outbox import handover, reports
from aftercart.outbox.models import Line
from aftercart.plumbing import clock
from tests.flows.test_lines import postmark
from tests.flows.test_outbox import owe
from tests.flows.test_reports import told
from tests.gateway import Answer, gateway
from tests.world import NOW


@pytest.fixture
def staff(brand: Brand, client: Client) -> Client:
    user = User.objects.create_user("maren")
    Member.objects.create(brand=brand, user=user)
    client.force_login(user)
    return client


def test_a_notice_says_through_which_line_it_left_and_what_its_provider_told(brand: Brand, staff: Client) -> None:
    with gateway() as there:
        there.usual = Answer(body=b'{"MessageID":"pm-1","ErrorCode":0,"Message":"OK"}')
        postmark(brand, there.url, name="main")
        outgoing = owe(brand)
        handover.drain({})
    reports.record(brand.id, [told(Outcome.HARD_BOUNCED, message_id="pm-1", reason="no such mailbox")], NOW)

    page = staff.get(f"/ops/juniper/notices/{outgoing}/").content.decode()
    for words in ("through main", "pm-1", "Came back: nobody is at this address", "no such mailbox"):
        assert words in page


def test_the_status_names_the_line_that_is_in_trouble_and_no_other(brand: Brand) -> None:
    postmark(brand, "http://127.0.0.1:9", name="good")
    postmark(brand, "http://127.0.0.1:9", name="bad")
    Line.objects.filter(name="bad").update(failures=3, open_until=clock.machine(), error="answered 500")

    said = health.status()["lines_failing"]
    assert isinstance(said, list) and len(said) == 1
    assert said[0].startswith("email of juniper through bad is in trouble until ") and said[0].endswith("answered 500")

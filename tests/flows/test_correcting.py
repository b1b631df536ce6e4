"""What an agent says a ticket is about teaches the reader of the next message; taken back, it is forgotten."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Act, Ticket
from aftercart.triage.correcting import relabel, undo
from aftercart.understanding.models import Example
from aftercart.understanding.services import TaxonomyError, add_category, correct, reader_for
from aftercart.understanding.themes import Said
from tests.flows.ops_rows import staff
from tests.flows.test_themes import take_in
from tests.telling import days
from tests.world import NOW

ODD = "the zibble of order 10421 has gone flat"


@pytest.fixture
def ticket(brand: Brand) -> Ticket:
    take_in(brand, [Said("odd", ODD, NOW - days(1))])
    return Ticket.objects.get()


def who(brand: Brand) -> Who:
    return Who(brand, User.objects.get_or_create(username="maren")[0].id)


def taught() -> list[tuple[str, str, str, str, str]]:
    return list(Example.objects.values_list("text", "label", "language", "source", "by"))


def test_a_label_by_hand_is_a_correction(brand: Brand, ticket: Ticket) -> None:
    relabel(who(brand), ticket.id, NOW, cause="loyalty")
    assert Ticket.objects.get().cause == "loyalty"
    assert taught() == [("the zibble of order 00000 has gone flat", "loyalty", "en", "correction", "maren")]


def test_taken_back_it_is_forgotten(brand: Brand, ticket: Ticket) -> None:
    before = reader_for(brand)
    act = relabel(who(brand), ticket.id, NOW, cause="loyalty")
    undo(who(brand), act.id, NOW)
    assert Ticket.objects.get().cause == "" and taught() == []
    assert reader_for(brand) is not before


def test_what_was_said_of_the_text_since_stays(brand: Brand, ticket: Ticket) -> None:
    act = relabel(who(brand), ticket.id, NOW, cause="loyalty")
    correct(brand, ODD, "subscription", by="noor", at=NOW)
    undo(who(brand), act.id, NOW)
    assert [label for _, label, *_ in taught()] == ["subscription"]


def test_what_was_read_rightly_teaches_nothing_and_an_order_alone_neither(brand: Brand) -> None:
    take_in(brand, [Said("right", ODD, NOW - days(1))], category="loyalty", confidence=0.9)
    ticket = Ticket.objects.get()
    relabel(who(brand), ticket.id, NOW, cause="loyalty")
    relabel(who(brand), ticket.id, NOW, order_id=ticket.id)
    assert taught() == []


def test_a_cause_that_the_brand_does_not_have_changes_nothing(brand: Brand, ticket: Ticket) -> None:
    with pytest.raises(TaxonomyError, match="none called 'engraving'"):
        relabel(who(brand), ticket.id, NOW, cause="engraving")
    assert Ticket.objects.get().cause == "" and not Act.objects.exists()


def test_the_desk_offers_a_brands_own_categories_and_its_label_teaches(
    brand: Brand, ticket: Ticket, client: Client
) -> None:
    set_clock(brand, NOW, rate=0)
    add_category(brand, "whistling lid", by="maren", at=NOW)
    client.force_login(staff("alice", brand))
    from django.urls import reverse

    page = client.get(reverse("desk:ticket", args=["juniper", ticket.number])).content.decode()
    assert '<option value="whistling lid"' in page and "Whistling lid" in page
    client.post(reverse("desk:relabel", args=["juniper", ticket.number]), {"cause": "whistling lid"})
    assert Ticket.objects.get().cause == "whistling lid"
    assert [(label, by) for _, label, _, _, by in taught()] == [("whistling lid", "alice")]

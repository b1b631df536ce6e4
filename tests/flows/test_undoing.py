"""What one person took back is as if it had never been done, and what another did since stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from aftercart.brands.models import Brand
from aftercart.tickets import acting, replying
from aftercart.tickets import services as tickets
from aftercart.tickets.acting import Who
from aftercart.tickets.models import Act, Ticket
from aftercart.watch.models import Concern
from tests.flows.test_placing import BEN, HOUR, NOW, ORDER, wrote

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def who(brand: Brand) -> Who:
    return Who(brand, None)


@pytest.fixture
def ticket(brand: Brand) -> Ticket:
    (made,) = tickets.place(brand, [wrote(brand, "a")], NOW)
    return made


def stands(ticket: Ticket) -> Ticket:
    ticket.refresh_from_db()
    return ticket


def test_a_tag_that_is_taken_back_leaves_those_that_others_gave(who: Who, ticket: Ticket) -> None:
    gift = acting.tag(who, ticket.id, NOW, add=["gift"])
    acting.tag(who, ticket.id, NOW, add=["vip"])
    acting.undo(who, gift.id, NOW)
    assert stands(ticket).tags == ["vip"]
    gone = acting.tag(who, ticket.id, NOW, remove=["vip"])
    acting.tag(who, ticket.id, NOW, add=["late"])
    acting.undo(who, gone.id, NOW)
    assert stands(ticket).tags == ["late", "vip"]


def test_whoever_has_it_now_keeps_it_when_an_older_handing_over_is_taken_back(who: Who, ticket: Ticket) -> None:
    first, second = acting.assign(who, ticket.id, 5, NOW), acting.assign(who, ticket.id, 6, NOW)
    acting.undo(who, first.id, NOW)
    assert stands(ticket).assignee_id == 6
    acting.undo(who, second.id, NOW)
    assert stands(ticket).assignee_id is None, "the first is taken back as well"


def test_a_sleep_that_is_taken_back_wakes_nothing_that_was_resolved_meanwhile(who: Who, ticket: Ticket) -> None:
    slept = acting.snooze(who, ticket.id, NOW, until=NOW + HOUR)
    acting.resolve(who, ticket.id, NOW + MINUTE)
    acting.undo(who, slept.id, NOW + 2 * MINUTE)
    assert stands(ticket).state == Ticket.RESOLVED


def test_nor_does_it_hide_what_was_written_meanwhile(brand: Brand, who: Who, ticket: Ticket) -> None:
    replying.reply(who, ticket.id, "Tomorrow.", NOW + MINUTE)
    slept = acting.snooze(who, ticket.id, NOW + 2 * MINUTE, until=NOW + HOUR)
    woken = acting.wake_up(who, ticket.id, NOW + 3 * MINUTE)
    tickets.place(brand, [wrote(brand, "b", 0.5)], NOW + HOUR / 2)
    for act in (woken, slept):
        acting.undo(who, act.id, NOW + HOUR)
        assert stands(ticket).state == Ticket.OPEN and ticket.snoozed_until is None


def test_a_sleep_and_a_waking_can_be_taken_back(who: Who, ticket: Ticket) -> None:
    slept = acting.snooze(who, ticket.id, NOW, until=NOW + HOUR)
    longer = acting.snooze(who, ticket.id, NOW, until=NOW + 2 * HOUR)
    acting.undo(who, longer.id, NOW)
    assert stands(ticket).snoozed_until == NOW + HOUR and ticket.state == Ticket.SNOOZED
    woken = acting.wake_up(who, ticket.id, NOW)
    acting.undo(who, woken.id, NOW)
    assert stands(ticket).snoozed_until == NOW + HOUR and ticket.state == Ticket.SNOOZED
    acting.undo(who, slept.id, NOW)
    assert stands(ticket).snoozed_until is None and ticket.state == Ticket.OPEN


def worry(brand: Brand, order: UUID) -> Concern:
    return Concern.objects.create(
        id=uuid4(), brand=brand, order_id=order, subject_id=order, kind="stalled", opened_at=NOW
    )


@pytest.mark.parametrize("kind", [Act.MERGE, Act.RELABEL])
def test_what_worried_about_another_order_goes_with_it(brand: Brand, who: Who, ticket: Ticket, kind: str) -> None:
    known = worry(brand, ORDER)
    (other,) = tickets.place(brand, [wrote(brand, "b", 1, BEN, order_id=ORDER)], NOW + HOUR)
    if kind == Act.MERGE:
        act = acting.merge(who, ticket.id, other.id, NOW + HOUR)
    else:
        act = acting.relabel(who, ticket.id, NOW, order_id=ORDER)
    assert stands(ticket).concern_id == known.id
    acting.undo(who, act.id, NOW)
    assert stands(ticket).concern_id is None and ticket.order_id is None

"""Messages become tickets, in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from aftercart.brands.models import Brand
from aftercart.tickets import services as tickets
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.storing import Arrival, key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPACE = UUID(int=9)
ANN, BEN = uuid5(SPACE, "ann"), uuid5(SPACE, "ben")
ORDER = uuid5(SPACE, "1042")
pytestmark = pytest.mark.django_db


def wrote(brand: Brand, name: str, hours: float = 0, who: UUID = ANN, **more: object) -> Arrival:
    usual: dict[str, object] = {
        "text": f"Where is it? {name}", "channel": "email", "sender": f"{who}@mail.example", "known_at": NOW + hours * HOUR,
        "keys": (key(brand.id, "mail", name),), "category": "wismo_shipping_status",
    }  # fmt: skip
    return Arrival(
        brand_id=brand.id, source="mail", known_by=name, customer_id=who, at=NOW + hours * HOUR, **(usual | more)  # type: ignore[arg-type]
    )


def test_two_mails_about_one_parcel_are_one_ticket_whatever_they_came_by(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a", order_id=ORDER)], NOW)
    tickets.place(brand, [wrote(brand, "b", 5, channel="chat", order_id=ORDER)], NOW)
    (ticket,) = Ticket.objects.all()
    assert (ticket.messages, ticket.contacts, ticket.repeats, ticket.channel) == (2, 2, 1, "chat")
    assert ticket.state == Ticket.OPEN and ticket.waiting_since == NOW and ticket.number >= 1001
    assert [one["why"] for one in ticket.why] == ["first", "same_order"]


def test_the_same_mail_twice_is_one_message(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a"), wrote(brand, "a")], NOW)
    assert tickets.place(brand, [wrote(brand, "a")], NOW) == []
    assert Message.objects.count() == 1


def test_two_customers_never_share_a_ticket(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a", order_id=ORDER)], NOW)
    tickets.place(brand, [wrote(brand, "b", 1, BEN, order_id=ORDER, answers=(key(brand.id, "mail", "a"),))], NOW)
    assert Ticket.objects.count() == 2

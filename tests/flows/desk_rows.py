"""A morning at the desk of Juniper & Clay: what its customers wrote on the day of `ops_rows`, placed as it would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import File
from aftercart.orders.models import Order
from aftercart.people.models import Identity
from aftercart.plumbing import ids
from aftercart.tickets import services as tickets
from aftercart.tickets.models import Ticket
from aftercart.tickets.storing import Arrival
from tests.flows.ops_rows import Day, a_day
from tests.world import NOW

WISMO, RETURNS, PAYMENT = "wismo_shipping_status", "returns_exchanges", "billing_payment"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\5\0\1"
    b"\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)
PAGE = b"<html><script>alert(document.domain)</script></html>"
HTML = '<p>Where is <b>it</b>?</p><script>alert(1)</script><img src="https://tracker.example/open.gif">'


@dataclass(frozen=True, slots=True)
class Morning:
    day: Day
    bea: UUID

    @property
    def brand(self) -> Brand:
        return self.day.brand

    def ticket(self, who: str) -> Ticket:
        """The ticket that this customer's last message is in."""
        return Ticket.objects.filter(brand=self.brand, who=who).exclude(state=Ticket.GONE).latest("last_at")


def writes(brand: Brand, text: str, who: UUID, ago: timedelta, **more: Any) -> list[Ticket]:
    """A customer's message, placed."""
    at = NOW - ago
    usual: dict[str, Any] = {"channel": "email", "known_at": at, "language": "en"}
    usual |= {"subject": "Question"} if more.get("channel", "email") == "email" else {}
    arrival = Arrival(
        brand_id=brand.id, source="mail", known_by=str(ids.new()), customer_id=who, at=at, text=text, **(usual | more)
    )
    return tickets.place(brand, [arrival], NOW)


def a_morning(brand: Brand) -> Morning:
    """Bea about her stalled parcel by mail and chat; five others about other things, each by another channel."""
    day = a_day(brand)
    # Acts are told apart by their moments, so time goes on.
    set_clock(brand, NOW, rate=1)
    order = Order.objects.get(id=day.order)
    bea = order.customer_id or ids.new()
    Identity.objects.create(brand=brand, customer_id=bea, kind="email", value="bea@post.example", proof="order")
    about: dict[str, Any] = {"order_id": order.id, "category": WISMO, "sender": "bea@post.example"}
    about |= {"sender_name": "Bea Lund", "trust": "proven"}
    writes(
        brand, "Where is my order 1001?\nIt should be here by now.", bea, timedelta(hours=27), **about, html=HTML,
        quoted="On Monday Juniper & Clay wrote:\nYour parcel is on its way.",
        files=(File(name="photo.png", content=PNG, type="image/png"), File(name="page.html", content=PAGE)),
    )  # fmt: skip
    writes(
        brand, "Hello? Nobody answers. I want to talk to a person!", bea, timedelta(hours=5),
        **(about | {"channel": "chat", "signals": ("person", "anger")}),
    )  # fmt: skip
    for n, (name, text, how) in enumerate(OTHERS):
        writes(brand, text, ids.new(), timedelta(hours=3, minutes=7 * n), sender_name=name, **how)
    return Morning(day, bea)


OTHERS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "Kenji Mori", "The mug that I sent back on the 2nd: when do I get my money?",
        {"category": RETURNS, "sender": "kenji@post.example"},
    ),
    ("Ana Prado", "Can I change the colour of the vase?", {"category": "order_change_cancel", "channel": "sms",
                                                         "sender": "+351912345678"}),
    ("Théo Roux", "Is the blue bowl safe for the oven?", {"category": "product_question", "channel": "form",
                                                         "sender": "theo@post.example"}),
    ("@clayfan", "Your parcels never arrive!! @juniper", {"category": WISMO, "channel": "instagram", "public": True,
                                                         "handle": "@clayfan", "signals": ("anger",)}),
    ("Dot Hale", "I was charged twice.", {"category": PAYMENT, "channel": "whatsapp", "sender": "+447700900123",
                                         "trust": "doubted", "signals": ("legal",)}),
]  # fmt: skip

"""No card number gets from a customer's message into a table; the numbers of their parcels do."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.tickets.models import Body, Message
from tests.flows.test_taking import order, shop, take, wrote
from tests.flows.test_watch import hear
from tests.telling import placed, shipped
from tests.world import NOW

__all__ = ["shop"]
CARD = "4242 4242 4242 4242"
# Of Canada Post by its check digit, and of Visa by Luhn's, as one in ten is.
PARCEL = "4213486683428896"


def everything() -> str:
    """Every row of every table, as text."""
    told = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
            told += [row for (row,) in cursor.fetchall()]
    return "\n".join(told)


def test_a_card_is_in_no_table_and_its_message_is_understood_all_the_same(shop: Brand) -> None:
    html = "<p>Where is my order 101? My card: 4242<b>4242</b>&nbsp;4242 4242, IBAN DE89 3704 0044 0532 0130 00</p>"
    take(
        shop,
        wrote(
            f"Where is my order 101? My card: {CARD}",
            subject=f"card {CARD}",
            quoted=f"> {CARD}",
            html=html,
            message_id="a",
        ),
    )
    kept = everything().replace(" ", "")
    assert "42424242" not in kept and "0532013000" not in kept
    body = Body.objects.get()
    assert body.text == "Where is my order 101? My card: [card ending 4242]"
    assert Message.objects.get().order_id == order("101").id


def test_a_parcel_s_number_that_could_be_a_card_s_stays_where_the_shop_knows_it(shop: Brand) -> None:
    take(shop, wrote(f"Hello, {PARCEL}?"))
    assert Body.objects.get().text == "Hello, [card ending 8896]?"
    hear(shop, NOW, placed(order_id="9"), shipped(NOW, "9", PARCEL))
    take(shop, again := wrote(f"Hello again, {PARCEL}?"))
    assert Body.objects.filter(text=again.text).exists()


def test_the_desk_is_told_nothing_of_it_either(shop: Brand, settings: Any) -> None:
    (ticket,) = take(shop, wrote(CARD, subject="visa", message_id="a"))
    assert "4242 4242" not in f"{ticket.title} {ticket.snippet}"

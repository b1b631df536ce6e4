"""Answers to who asks, and the rules of returns that they rest on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of
from aftercart.cli.inspecting import AsJson


def answer(
    slug: Slug,
    number: Annotated[str, typer.Argument(metavar="ORDER", help="The order's number, as the customer calls it.")],
    question: Annotated[str, typer.Argument(help="where_is_it, where_is_my_refund or when_will_my_return_be_done.")],
    named: Annotated[str, typer.Option(help="What the customer calls the return that they ask about.")] = "",
    language: Annotated[str, typer.Option(help="That of the question; else the customer's.")] = "",
    channel: Annotated[str, typer.Option(help="email or sms.")] = "email",
    as_json: AsJson = False,
) -> None:
    """Answer a customer's question about an order from what is known now, or say why nobody can. Sends nothing."""
    setup.django()
    with setup.clear_errors():
        from aftercart.orders.models import Order
        from aftercart.orders.rules import order_number
        from aftercart.outreach import answering
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        key = order_number(number)
        known = list(Order.objects.filter(brand=brand, number_key=key).values_list("id", flat=True)[:2]) if key else []
        if len(known) != 1:
            setup.fail(f"order: {'several are' if known else 'none is'} called {number!r}")
        try:
            found = answering.answer(
                brand, question, known[0], clock.business(brand), language=language, channel=channel, named=named
            )
        except ValueError as error:
            setup.fail(str(error))
    typer.echo(json.dumps(answering.as_body(found)) if as_json else answering.as_text(found))

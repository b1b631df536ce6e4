"""The shop's side of chats: one JSON list of words a line, such as ["hear"] or ["answer", TEXT]."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

import django


def open_(origin: str) -> object:
    """The storefront key of pages of this origin, and tokens for Alice and for Bob."""
    from aftercart.brands.models import Brand
    from tests.flows.chat_world import jwt, opened

    key = opened(Brand.objects.get(slug="juniper"), origin, origin)
    return {"key": key, "alice": jwt(), "bob": jwt(sub="7002", name="Bob", email=None)}


def hours(text: str) -> object:
    """When somebody is there; "": not said."""
    from aftercart.brands.models import Brand
    from aftercart.chat import services
    from aftercart.chat.hours import written
    from aftercart.plumbing import clock

    brand = Brand.objects.get(slug="juniper")
    services.set_hours(brand, written(text) if text else None, at=clock.business(brand), by="seed")
    return text


def hear() -> object:
    """What was written becomes messages of tickets; their texts."""
    from aftercart.brands.models import Brand
    from tests.flows.chat_world import heard

    return [fact.text for fact in heard(Brand.objects.get(slug="juniper"))]


def answer(text: str) -> object:
    """The desk answers whoever wrote last."""
    from aftercart.brands.models import Brand
    from aftercart.tickets.models import Body, Message
    from tests.flows.chat_world import answered

    brand = Brand.objects.get(slug="juniper")
    last = Message.objects.filter(brand=brand, channel="chat", direction=Message.IN).order_by("known_at", "id").last()
    assert last is not None
    answered(brand, Body.objects.get(id=last.id).thread, text)
    return text


def agent(name: str) -> object:
    """Somebody who answers; the number of the ticket that was written last."""
    from django.contrib.auth.models import User

    from aftercart.brands.models import Brand
    from aftercart.tickets.models import Ticket
    from tests.flows.ops_rows import staff

    brand = Brand.objects.get(slug="juniper")
    if not User.objects.filter(username=name).exists():
        staff(name, brand)
    return Ticket.objects.filter(brand=brand).latest("last_at").number


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    does: dict[str, Callable[..., object]] = {
        "open": open_,
        "hours": hours,
        "hear": hear,
        "answer": answer,
        "agent": agent,
    }
    for line in sys.stdin:
        name, *words = json.loads(line)
        print(json.dumps(does[name](*words)), flush=True)

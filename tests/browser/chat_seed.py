"""The shop's side of a chat: `python -m tests.browser.chat_seed open ORIGIN [HOURS] | hear | answer TEXT`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

import django


def open_(origin: str, hours: str = "") -> object:
    """The storefront key of pages of this origin, and a token for Alice."""
    from aftercart.brands.models import Brand
    from aftercart.chat.hours import written
    from aftercart.plumbing import clock
    from aftercart.policies import services as policies
    from tests.flows.chat_world import jwt, opened

    brand = Brand.objects.get(slug="juniper")
    week = written(hours).plain if hours else {}
    policies.publish(brand, "chat", {"hours": week}, at=clock.business(brand), by="seed")
    return {"key": opened(brand, origin, origin), "identity": jwt(), "other": jwt(sub="7002", name="Bob", email=None)}


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


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    does: dict[str, Callable[..., object]] = {"open": open_, "hear": hear, "answer": answer}
    print(json.dumps(does[sys.argv[1]](*sys.argv[2:])))

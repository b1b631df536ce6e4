"""Opening the chat of a brand, and saying when somebody is there to answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from aftercart.brands.models import Brand, Source
from aftercart.brands.services import audit, connect, made_secret
from aftercart.chat.doors import KIND
from aftercart.chat.hours import Week
from aftercart.policies import services as policies


@transaction.atomic
def open_chat(brand: Brand, *, by: str, rotate: bool = False) -> Source:
    """The chat is open on pages that have a storefront key. `rotate`: a fresh secret, valid beside the last one.

    The secret is what the shop signs its customers' tokens with.
    """
    known = Source.objects.filter(brand=brand, kind=KIND, name="main").first()
    if known and known.secrets and known.enabled and not rotate:
        return known
    secret = "" if known and known.secrets and not rotate else made_secret()
    source = connect(brand, KIND, secret=secret, rotate=rotate)
    source.enabled = True
    source.save(update_fields=["enabled"])
    audit(brand, actor=by, action="chat.open", subject=str(source.id), detail={"fresh_secret": bool(secret)})
    return source


@transaction.atomic
def close_chat(brand: Brand, *, by: str) -> bool:
    """Its pages show nothing any more, within three seconds. False where it was not open."""
    done = Source.objects.filter(brand=brand, kind=KIND, enabled=True).update(enabled=False)
    if done:
        audit(brand, actor=by, action="chat.close", subject=brand.slug)
    return bool(done)


def set_hours(brand: Brand, week: Week | None, *, at: datetime, by: str) -> None:
    """None: nothing is said about when."""
    policies.publish(brand, KIND, {"hours": week.plain if week else {}}, at=at, by=by)


def hours_of(brand: Brand) -> Week | None:
    told = policies.newest(brand.id, KIND).get("hours")
    return Week.read(told) if told else None

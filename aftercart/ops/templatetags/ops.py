from __future__ import annotations

from datetime import datetime

from django import template

from aftercart.connectors.registry import UNVERIFIED
from aftercart.ops import keeping, lane_words, rules
from aftercart.orders.carriers import carrier_name
from aftercart.promises.models import Forecast, Promise

register = template.Library()
register.filter("kind", rules.kind_in_words)
register.filter("lane", rules.lane_in_words)
register.filter("evidence", rules.evidence_in_words)
register.filter("tone", rules.tone)
register.filter("carrier", carrier_name)
register.filter("place", rules.place_in_words)
register.filter("percent", keeping.percent)
register.filter("drift", lane_words.drift_in_words)
register.filter("days", lane_words.days_in_words)
register.filter("hours", lane_words.stage_in_words)


@register.filter
def unverified(source: str) -> bool:
    """Whether nobody has seen its connector read what was really sent."""
    return source in UNVERIFIED


@register.filter
def age(at: datetime, now: datetime) -> str:
    """How long ago that was, at the brand's `now`."""
    return rules.age_in_words(now - at)


@register.filter
def reported(outcome: str) -> str:
    """What a provider told of a message, in words."""
    return {
        "delivered": "Delivered",
        "soft_bounced": "Not taken for now; its provider tries again",
        "failed": "Not delivered",
        "hard_bounced": "Came back: nobody is at this address",
        "complained": "Its recipient called it unwanted",
    }.get(outcome, outcome)


@register.filter
def item(mapping: dict[str, object], key: str) -> object:
    return mapping.get(key, "")


@register.simple_tag
def who(name: str, email: str) -> str:
    return rules.who(name, email)


@register.filter
def number(value: int) -> str:
    return f"{value:,}"


@register.filter
def squeezed(text: str) -> str:
    return " ".join(text.split())


@register.filter
def split(text: str) -> list[str]:
    return text.split()


@register.filter
def parts(key: str) -> list[str]:
    return key.split("|")


@register.filter
def words(state: str) -> str:
    return state.replace("_", " ").capitalize()


@register.filter
def window(told: Promise | Forecast) -> str:
    return rules.window_in_words(told.earliest, told.latest)


@register.filter
def surface(name: str) -> str:
    """Where a date was told: "notice: late"."""
    return name.replace(":", ": ").replace("_", " ")


@register.filter
def told_where(surface: str) -> str:
    return rules.told_where(surface)

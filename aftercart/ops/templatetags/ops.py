from __future__ import annotations

from django import template

from aftercart.connectors.registry import UNVERIFIED
from aftercart.ops import keeping, lane_words
from aftercart.story.templatetags.story import register as story

register = template.Library()
register.filters.update(story.filters)
register.tags.update(story.tags)
register.filter("percent", keeping.percent)
register.filter("drift", lane_words.drift_in_words)
register.filter("days", lane_words.days_in_words)
register.filter("hours", lane_words.stage_in_words)


@register.filter
def unverified(source: str) -> bool:
    """Whether nobody has seen its connector read what was really sent."""
    return source in UNVERIFIED


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
def surface(name: str) -> str:
    """Where a date was told: "notice: late"."""
    return name.replace(":", ": ").replace("_", " ")

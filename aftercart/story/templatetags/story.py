from __future__ import annotations

from datetime import datetime

from django import template

from aftercart.orders.carriers import carrier_name
from aftercart.promises.models import Forecast, Promise
from aftercart.story import rules
from aftercart.story.causes import cause_in_words

register = template.Library()
register.filter("kind", rules.kind_in_words)
register.filter("cause", cause_in_words)
register.filter("lane", rules.lane_in_words)
register.filter("evidence", rules.evidence_in_words)
register.filter("tone", rules.tone)
register.filter("carrier", carrier_name)
register.filter("place", rules.place_in_words)
register.filter("told_where", rules.told_where)
register.simple_tag(rules.who, name="who")


@register.filter
def age(at: datetime, now: datetime) -> str:
    """How long ago that was, at the brand's `now`."""
    return rules.age_in_words(now - at)


@register.filter
def words(state: str) -> str:
    return state.replace("_", " ").capitalize()


@register.filter
def window(told: Promise | Forecast) -> str:
    return rules.window_in_words(told.earliest, told.latest)

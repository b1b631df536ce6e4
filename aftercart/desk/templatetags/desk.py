from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aftercart.desk import rules
from aftercart.desk.queries.queues import Row
from aftercart.look.icons import icon
from aftercart.look.templatetags.look import state
from aftercart.returns.models import Refund
from aftercart.story import rules as rules_of_story
from aftercart.story.templatetags.story import register as story
from aftercart.tickets.models import File

register = template.Library()
register.filters.update(story.filters)
register.tags.update(story.tags)
register.filter("channel", rules.channel_in_words)


@register.simple_tag
def channel_icon(channel: str, label: str = "") -> SafeString:
    return icon(rules.channel_icon(channel), label)


@register.simple_tag
def standing(ticket_state: str) -> SafeString:
    """A ticket's state as a pill."""
    word, tone = rules.STATES.get(ticket_state, (ticket_state, "none"))
    return state(tone, word)


@register.simple_tag
def signs(names: list[str]) -> SafeString:
    """What a customer's words give away, each with its icon."""
    known = (rules.SIGNALS[name] for name in names if name in rules.SIGNALS)
    return format_html_join(" ", "{}", ((state(tone, word),) for word, tone in known))


@register.simple_tag
def ticking(row: Row, now: datetime) -> SafeString:
    words, tone = rules.clock(row.state, row.waiting_since, row.last_at, now)
    at = row.waiting_since or row.last_at
    return format_html('<time class="ticking" data-tone="{}" datetime="{}">{}</time>', tone, at.isoformat(), words)


@register.filter
def fact(value: object) -> str:
    """A fact of an answer: a day as it is read, anything else as it is."""
    if isinstance(value, str):
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return rules_of_story.day_in_words(read(value))
            except ValueError:
                continue
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@register.filter
def picture(file: File) -> bool:
    return file.type in rules.PICTURES


@register.filter
def refund(row: Refund) -> str:
    return rules_of_story.money(row.amount, row.currency) if row.currency else str(row.amount)


@register.simple_tag(takes_context=True)
def ticket_url(context: template.Context, number: int) -> str:
    return str(context["side"].ticket(number))

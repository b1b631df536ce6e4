from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aftercart.look import icons, sheets

register = template.Library()

# What goes with each tone of a state: LOOK never lets colour speak alone.
TONES = {"good": "clock", "watch": "watch", "late": "late", "act": "act", "done": "done", "none": "clock"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return icons.icon(name, label)


@register.simple_tag
def state(tone: str, word: str) -> SafeString:
    """A state pill: colour, icon and word."""
    return format_html('<span class="state" data-tone="{}">{}{}</span>', tone, icons.icon(TONES[tone]), word)


@register.simple_tag
def stylesheet(surface: str) -> SafeString:
    address = reverse("look:stylesheet", args=[surface])
    return format_html('<link rel="stylesheet" href="{}?v={}">', address, sheets.sheet(surface).digest)

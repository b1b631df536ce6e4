from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

STEP, HEIGHT = 12, 40


def hours(today: Sequence[int], before: Sequence[int], *, label: str) -> SafeString:
    """A column for each hour of the day: today's, in front of the same hour's of a week ago in grey. From zero."""
    top = max([*today, *before, 1])
    drawn = []
    for hour, (now, then) in enumerate(zip(today, before, strict=True)):
        title = f"<title>{hour:02}:00: {now:,} today, {then:,} a week ago</title>"
        drawn.append(f"<g>{title}{_column(hour, then, top, 'bar', 10)}{_column(hour, now, top, 'bar chosen', 4)}</g>")
    return mark_safe(
        f'<span class="chart hours"><svg viewBox="0 0 {24 * STEP} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(label)}">'
        f'<line x1="0" x2="{24 * STEP}" y1="{HEIGHT}" y2="{HEIGHT}" class="axis"/>{"".join(drawn)}</svg></span>'
    )


def _column(hour: int, value: int, top: int, css: str, width: int) -> str:
    height = value / top * (HEIGHT - 2)
    x = hour * STEP + (STEP - width) / 2
    return f'<rect x="{x:g}" y="{HEIGHT - height:.1f}" width="{width}" height="{height:.1f}" class="{css}"/>'

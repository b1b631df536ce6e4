"""The promise bar: an order's way on one line, from its placing to the last day that anybody named. Pure."""

from __future__ import annotations

from datetime import date
from html import escape

from aftercart.story.rules import day_in_words

WIDTH, MIDDLE, HEIGHT, EDGE = 340.0, 24.0, 46.0, 8.0


def bar(
    *, placed: date, now: date, handed: date | None = None, promised: date | None = None, earliest: date | None = None,
    latest: date | None = None, delivered: date | None = None,
) -> str:  # fmt: skip
    """As SVG. What was promised is a post, what we believe a band, what has been a solid line."""
    named = [day for day in (now if delivered is None else delivered, promised, latest) if day]
    end = max([placed, *named])
    days = max((end - placed).days, 1)

    def x(day: date) -> float:
        return EDGE + (min(max(day, placed), end) - placed).days / days * (WIDTH - 2 * EDGE)

    until = delivered or now
    drawn = [_line(x(placed), x(end), "axis"), _stretch(x(placed), x(until), "way", f"until {day_in_words(until)}")]
    if latest and delivered is None:
        name = f"we believe {day_in_words(earliest or latest)} to {day_in_words(latest)}"
        drawn.append(_stretch(x(earliest or latest), x(latest), "believed", name))
    drawn += [_dot(x(placed), f"placed {day_in_words(placed)}", "")]
    if handed:
        drawn.append(_dot(x(handed), f"handed over {day_in_words(handed)}", ""))
    if promised:
        late = (delivered or latest or now) > promised
        drawn.append(_post(x(promised), f"promised {day_in_words(promised)}", "late" if late else "good"))
    if delivered:
        drawn.append(_dot(x(delivered), f"delivered {day_in_words(delivered)}", "good"))
    else:
        drawn.append(_present(x(now)))
    words = "; ".join(filter(None, (
        f"Placed {day_in_words(placed)}",
        f"promised {day_in_words(promised)}" if promised else "",
        f"believed by {day_in_words(latest)}" if latest and not delivered else "",
        f"delivered {day_in_words(delivered)}" if delivered else "",
    )))  # fmt: skip
    about = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(words)}"'
    return f'<figure class="chart way-bar"><svg {about}>{"".join(drawn)}</svg></figure>'


def _line(start: float, end: float, css: str) -> str:
    return f'<line x1="{start:.1f}" x2="{end:.1f}" y1="{MIDDLE:g}" y2="{MIDDLE:g}" class="{css}"/>'


def _stretch(start: float, end: float, tone: str, name: str) -> str:
    at = f'x="{start:.1f}" y="{MIDDLE - 4:g}" width="{max(end - start, 4):.1f}" height="8" rx="4"'
    return f'<rect {at} class="stretch {tone}"><title>{escape(name)}</title></rect>'


def _dot(x: float, name: str, tone: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{MIDDLE:g}" r="5" class="mark {tone}"><title>{escape(name)}</title></circle>'


def _post(x: float, name: str, tone: str) -> str:
    """A flag, so that its shape says what it is without its colour."""
    path = f"M{x:.1f} {MIDDLE + 8:g} V4 h{-12 if x > WIDTH - 20 else 12} v8 h{12 if x > WIDTH - 20 else -12}"
    return f'<path d="{path}" class="post {tone}"><title>{escape(name)}</title></path>'


def _present(x: float) -> str:
    anchor = "middle" if 20 < x < WIDTH - 20 else "start" if x <= 20 else "end"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="10" y2="{HEIGHT - 8:g}" class="present"/>'
        f'<text x="{x:.1f}" y="{HEIGHT:g}" class="quiet" text-anchor="{anchor}">now</text>'
    )

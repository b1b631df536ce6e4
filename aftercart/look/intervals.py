"""A chart of how surely something is known: estimates with their intervals on one axis, and no effect marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aftercart.look.charts import _table, _text

# Narrower than other charts, so that its words are read on a phone as they are.
WIDE, STEP, PAD, FOOT = 420, 46, 14, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An estimate `at`, somewhere between `low` and `high`; `said` is the interval in words."""

    name: str
    low: float
    high: float
    at: float
    said: str


def intervals(spans: Sequence[Span], *, title: str, zero: str, less: str, more: str) -> str:
    """A band for each span. `zero` names the line of no effect, `less` and `more` what lies to its left and right."""
    reach = [0.0, *(end for span in spans for end in (span.low, span.high))]
    low, high = min(reach), max(reach)
    width = (high - low) or 1.0

    def x(value: float) -> float:
        return PAD + (value - low) / width * (WIDE - 2 * PAD)

    height = len(spans) * STEP
    drawn = [_upright(x(0), height - 4, height + 8)]
    for row, span in enumerate(spans):
        y = row * STEP
        band = max(x(span.high) - x(span.low), 2)
        drawn += [
            # Not through the words.
            _upright(x(0), y + 18, y + 38),
            _text(PAD, y + 13, span.name, css="quiet"),
            _text(WIDE - PAD, y + 13, span.said, anchor="end"),
            f'<rect x="{x(span.low):.1f}" y="{y + 21}" width="{band:.1f}" height="14" rx="3" class="band inner"/>',
            f'<circle cx="{x(span.at):.1f}" cy="{y + 28}" r="4" class="dot mark"/>',
        ]
    # At the side where there is room for it.
    anchor = "start" if x(0) < WIDE / 3 else "end" if x(0) > WIDE * 2 / 3 else "middle"
    drawn.append(_text(x(0), height + 20, zero, anchor=anchor))
    if low < 0:
        drawn.append(_text(PAD, height + 37, f"← {less}", css="quiet"))
    if high > 0:
        drawn.append(_text(WIDE - PAD, height + 37, f"{more} →", css="quiet", anchor="end"))
    table = _table((title, ""), [(span.name, span.said) for span in spans])
    about = f'viewBox="0 0 {WIDE} {height + FOOT}" role="img" aria-label="{escape(title)}"'
    return f'<figure class="chart intervals"><svg {about}>{"".join(drawn)}</svg>{table}</figure>'


def _upright(x: float, top: float, bottom: float) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" class="reference"/>'

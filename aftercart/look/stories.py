"""One thing's story on one time axis: stretches that last, marks that happen, and now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from aftercart.look.charts import LABELS, ROW, WIDTH, Stretch, _figure, _table, _text

HEAD, FOOT = 20, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at one point, a fraction of the axis. `tone` is one of our states."""

    name: str
    at: float
    tone: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    stretches: tuple[Stretch, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    name: str
    at: float


def story(
    rows: Sequence[Row], *, title: str, now: float | None, ticks: Sequence[Tick], show: Callable[[float], str]
) -> str:
    """`show` words a fraction of the axis for the table behind; `now` is where the line of the present stands."""
    length = WIDTH - LABELS
    height = HEAD + len(rows) * ROW
    drawn = []
    for tick in ticks:
        x = LABELS + tick.at * length
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD}" y2="{height}" class="axis"/>')
        drawn.append(_text(x, height + 15, tick.name, css="quiet", anchor="middle"))
    for number, row in enumerate(rows):
        y = HEAD + number * ROW
        drawn += [_text(LABELS - 10, y + 17, row.name, anchor="end"), *_row(row, y, length)]
    if now is not None:
        x = LABELS + now * length
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 4}" y2="{height}" class="present"/>')
        drawn.append(_text(x, 11, "now", css="quiet", anchor="middle"))
    told = [
        *((row.name, s.name, show(s.start), show(s.end)) for row in rows for s in row.stretches),
        *((row.name, mark.name, show(mark.at), "") for row in rows for mark in row.marks),
    ]
    table = _table(("", "What", "From", "To"), told)
    return _figure("".join(drawn), title=title, height=height + FOOT, table=table)


def _row(row: Row, y: float, length: float) -> list[str]:
    drawn = [f'<line x1="{LABELS}" x2="{WIDTH}" y1="{y + ROW / 2:g}" y2="{y + ROW / 2:g}" class="axis"/>']
    for s in row.stretches:
        width = max((s.end - s.start) * length, 3)
        at = f'x="{LABELS + s.start * length:.1f}" y="{y + 6:g}" width="{width:.1f}" height="{ROW - 12}"'
        drawn.append(f'<rect {at} rx="3" class="stretch {s.tone}"><title>{escape(s.name)}</title></rect>')
    for mark in row.marks:
        x = LABELS + mark.at * length
        # A shape of its own for what is wrong: colour never speaks alone.
        shape = (
            f'<path d="M{x:.1f} {y + 6:g} l6 12 h-12 z" class="mark {mark.tone}">'
            if mark.tone in ("late", "watch", "act")
            else f'<circle cx="{x:.1f}" cy="{y + ROW / 2:g}" r="5" class="mark {mark.tone}">'
        )
        closing = "</path>" if shape.startswith("<path") else "</circle>"
        drawn.append(f"{shape}<title>{escape(mark.name)}</title>{closing}")
    return drawn

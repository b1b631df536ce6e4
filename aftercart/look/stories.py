"""One thing's story on one time axis: stretches that last, marks that happen, and now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from aftercart.look.charts import LABELS, ROW, WIDTH, Stretch, _table, _text

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Room for a drawing: `labels` for the names beside the rows; none, and they stand above them."""

    name: str
    width: float
    labels: float
    row: float

    @property
    def length(self) -> float:
        return self.width - self.labels

    def x(self, at: float) -> float:
        return self.labels + at * self.length

    def middle(self, number: int) -> float:
        """Where the line of this row lies: in its middle, or under its name."""
        return HEAD + (number + 1) * self.row - ROW / 2


WIDE = Sheet(name="wide", width=WIDTH, labels=LABELS, row=ROW)
NARROW = Sheet(name="narrow", width=350, labels=0, row=ROW + 16)


def story(
    rows: Sequence[Row], *, title: str, now: float | None, ticks: Sequence[Tick], show: Callable[[float], str]
) -> str:
    """Drawn twice, for a desk and for a phone: the style sheet shows one of them.

    `show` words a fraction of the axis for the table behind; `now` is where the line of the present stands.
    """
    told = [
        *((row.name, s.name, show(s.start), show(s.end)) for row in rows for s in row.stretches),
        *((row.name, mark.name, show(mark.at), "") for row in rows for mark in row.marks),
    ]
    drawings = "".join(_drawing(rows, sheet, title, now, ticks) for sheet in (WIDE, NARROW))
    return f'<figure class="chart">{drawings}{_table(("", "What", "From", "To"), told)}</figure>'


def _drawing(rows: Sequence[Row], sheet: Sheet, title: str, now: float | None, ticks: Sequence[Tick]) -> str:
    height = HEAD + len(rows) * sheet.row
    drawn = []
    for number, tick in enumerate(ticks):
        x = sheet.x(tick.at)
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD}" y2="{height:g}" class="axis"/>')
        if sheet.labels or number % 2 == 0:
            anchor = "middle" if sheet.labels or 0.1 < tick.at < 0.9 else "start" if tick.at < 0.5 else "end"
            drawn.append(_text(x, height + 15, tick.name, css="quiet", anchor=anchor))
    for number, row in enumerate(rows):
        y = sheet.middle(number)
        where = (sheet.labels - 10, y + 4, "end") if sheet.labels else (0.0, y - 14, "start")
        drawn += [_text(*where[:2], row.name, anchor=where[2]), *_row(row, y, sheet)]
    if now is not None:
        x = sheet.x(now)
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 4}" y2="{height:g}" class="present"/>')
        drawn.append(_text(x, 11, "now", css="quiet", anchor="middle" if now < 0.95 else "end"))
    about = f'viewBox="0 0 {sheet.width:g} {height + FOOT:g}" role="img" aria-label="{escape(title)}"'
    return f'<svg class="{sheet.name}" {about}>{"".join(drawn)}</svg>'


def _row(row: Row, y: float, sheet: Sheet) -> list[str]:
    drawn = [f'<line x1="{sheet.labels:g}" x2="{sheet.width:g}" y1="{y:g}" y2="{y:g}" class="axis"/>']
    for s in row.stretches:
        width = max((s.end - s.start) * sheet.length, 3)
        at = f'x="{sheet.x(s.start):.1f}" y="{y - 7:g}" width="{width:.1f}" height="14"'
        drawn.append(f'<rect {at} rx="3" class="stretch {s.tone}"><title>{escape(s.name)}</title></rect>')
    for mark in row.marks:
        x = sheet.x(mark.at)
        # A shape of its own for what is wrong: colour never speaks alone.
        shape = (
            f'<path d="M{x:.1f} {y - 7:g} l6 12 h-12 z" class="mark {mark.tone}">'
            if mark.tone in ("late", "watch", "act")
            else f'<circle cx="{x:.1f}" cy="{y:g}" r="5" class="mark {mark.tone}">'
        )
        closing = "</path>" if shape.startswith("<path") else "</circle>"
        drawn.append(f"{shape}<title>{escape(mark.name)}</title>{closing}")
    return drawn

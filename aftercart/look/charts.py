"""Charts as SVG, drawn on the server: values in, markup out, a table of the same values behind each. Pure.

Every text is escaped here. Bars start at zero; one bar may be highlighted and the others are grey. Right-to-left pages
mirror nothing: a chart reads the same way everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 640
ROW = 26
LABELS = 170  # room for the names of the bars
VALUES = 64  # and for the numbers behind them

Show = Callable[[float], str]


def _plain(value: float) -> str:
    return f"{value:,.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    name: str
    value: float
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a timeline, from and to as fractions of its whole length. `tone` is one of our states."""

    name: str
    start: float
    end: float
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    name: str
    stretches: tuple[Stretch, ...]


def _text(x: float, y: float, words: str, *, css: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def _rect(x: float, y: float, width: float, height: float, css: str, about: str = "") -> str:
    title = f"<title>{escape(about)}</title>" if about else ""
    at = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height}"'
    return f'<rect {at} rx="3" class="{css}">{title}</rect>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        "<details><summary>As a table</summary>"
        f"<table><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></details>"
    )


def _figure(svg: str, *, title: str, height: float, table: str = "") -> str:
    about = f'viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}"'
    return f'<figure class="chart"><svg {about}>{svg}</svg>{table}</figure>'


def bars(items: Sequence[Bar], *, title: str, reference: tuple[str, float] | None = None, show: Show = _plain) -> str:
    """Horizontal bars from zero, each with its name and number. `reference` is a named line, such as a target."""
    top = max([bar.value for bar in items] + ([reference[1]] if reference else []) + [0])
    scale = (WIDTH - LABELS - VALUES) / top if top else 0
    head = 18 if reference else 0
    drawn = []
    for row, bar in enumerate(items):
        y = head + row * ROW
        length = bar.value * scale
        drawn += [
            _text(LABELS - 10, y + 17, bar.name, anchor="end"),
            _rect(LABELS, y + 4, length, ROW - 8, "bar chosen" if bar.chosen else "bar"),
            _text(LABELS + length + 8, y + 17, show(bar.value), css="quiet"),
        ]
    height = head + len(items) * ROW
    if reference:
        x = LABELS + reference[1] * scale
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{head - 4}" y2="{height}" class="reference"/>')
        drawn.append(_text(x, 11, f"{reference[0]} {show(reference[1])}", css="quiet", anchor="middle"))
    table = _table((title, ""), [(bar.name, show(bar.value)) for bar in items])
    return _figure("".join(drawn), title=title, height=height, table=table)


def sparkline(values: Sequence[float], *, label: str) -> str:
    """A line without axes beside a number that is said in words; `label` says what it shows. Zero is its floor."""
    width, height = 96, 24
    top = max([*values, 0]) or 1
    step = (width - 4) / max(len(values) - 1, 1)
    points = [(2 + i * step, height - 3 - value / top * (height - 6)) for i, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dot = f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2.2" class="dot"/>' if points else ""
    return (
        f'<span class="chart sparkline"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f'<polyline points="{line}" class="line"/>{dot}</svg></span>'
    )


def timeline(lanes: Sequence[Lane], *, title: str, start: str, end: str, show: Show | None = None) -> str:
    """Stretches of time on one axis, a lane each, stacked. `show` words a fraction of the axis for the table."""
    words = show or (lambda at: f"{at:.0%}")
    length = WIDTH - LABELS
    drawn = []
    for row, lane in enumerate(lanes):
        y = row * ROW
        drawn += [_text(LABELS - 10, y + 17, lane.name, anchor="end"), _rect(LABELS, y + 6, length, ROW - 12, "track")]
        drawn += [
            _rect(LABELS + s.start * length, y + 6, (s.end - s.start) * length, ROW - 12, s.tone, s.name)
            for s in lane.stretches
        ]
    height = len(lanes) * ROW
    drawn += [
        _text(LABELS, height + 14, start, css="quiet"),
        _text(WIDTH, height + 14, end, css="quiet", anchor="end"),
    ]
    rows = [(lane.name, s.name, words(s.start), words(s.end)) for lane in lanes for s in lane.stretches]
    return _figure("".join(drawn), title=title, height=height + 20, table=_table((title, "", start, end), rows))

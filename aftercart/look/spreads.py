"""Charts of how long things take: a strip for a row of a table, and a fan of them week by week. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from aftercart.look.charts import WIDTH, _figure, _table, _text

STRIP, STRIP_HEIGHT = 140, 26
FAN_HEIGHT, FAN_LEFT, FAN_RIGHT, FAN_FOOT = 200, 34, 132, 22


def strip(counts: Mapping[int, int], *, label: str, last: int, marks: Sequence[int] = ()) -> str:
    """A column for each day from 0 to `last` (whatever took longer stands in the last), the days of `marks` underlined.

    It goes beside the numbers that it draws: they are its table.
    """
    columns = [0] * (last + 1)
    for day, count in counts.items():
        columns[min(max(day, 0), last)] += count
    top = max([*columns, 1])
    step = STRIP / (last + 1)
    floor = STRIP_HEIGHT - 5
    drawn = []
    for day, count in enumerate(columns):
        height = count / top * (floor - 1)
        x = day * step + 0.5
        drawn.append(
            f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="{step - 1:.1f}" height="{height:.1f}" class="bar"/>'
        )
    for day in marks:
        x = min(day, last) * step + 0.5
        drawn.append(f'<rect x="{x:.1f}" y="{floor + 2}" width="{step - 1:.1f}" height="3" class="bar chosen"/>')
    return (
        f'<span class="chart strip"><svg viewBox="0 0 {STRIP} {STRIP_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<line x1="0" x2="{STRIP}" y1="{floor}" y2="{floor}" class="axis"/>{"".join(drawn)}</svg></span>'
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One week of a fan: of `n` things a tenth, a quarter, half, … took at most so long."""

    name: str
    n: int
    low: float
    quarter: float
    middle: float
    three: float
    high: float


def fan(columns: Sequence[Column], *, title: str, unit: str = "days") -> str:
    """Week by week: half of all within the dark band, eight of ten within the light one, the middle as a line."""
    top = max([column.high for column in columns] + [1])
    width = WIDTH - FAN_LEFT - FAN_RIGHT
    step = width / max(len(columns), 1)

    def y(value: float) -> float:
        return 8 + (FAN_HEIGHT - 8) * (1 - value / top)

    drawn = [*_rungs(top, y)]
    for at, column in enumerate(columns):
        x = FAN_LEFT + at * step + step * 0.2
        about = (
            f"{column.name}: half within {column.middle:g}, nine of ten within {column.high:g} {unit}, of {column.n:,}"
        )
        drawn += [
            f"<g><title>{escape(about)}</title>",
            _band(x, step * 0.6, y(column.high), y(column.low), "band"),
            _band(x, step * 0.6, y(column.three), y(column.quarter), "band inner"),
            "</g>",
            _text(x + step * 0.3, FAN_HEIGHT + 16, column.name, css="quiet", anchor="middle"),
        ]
    middles = [(FAN_LEFT + (at + 0.5) * step, y(column.middle)) for at, column in enumerate(columns)]
    points = " ".join(f"{x:.1f},{height:.1f}" for x, height in middles)
    drawn.append(f'<polyline points="{points}" class="line"/>')
    drawn += [f'<circle cx="{x:.1f}" cy="{height:.1f}" r="3" class="dot"/>' for x, height in middles]
    if columns:
        drawn += _named(columns[-1], y, unit)
    head = ("Week of", "Parcels", "A tenth", "A quarter", "Half", "Three quarters", "Nine of ten")
    rows = [(c.name, f"{c.n:,}", *(f"{v:g}" for v in (c.low, c.quarter, c.middle, c.three, c.high))) for c in columns]
    return _figure("".join(drawn), title=title, height=FAN_HEIGHT + FAN_FOOT, table=_table(head, rows))


def _band(x: float, width: float, top: float, bottom: float, css: str) -> str:
    # What all took alike is still drawn.
    height = max(bottom - top, 2)
    return f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" class="{css}"/>'


def _rungs(top: float, y: Callable[[float], float]) -> list[str]:
    every = next((n for n in (1, 2, 5, 10, 20, 50) if top / n <= 5), 100)
    drawn = []
    for value in range(0, int(top) + 1, every):
        at = y(value)
        drawn.append(f'<line x1="{FAN_LEFT}" x2="{WIDTH - FAN_RIGHT}" y1="{at:.1f}" y2="{at:.1f}" class="axis"/>')
        drawn.append(_text(FAN_LEFT - 8, at + 4, f"{value}", css="quiet", anchor="end"))
    return drawn


def _named(last: Column, y: Callable[[float], float], unit: str) -> list[str]:
    """The names of the lines at their right ends, never one upon the other."""
    x = WIDTH - FAN_RIGHT + 8
    high, middle = y(last.high) + 4, y(last.middle) + 4
    middle = max(middle, high + 14)
    return [
        _text(x, high, f"9 of 10 within {last.high:g}", css="quiet"),
        _text(x, middle, f"half within {last.middle:g} {unit}"),
    ]

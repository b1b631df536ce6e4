"""The evidence of disruptions, drawn: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

WIDTH, HEIGHT, LEFT, BELOW = 640, 190, 34, 22


@dataclass(frozen=True, slots=True)
class Charted:
    """A day of a series: what came, what should have, the evidence of its chart and the alarm line."""

    on: date
    observed: float
    expected: float
    statistic: float
    limit: float
    alarm: bool


def days_drawn(days: Sequence[Charted], *, title: str, since: date) -> str:
    """Observed as columns in front of expected, day by day from zero; days since `since` are marked by their colour."""
    top = max([1.0, *(max(day.observed, day.expected) for day in days)]) * 1.08
    step = (WIDTH - LEFT) / max(len(days), 1)
    drawn = [_scale(top)]
    for n, day in enumerate(days):
        about = f"{day.on:%a %-d %b}: {day.observed:g} of {day.expected:.1f} expected"
        css = "late" if day.on >= since else "bar"
        drawn.append(
            f"<g><title>{escape(about)}</title>{_column(n, day.expected, top, step, 'expected', 0.86)}"
            f"{_column(n, day.observed, top, step, css, 0.5)}</g>"
        )
    drawn += _dates(days, step)
    rows = [(f"{day.on:%a %-d %b}", f"{day.observed:g}", f"{day.expected:.1f}") for day in days]
    return _figure("".join(drawn), title, ("day", "came", "expected"), rows)


def evidence_drawn(days: Sequence[Charted], *, title: str) -> str:
    """The evidence as a line under the alarm line. During an alarm it is the evidence that all is well again."""
    before = [day for day in days if not day.alarm]
    top = max([1.0, *(max(day.statistic, day.limit) for day in days)]) * 1.12
    step = (WIDTH - LEFT) / max(len(days), 1)
    line = " ".join(f"{_x(n, step):.1f},{_y(day.statistic, top):.1f}" for n, day in enumerate(days) if not day.alarm)
    limit = " ".join(f"{_x(n, step):.1f},{_y(day.limit, top):.1f}" for n, day in enumerate(days))
    alarmed = [n for n, day in enumerate(days) if day.alarm]
    drawn = [_scale(top)]
    for n in alarmed:
        drawn.append(f'<rect x="{LEFT + n * step:.1f}" y="0" width="{step:.1f}" height="{HEIGHT}" class="alarmed"/>')
    if before:
        drawn.append(f'<polyline points="{line}" class="line"/>')
    drawn.append(f'<polyline points="{limit}" class="limit"/>')
    if days:
        middle = len(days) // 2
        at = f'x="{_x(middle, step):.1f}" y="{_y(days[middle].limit, top) + 16:.1f}"'
        drawn.append(f'<text {at} class="quiet" text-anchor="middle">alarm line</text>')
    if alarmed:
        drawn.append(f'<text x="{LEFT + alarmed[0] * step + 4:.1f}" y="14" class="quiet">alarm</text>')
    drawn += _dates(days, step)
    rows = [
        (f"{day.on:%a %-d %b}", "alarm" if day.alarm else f"{day.statistic:.1f}", f"{day.limit:.1f}") for day in days
    ]
    return _figure("".join(drawn), title, ("day", "evidence", "alarm line"), rows)


def _x(n: int, step: float) -> float:
    return LEFT + (n + 0.5) * step


def _y(value: float, top: float) -> float:
    return HEIGHT - value / top * HEIGHT


def _column(n: int, value: float, top: float, step: float, css: str, share: float) -> str:
    height = value / top * HEIGHT
    width = step * share
    x = _x(n, step) - width / 2
    return f'<rect x="{x:.1f}" y="{HEIGHT - height:.1f}" width="{width:.1f}" height="{height:.1f}" class="{css}"/>'


def _scale(top: float) -> str:
    half = top / 2.16
    lines = []
    for value in (0.0, half, 2 * half):
        y = _y(value, top)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" class="axis"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" class="quiet" text-anchor="end">{value:.0f}</text>')
    return "".join(lines)


def _dates(days: Sequence[Charted], step: float) -> list[str]:
    every = max(1, len(days) // 6)
    return [
        f'<text x="{_x(n, step):.1f}" y="{HEIGHT + 16}" class="quiet" text-anchor="middle">{day.on:%-d %b}</text>'
        for n, day in enumerate(days)
        if n % every == 0
    ]


def _figure(svg: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<figure class="chart progress"><svg viewBox="0 -4 {WIDTH} {HEIGHT + BELOW + 4}" role="img"'
        f' aria-label="{escape(title)}">{svg}</svg><details><summary>As a table</summary>'
        f"<table><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></details></figure>"
    )

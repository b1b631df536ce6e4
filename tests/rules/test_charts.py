from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look import charts


def _svg(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


@given(st.lists(st.tuples(st.text(max_size=12), st.integers(0, 10**6)), min_size=1, max_size=8))
def test_bars_are_as_long_as_their_numbers_and_start_at_zero(data: list[tuple[str, int]]) -> None:
    printable = [("".join(c for c in name if c.isprintable()), value) for name, value in data]
    figure = _svg(charts.bars([charts.Bar(name=n, value=v) for n, v in printable], title="By carrier"))
    drawn = [float(r.attrib["width"]) for r in figure.iter("rect")]
    starts = {r.attrib["x"] for r in figure.iter("rect")}
    top = max(value for _, value in printable)
    longest = max(drawn)
    assert len(starts) == 1
    for (_, value), width in zip(printable, drawn, strict=True):
        assert width == pytest.approx(longest * value / top if top else 0, abs=0.2)
    assert [cell.text or "" for cell in figure.iter("td")][::2] == [name for name, _ in printable]


def test_a_chart_names_its_reference_and_has_a_table_behind_it() -> None:
    drawn = charts.bars([charts.Bar(name="<b>", value=3, chosen=True)], title="Late & open", reference=("target", 5))
    assert "target 5" in drawn and "&lt;b&gt;" in drawn and "<b>" not in drawn
    assert "<table>" in drawn and 'aria-label="Late &amp; open"' in drawn
    assert 'class="bar chosen"' in drawn


def test_an_empty_chart_is_still_a_chart() -> None:
    for markup in (
        charts.bars([], title="x"),
        charts.sparkline([], label="x"),
        charts.timeline([], title="x", start="", end=""),
    ):
        assert _svg(markup).find(".//svg") is not None


def test_a_timeline_draws_each_stretch_where_it_lies() -> None:
    lane = charts.Lane(name="DHL", stretches=(charts.Stretch(name="late", start=0.25, end=0.75, tone="late"),))
    figure = _svg(charts.timeline([lane], title="This week", start="Mon", end="Sun"))
    track, stretch = list(figure.iter("rect"))
    whole = float(track.attrib["width"])
    assert float(stretch.attrib["width"]) == pytest.approx(whole / 2, abs=0.1)
    assert float(stretch.attrib["x"]) == pytest.approx(float(track.attrib["x"]) + whole / 4, abs=0.1)

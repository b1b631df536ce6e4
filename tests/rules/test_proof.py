"""The words of the page of proof, and the chart of intervals."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look.intervals import WIDE, Span, intervals
from aftercart.ops.proof import Need, between, spared

ends = st.floats(-500, 500)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.005, 0.15, "0.5 to 15.0 fewer"),
        (-0.021, 0.15, "2.1 more to 15.0 fewer"),
        (-0.15, -0.005, "0.5 to 15.0 more"),
        (-0.15, 0.0, "0.0 to 15.0 more"),
        (-0.0001, 0.0001, "as many to as many"),
    ],
)
def test_an_interval_says_which_way_each_of_its_ends_lies(low: float, high: float, said: str) -> None:
    assert between((low, high)) == said


@pytest.mark.parametrize(("effect", "said"), [(0.077, "7.7 fewer"), (-0.021, "2.1 more"), (0.0004, "as many")])
def test_a_difference_is_said_as_what_notices_do(effect: float, said: str) -> None:
    assert spared(effect) == said


@pytest.mark.parametrize(
    ("weeks", "said"), [(None, ""), (1, "about 1 week"), (9, "about 9 weeks"), (609, "more than two years")]
)
def test_a_time_that_nobody_will_wait_for_is_not_counted_in_weeks(weeks: int | None, said: str) -> None:
    assert Need(9000, 100, weeks).when == said


@given(st.lists(st.tuples(ends, ends, ends), min_size=1, max_size=4))
def test_every_band_holds_its_estimate_and_stays_on_the_axis(drawn: list[tuple[float, float, float]]) -> None:
    spans = [Span(name="<b>", low=low, at=at, high=high, said="&") for low, at, high in map(sorted, drawn)]
    svg = ElementTree.fromstring(intervals(spans, title="T", zero="none", less="more", more="fewer")).find("svg")
    assert svg is not None
    bands = [(float(r.attrib["x"]), float(r.attrib["width"])) for r in svg.iter("rect")]
    dots = [float(c.attrib["cx"]) for c in svg.iter("circle")]
    assert len(bands) == len(dots) == len(spans)
    for (x, width), dot in zip(bands, dots, strict=True):
        assert 0 <= x <= dot + 0.11 and dot <= x + width + 0.11 and x + width <= WIDE
    (zero,) = {line.attrib["x1"] for line in svg.iter("line")}
    assert 0 <= float(zero) <= WIDE

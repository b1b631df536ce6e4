"""The charts of lanes and stories: tiles, strips, fans and the one time axis."""

from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look import charts
from aftercart.look.charts import Stretch
from aftercart.look.colours import contrast, oklch, to_oklch
from aftercart.look.spreads import STRIP, Column, fan, strip
from aftercart.look.stories import Mark, Row, Tick, story
from aftercart.look.themes import OURS, READABLE, theme
from aftercart.look.tiles import COUNTRIES, WORLD, Tile, cells, placed, tiles
from aftercart.plumbing.regions import _CODES

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)


@pytest.mark.parametrize("layout", [WORLD, *COUNTRIES.values()])
def test_a_layout_names_no_place_twice(layout: str) -> None:
    named = [code for code in layout.split() if code != "."]
    assert len(named) == len(cells(layout)) == len(set(named))


@pytest.mark.parametrize("country", ["US", "CA", "AU"])
def test_every_region_that_we_know_by_name_has_its_tile(country: str) -> None:
    assert set(_CODES[country].values()) - set(cells(COUNTRIES[country])) == set()


@given(st.sets(codes, max_size=40))
def test_no_two_tiles_lie_upon_each_other_and_none_is_missing(wanted: set[str]) -> None:
    at = placed(sorted(wanted), WORLD)
    assert set(at) == wanted and len(set(at.values())) == len(wanted)


def test_a_tile_says_what_its_shade_means_and_leads_on() -> None:
    drawn = tiles(
        [Tile(code="DE", number="5", about="Germany: <five> days", step=3, href="?to=DE&x=1")], title="By country"
    )
    svg = ElementTree.fromstring(drawn)
    link = svg.find(".//a")
    assert link is not None and link.attrib == {"href": "?to=DE&x=1", "aria-label": "Germany: <five> days"}
    assert svg.attrib["role"] == "group" and 'data-step="3"' in drawn and ">5</text>" in drawn


def test_places_without_parcels_are_drawn_and_not_read_out() -> None:
    svg = ElementTree.fromstring(tiles([Tile(code="FR")], title="NL", layout=COUNTRIES["NL"], whole=True))
    assert len(svg.findall(".//rect")) == 12 and len(svg.findall(".//g[@aria-hidden='true']")) == 11


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 500), max_size=20), st.integers(1, 14))
def test_a_strip_draws_every_parcel_within_its_width(counts: dict[int, int], last: int) -> None:
    svg = ElementTree.fromstring(strip(counts, label="Days", last=last, marks=[99]))
    drawn = [rect for rect in svg.iter("rect") if rect.attrib["class"] == "bar"]
    assert len(drawn) == last + 1
    assert all(float(r.attrib["x"]) + float(r.attrib["width"]) <= STRIP + 0.1 for r in svg.iter("rect"))
    # What took longer than the strip is long stands in its last column.
    assert (float(drawn[-1].attrib["height"]) > 0) == any(day >= last for day in counts)


def test_a_fan_holds_the_middle_within_its_bands_and_has_a_table() -> None:
    svg = ElementTree.fromstring(
        fan([Column("2 Mar", 40, 1, 2, 3, 4, 6), Column("9 Mar", 41, 1, 2, 2, 3, 5)], title="Days")
    )
    light, dark = svg.findall(".//rect")[:2]
    for one in ("y", "height"):
        assert float(light.attrib[one]) != float(dark.attrib[one])
    assert float(light.attrib["y"]) <= float(dark.attrib["y"])
    assert [cell.text for cell in svg.findall(".//tbody/tr")[1]] == ["9 Mar", "41", "1", "2", "2", "3", "5"]
    words = [text.text for text in svg.iter("text")]
    assert "9 of 10 within 5" in words and "half within 2 days" in words


def test_a_story_draws_each_thing_when_it_was_and_tells_it_in_a_table() -> None:
    rows = [
        Row(
            name="Scans",
            stretches=(Stretch(name="Leipzig", start=0.25, end=0.5, tone="late"),),
            marks=(Mark(name="x", at=0.5, tone="late"), Mark(name="y", at=1.0)),
        )
    ]
    drawn = story(rows, title="A parcel", now=0.5, ticks=[Tick(name="6 Mar", at=0.0)], show=lambda at: f"day {at:g}")
    svg = ElementTree.fromstring(drawn)
    table = [[cell.text or "" for cell in row] for row in svg.findall(".//tbody/tr")]
    assert table == [
        ["Scans", "Leipzig", "day 0.25", "day 0.5"],
        ["Scans", "x", "day 0.5", ""],
        ["Scans", "y", "day 1", ""],
    ]
    # What is wrong has a shape of its own, in the drawing for wide windows as in that for phones.
    drawings = svg.findall(".//svg")
    assert len(drawings) == 2
    for drawing in drawings:
        assert len(drawing.findall(".//path")) == 1 and len(drawing.findall(".//circle")) == 1
    present = next(line for line in svg.iter("line") if line.attrib["class"] == "present")
    assert float(present.attrib["x1"]) == pytest.approx(170 + 0.5 * 470)


def test_empty_charts_are_still_charts() -> None:
    assert ElementTree.fromstring(fan([], title="x")).find(".//svg") is not None
    assert ElementTree.fromstring(tiles([], title="x")).find(".//svg") is not None
    assert ElementTree.fromstring(strip({}, label="x", last=5)).find(".//svg") is not None


def _mixed(one: str, other: str, share: float) -> str:
    """As CSS mixes in oklab: `share` of the first."""
    parts = []
    for colour, weight in ((one, share), (other, 1 - share)):
        lightness, chroma, hue = to_oklch(colour)
        angle = math.radians(hue)
        parts.append((weight * lightness, weight * chroma * math.cos(angle), weight * chroma * math.sin(angle)))
    lightness, a, b = (sum(values) for values in zip(*parts, strict=True))
    return oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)))


@pytest.mark.parametrize("accent", [OURS, "#7a3e2b", "#1f4ed8"])
def test_numbers_can_be_read_on_every_shade(accent: str) -> None:
    sheet = (Path(charts.__file__).parent / "static/look/shared/tiles.css").read_text()
    shares = [int(share) / 100 for share in re.findall(r"var\(--watch\) (\d+)%", sheet)]
    assert len(shares) == 4
    for mode in (theme(accent).light, theme(accent).dark):
        for share in shares:
            assert contrast(mode["ink"], _mixed(mode["watch"], mode["page"], share)) >= READABLE

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look import icons, sheets
from aftercart.look.colours import contrast, oklch, to_oklch
from aftercart.look.themes import OURS, READABLE, TEXT_ON, VISIBLE, stylesheet, theme

LOOK = Path(icons.__file__).parent
APPS = LOOK.parent
NOW = datetime(2026, 11, 22, 15, 4, tzinfo=UTC)

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


# Colour


@given(colours)
def test_every_text_can_be_read_whatever_the_brands_accent(accent: str) -> None:
    made = theme(accent)
    for mode in (made.light, made.dark):
        for text, grounds in TEXT_ON.items():
            for ground in grounds:
                assert contrast(mode[text], mode[ground]) >= READABLE, (text, ground)


@given(colours)
def test_the_edges_of_controls_can_be_seen_whatever_the_brands_accent(accent: str) -> None:
    made = theme(accent)
    for mode in (made.light, made.dark):
        assert contrast(mode["edge"], mode["surface"]) >= VISIBLE
        assert contrast(mode["edge"], mode["page"]) >= VISIBLE


@given(colours)
def test_an_accent_that_can_be_read_stays_as_it_is(accent: str) -> None:
    made = theme(accent)
    for mode in (made.light, made.dark):
        if min(contrast(accent, mode[ground]) for ground in (*TEXT_ON["accent"], "accent-wash")) >= READABLE:
            assert mode["accent"] == accent


@given(colours)
def test_an_accent_is_moved_no_further_than_it_needs(accent: str) -> None:
    made = theme(accent).light
    if made["accent"] != accent:
        lightness, chroma, hue = to_oklch(made["accent"])
        brighter = oklch(lightness + 0.03, chroma, hue)
        assert min(contrast(brighter, made[ground]) for ground in (*TEXT_ON["accent"], "accent-wash")) < READABLE


@given(colours)
def test_a_colour_survives_the_way_to_oklch_and_back(colour: str) -> None:
    back = oklch(*to_oklch(colour))
    steps = [abs(int(colour[i : i + 2], 16) - int(back[i : i + 2], 16)) for i in (1, 3, 5)]
    assert max(steps) <= 2


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01) == contrast(other, one)


def test_the_colours_of_the_desk_are_those_of_our_own_accent() -> None:
    written = (LOOK / "static/look/shared/colours.css").read_text()
    assert written.endswith(stylesheet(OURS)), "look/themes.py changed: write its stylesheet(OURS) there again"


# Style sheets


def _styles() -> list[Path]:
    return sorted(file for file in APPS.glob("*/static/**/*.css"))


def test_every_style_stands_in_a_layer() -> None:
    for file in _styles():
        text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL).strip()
        assert text.startswith("@layer "), file


def test_styles_use_the_tokens_and_no_colour_of_their_own() -> None:
    for file in _styles():
        if file.name != "colours.css":
            text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
            assert not re.search(r":[^;{]*#[0-9a-fA-F]{3,8}\b", text), file


def test_every_token_that_a_style_uses_exists() -> None:
    text = "\n".join(re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL) for file in _styles())
    used, made = set(re.findall(r"var\((--[\w-]+)", text)), set(re.findall(r"(--[\w-]+):", text))
    assert used <= made


def test_layout_is_written_for_both_directions() -> None:
    sided = re.compile(
        r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|[;{ ](?:left|right|top|bottom|width|height):"
    )
    for file in _styles():
        assert not sided.search(file.read_text()), file


def test_the_sheet_of_a_surface_holds_its_own_files_and_the_shared_ones() -> None:
    customer, desk = sheets.sheet("customer").text, sheets.sheet("desk").text
    assert customer.startswith("@layer reset, tokens, base, layout, components, pages;")
    assert ".road" in customer and ".road" not in desk
    assert ".table" in desk and ".button" in desk and ".button" in customer
    assert sheets.sheet("customer").digest != sheets.sheet("desk").digest


# Templates


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if (
            "style" in names
            or any(name.startswith("on") or name.startswith("hx-on") for name in names)
            or tag == "style"
        ):
            self.forbidden.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in names:
            self.forbidden.append(self.get_starttag_text() or tag)


def test_no_page_carries_a_style_or_a_script_inside() -> None:
    pages = [
        file for file in APPS.glob("*/templates/**/*.html") if "mail" not in file.name and file.parent.name != "words"
    ]
    assert pages
    for file in pages:
        tags = _Tags()
        tags.feed(file.read_text())
        assert tags.forbidden == [], file


def test_every_icon_that_a_template_names_is_drawn() -> None:
    named = {
        name for file in APPS.glob("*/templates/**/*.html") for name in re.findall(r'{% icon "(\w+)"', file.read_text())
    }
    assert named and named <= set(icons.drawings())


def test_an_icon_alone_says_what_it_is_and_beside_a_word_it_is_silent() -> None:
    assert 'aria-hidden="true"' in icons.icon("parcel")
    assert 'role="img" aria-label="Parcel &amp; more"' in icons.icon("parcel", "Parcel & more")

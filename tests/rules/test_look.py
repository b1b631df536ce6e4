from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look import charts, formats, icons, sheets
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


# Charts


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


# Days, times, money


def _spaced(text: str) -> str:
    """Without the difference between spaces that may break and those that may not."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "country", "day", "window", "moment"),
    [
        (
            "en",
            "GB",
            "Thursday 26 November",
            "between Thursday 26 and Saturday 28 November",
            "Sunday 22 November, 16:04",
        ),
        (
            "en",
            "US",
            "Thursday, November 26",
            "between Thursday, November 26 and Saturday, November 28",
            "Sunday, November 22, 4:04 PM",
        ),
        (
            "es",
            "ES",
            "jueves 26 de noviembre",
            "entre el jueves 26 y el sábado 28 de noviembre",
            "domingo 22 de noviembre, 16:04",
        ),
        ("fr", "FR", "jeudi 26 novembre", "entre le jeudi 26 et le samedi 28 novembre", "dimanche 22 novembre, 16:04"),
        (
            "de",
            "DE",
            "Donnerstag, 26. November",
            "zwischen Donnerstag, 26., und Samstag, 28. November",
            "Sonntag, 22. November, 16:04",
        ),
        (
            "pt",
            "PT",
            "quinta-feira, 26 de novembro",
            "entre quinta-feira, 26 e sábado, 28 de novembro",
            "domingo, 22 de novembro, 16:04",
        ),
        ("ja", "JP", "11月26日(木)", "11月26日(木)〜11月28日(土)", "11月22日(日) 16:04"),
    ],
)
def test_days_read_as_people_say_them(language: str, country: str, day: str, window: str, moment: str) -> None:
    reader = formats.reader(language, country=country, zone=ZoneInfo("Europe/Amsterdam"), now=NOW)
    assert _spaced(reader.day(date(2026, 11, 26))) == day
    assert _spaced(reader.window(date(2026, 11, 26), date(2026, 11, 28))) == window
    assert _spaced(reader.moment(NOW)) == moment


def test_a_window_over_two_months_names_both_and_one_day_is_no_window() -> None:
    reader = formats.reader("en", country="GB", now=NOW)
    over = _spaced(reader.window(date(2026, 11, 30), date(2026, 12, 2)))
    assert over == "between Monday 30 November and Wednesday 2 December"
    assert _spaced(reader.window(date(2026, 11, 26), date(2026, 11, 26))) == "Thursday 26 November"
    assert _spaced(reader.window(None, date(2026, 11, 26))) == "Thursday 26 November"


def test_a_day_far_away_is_said_with_its_year() -> None:
    reader = formats.reader("en", country="GB", now=NOW)
    assert _spaced(reader.day(date(2025, 11, 26))) == "Wednesday 26 November 2025"
    assert "2027" not in reader.day(date(2027, 1, 4))


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)), st.sampled_from(formats.LANGUAGES))
def test_every_language_can_say_every_day(moment: datetime, language: str) -> None:
    reader = formats.reader(language, zone=ZoneInfo("Asia/Tokyo"), now=NOW)
    aware = moment.replace(tzinfo=UTC)
    local = aware + timedelta(hours=9)
    assert str(local.day) in reader.day(local.date())
    assert reader.time(aware) == reader.time(local.replace(tzinfo=None))


def test_money_has_as_many_decimals_as_its_currency() -> None:
    reader = formats.reader("en", country="GB", now=NOW)
    assert reader.money(18700, "GBP") == "£187.00"
    assert reader.money(18200, "JPY") == "JP¥18,200"
    assert reader.money(1234, "KWD").endswith("1.234")


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("en_US", "en"), ("JA", "ja"), ("nl-NL", None), ("", None), ("x", None)]
)
def test_only_our_languages_are_spoken(tag: str, language: str | None) -> None:
    assert formats.supported(tag) == language

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.look import formats

NOW = datetime(2026, 11, 22, 15, 4, tzinfo=UTC)


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


def test_a_place_is_said_with_its_country_unless_it_is_one() -> None:
    reader = formats.reader("en", country="GB", now=NOW)
    assert reader.place("Leipzig", "DE") == "Leipzig, Germany"
    assert reader.place("Hong Kong", "HK") == "Hong Kong"
    assert reader.place("", "SG") == "Singapore"


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

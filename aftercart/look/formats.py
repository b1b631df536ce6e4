"""How a reader reads: days, windows, times, money and places in their language, zone and country's habits. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from aftercart.plumbing.money import decimals

LANGUAGES = ("en", "es", "fr", "de", "pt", "ja")
FAR = timedelta(days=180)  # a day further away than this is said with its year


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Days as a language writes them, number and month never parted.

    `start` opens a window whose other end is in the same month.
    """

    day: str
    year: str
    start: str
    short: str
    between: str


_PATTERNS = {
    "en": Pattern(
        day="EEEE d\N{NO-BREAK SPACE}MMMM",
        year="EEEE d\N{NO-BREAK SPACE}MMMM y",
        start="EEEE\N{NO-BREAK SPACE}d",
        short="EEE d MMM",
        between="between {0} and {1}",
    ),
    "en_US": Pattern(
        day="EEEE, MMMM\N{NO-BREAK SPACE}d",
        year="EEEE, MMMM\N{NO-BREAK SPACE}d, y",
        start="EEEE, MMMM\N{NO-BREAK SPACE}d",
        short="EEE, MMM d",
        between="between {0} and {1}",
    ),
    "es": Pattern(
        day="EEEE d\N{NO-BREAK SPACE}'de'\N{NO-BREAK SPACE}MMMM",
        year="EEEE d\N{NO-BREAK SPACE}'de'\N{NO-BREAK SPACE}MMMM 'de' y",
        start="EEEE\N{NO-BREAK SPACE}d",
        short="EEE d MMM",
        between="entre el {0} y el {1}",
    ),
    "fr": Pattern(
        day="EEEE d\N{NO-BREAK SPACE}MMMM",
        year="EEEE d\N{NO-BREAK SPACE}MMMM y",
        start="EEEE\N{NO-BREAK SPACE}d",
        short="EEE d MMM",
        between="entre le {0} et le {1}",
    ),
    "de": Pattern(
        day="EEEE, d.\N{NO-BREAK SPACE}MMMM",
        year="EEEE, d.\N{NO-BREAK SPACE}MMMM y",
        start="EEEE,\N{NO-BREAK SPACE}d.",
        short="EEE, d. MMM",
        between="zwischen {0}, und {1}",
    ),
    "pt": Pattern(
        day="EEEE, d\N{NO-BREAK SPACE}'de'\N{NO-BREAK SPACE}MMMM",
        year="EEEE, d\N{NO-BREAK SPACE}'de'\N{NO-BREAK SPACE}MMMM 'de' y",
        start="EEEE,\N{NO-BREAK SPACE}d",
        short="EEE, d MMM",
        between="entre {0} e {1}",
    ),
    "ja": Pattern(
        day="M月d日(EEE)",
        year="y年M月d日(EEE)",
        start="M月d日(EEE)",
        short="M月d日\N{WORD JOINER}(EEE)",
        between="{0}〜{1}",
    ),
}
_MONTH_FIRST = ("US", "CA", "PH")
_CITY_STATES = ("HK", "MC", "MO", "SG", "VA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who reads `locale`, lives by `zone`, and for whom it is `now`."""

    locale: Locale
    zone: tzinfo
    now: datetime

    @property
    def language(self) -> str:
        return self.locale.language

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def _pattern(self) -> Pattern:
        month_first = self.language == "en" and self.locale.territory in _MONTH_FIRST
        return _PATTERNS["en_US" if month_first else self.language]

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, day: date) -> str:
        """ "Thursday 26 November"; with the year where it is far from today."""
        pattern = self._pattern.year if abs(day - self.today) > FAR else self._pattern.day
        return _written(day, pattern, self.locale)

    def short_day(self, day: date) -> str:
        """ "Thu 26 Nov", which never breaks over two lines."""
        return _written(day, self._pattern.short, self.locale).replace(" ", "\N{NO-BREAK SPACE}")

    def window(self, earliest: date | None, latest: date) -> str:
        """ "between Thursday 26 and Saturday 28 November"; a single day where both ends are the same."""
        if earliest is None or earliest >= latest:
            return self.day(latest)
        one_month = (earliest.year, earliest.month) == (latest.year, latest.month)
        start = _written(earliest, self._pattern.start, self.locale) if one_month else self.day(earliest)
        return self._pattern.between.format(start, self.day(latest))

    def time(self, moment: datetime) -> str:
        """The wall clock: of the reader's zone for an aware moment, as it is for a naive one."""
        shown = self.local(moment) if moment.tzinfo else moment
        return format_time(shown.time(), "short", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """ "Thursday 26 November, 14:32"."""
        shown = self.local(moment) if moment.tzinfo else moment
        return f"{self.day(shown.date())}{' ' if self.language == 'ja' else ', '}{self.time(shown)}"

    def zone_name(self) -> str:
        """The town that the zone is named after, in the reader's language: "Amsterdam"."""
        return _town(self.zone, self.locale) if isinstance(self.zone, ZoneInfo) else "UTC"

    def money(self, amount: int, currency: str) -> str:
        """`amount` is in minor units."""
        places = decimals(currency)
        return format_currency(Decimal(amount).scaleb(-places), currency, locale=self.locale)

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=self.locale))

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))

    def place(self, city: str, country: str = "") -> str:
        """ "Leipzig, Germany"; the town alone where it is the country."""
        named = self.country(country) if country and not (city and country in _CITY_STATES) else ""
        return ", ".join(part for part in (city, named) if part)

    def listed(self, words: list[str]) -> str:
        """ "a, b and c"."""
        return format_list(words, locale=self.locale)


# Babel reads a pattern anew each time; a page says the same few days often.
@lru_cache(maxsize=8192)
def _written(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=1024)
def _town(zone: ZoneInfo, locale: Locale) -> str:
    return str(get_timezone_location(zone, locale=locale, return_city=True))


@cache
def locale(language: str, country: str = "") -> Locale:
    """The nearest locale that Babel knows. English without a country is British: day before month, 24 hours."""
    for tag in (f"{language}_{country}", "en_GB" if language == "en" else language):
        try:
            return Locale.parse(tag)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en", "GB")


def supported(tag: str) -> str | None:
    """Our language for a BCP 47 tag or POSIX locale ("pt-BR", "pt_BR"), or None."""
    language = tag.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else None


def reader(language: str, *, country: str = "", zone: tzinfo = UTC, now: datetime) -> Reader:
    return Reader(locale=locale(language, country.upper()), zone=zone, now=now)

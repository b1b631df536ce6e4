"""The lanes page as it is drawn: tiles for destinations, a row for each lane. Values in, words and markup out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from aftercart.look.spreads import strip
from aftercart.look.tiles import COUNTRIES, WORLD, Tile, tiles
from aftercart.ops.keeping import percent
from aftercart.ops.speeds import FEW, Speed, of_destination, steps
from aftercart.promises.silence import Quiet
from aftercart.story.rules import place_in_words

LONGEST = 14  # days that a strip shows one by one, at most


@dataclass(frozen=True, slots=True)
class Map:
    title: str
    drawing: SafeString


@dataclass(frozen=True, slots=True)
class Row:
    """A lane as a line of the table. `last` is where its strip ends."""

    speed: Speed
    quiet: Quiet
    last: int

    @property
    def key(self) -> str:
        return self.speed.lane.key

    @property
    def strip(self) -> SafeString:
        transit = self.speed.transit
        if not transit.n:
            return SafeString("")
        marks = [day for day in (transit.median, transit.p90) if day is not None]
        label = f"Days in transit: half within {transit.median}, nine of ten within {transit.p90}"
        return mark_safe(strip(transit.counts, label=label, last=self.last, marks=marks))


def last_day(speeds: Sequence[Speed]) -> int:
    """One axis for all strips of a page: beyond what nine of ten take anywhere, if that is not too far."""
    return min(LONGEST, max((speed.transit.p90 or 0 for speed in speeds), default=0) + 2)


def _slowness(speed: Speed) -> float | None:
    return speed.transit.p90 if speed.transit.n >= FEW else None


def _lateness(speed: Speed) -> float | None:
    return 1 - (speed.on_time.value or 0) if speed.on_time.of >= FEW else None


def maps(speeds: Sequence[Speed], *, on_time: bool, address: Callable[[str], str]) -> list[Map]:
    """The world by country, then each country of whose regions several are served. The shade grows with slowness."""
    countries: dict[str, list[Speed]] = defaultdict(list)
    regions: dict[str, dict[str, list[Speed]]] = defaultdict(lambda: defaultdict(list))
    for speed in speeds:
        country, _, region = speed.lane.destination.partition("-")
        countries[country].append(speed)
        if region:
            regions[country][region].append(speed)
    found = [Map("By country", _drawn(countries, "", WORLD, False, on_time, address))] if len(countries) > 1 else []
    for country, within in sorted(regions.items(), key=lambda item: -len(item[1])):
        if len(within) > 1:
            layout = COUNTRIES.get(country, "")
            drawing = _drawn(within, f"{country}-", layout, bool(layout), on_time, address)
            found.append(Map(f"{place_in_words(country)} by region", drawing))
    return found


def _drawn(
    places: Mapping[str, list[Speed]],
    prefix: str,
    layout: str,
    whole: bool,
    on_time: bool,
    address: Callable[[str], str],
) -> SafeString:
    speeds = {code: of_destination(prefix + code, lanes) for code, lanes in places.items()}
    measure = _lateness if on_time else _slowness
    shades = steps({code: value for code, speed in speeds.items() if (value := measure(speed)) is not None})
    drawn = [
        Tile(
            code=code or "?",
            number=_number(speed, on_time),
            about=_about(speed),
            step=shades.get(code, 0),
            href=address(prefix + code) if code else "",
        )
        for code, speed in speeds.items()
    ]
    title = "Destinations by share on time" if on_time else "Destinations by days in transit"
    return mark_safe(tiles(drawn, title=title, layout=layout, whole=whole))


def _number(speed: Speed, on_time: bool) -> str:
    if on_time:
        return percent(speed.on_time.value).replace("\N{NO-BREAK SPACE}", "")
    return str(speed.transit.p90) if speed.transit.n else "–"


def _about(speed: Speed) -> str:
    transit, place = speed.transit, place_in_words(speed.lane.destination)
    if not transit.n:
        return f"{place}: nothing arrived, {speed.road.n:,} under way"
    kept = f", {percent(speed.on_time.value)} on time" if speed.on_time.of else ""
    few = " (few parcels)" if transit.n < FEW else ""
    took = f"half within {transit.median} days, nine of ten within {transit.p90}"
    return f"{place}: {transit.n:,} parcels{few}, {took}{kept}"

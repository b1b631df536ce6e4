"""The towns that orders go to and parcels pass through, each with its clock."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from aftercart.facts import Place


@dataclass(frozen=True, slots=True)
class Town:
    """`postal` is a pattern: 9 stands for a digit, A for a letter."""

    city: str
    country: str
    region: str
    zone: ZoneInfo
    postal: str = ""

    @property
    def place(self) -> Place:
        return Place(city=self.city, region=self.region, country=self.country)


def _towns(country: str, zone: str, *rows: tuple[str, str, str]) -> tuple[Town, ...]:
    return tuple(Town(city, country, region, ZoneInfo(zone), postal) for city, region, postal in rows)


TOWNS: dict[str, tuple[Town, ...]] = {
    "NL": _towns(
        "NL",
        "Europe/Amsterdam",
        ("Amsterdam", "NH", "1099 AA"),
        ("Utrecht", "UT", "3599 AA"),
        ("Den Haag", "ZH", "2599 AA"),
        ("Groningen", "GR", "9799 AA"),
        ("Eindhoven", "NB", "5699 AA"),
        ("Haarlem", "NH", "2099 AA"),
        ("Nijmegen", "GE", "6599 AA"),
        ("Maastricht", "LI", "6299 AA"),
    ),
    "DE": _towns(
        "DE",
        "Europe/Berlin",
        ("Berlin", "BE", "10999"),
        ("München", "BY", "80999"),
        ("Hamburg", "HH", "20999"),
        ("Köln", "NW", "50999"),
        ("Leipzig", "SN", "04199"),
        ("Dresden", "SN", "01199"),
        ("Frankfurt am Main", "HE", "60999"),
        ("Stuttgart", "BW", "70999"),
        ("Bremen", "HB", "28999"),
        ("Nürnberg", "BY", "90499"),
    ),
    "FR": _towns(
        "FR",
        "Europe/Paris",
        ("Paris", "IDF", "75019"),
        ("Lyon", "ARA", "69009"),
        ("Marseille", "PAC", "13009"),
        ("Nantes", "PDL", "44009"),
        ("Bordeaux", "NAQ", "33009"),
        ("Lille", "HDF", "59009"),
        ("Strasbourg", "GES", "67009"),
    ),
    "ES": _towns(
        "ES",
        "Europe/Madrid",
        ("Madrid", "MD", "28099"),
        ("Barcelona", "CT", "08099"),
        ("Valencia", "VC", "46099"),
        ("Sevilla", "AN", "41099"),
        ("Bilbao", "PV", "48099"),
        ("Zaragoza", "AR", "50099"),
    ),
    "PT": _towns(
        "PT",
        "Europe/Lisbon",
        ("Lisboa", "11", "1999-999"),
        ("Porto", "13", "4999-999"),
        ("Braga", "03", "4799-999"),
        ("Coimbra", "06", "3999-999"),
    ),
    "GB": _towns(
        "GB",
        "Europe/London",
        ("London", "ENG", "SE9 9AA"),
        ("Manchester", "ENG", "M9 9AA"),
        ("Bristol", "ENG", "BS9 9AA"),
        ("Leeds", "ENG", "LS9 9AA"),
        ("Edinburgh", "SCT", "EH9 9AA"),
        ("Cardiff", "WLS", "CF9 9AA"),
    ),
    "US": (
        *_towns("US", "America/New_York", ("Brooklyn", "NY", "11299"), ("Boston", "MA", "02199")),
        *_towns("US", "America/New_York", ("Atlanta", "GA", "30399"), ("Pittsburgh", "PA", "15299")),
        *_towns("US", "America/Chicago", ("Chicago", "IL", "60699"), ("Austin", "TX", "78799")),
        *_towns("US", "America/Chicago", ("Minneapolis", "MN", "55499"), ("Nashville", "TN", "37299")),
        *_towns("US", "America/Denver", ("Denver", "CO", "80299")),
        *_towns("US", "America/Phoenix", ("Phoenix", "AZ", "85099")),
        *_towns("US", "America/Los_Angeles", ("Portland", "OR", "97299"), ("Los Angeles", "CA", "90099")),
        *_towns("US", "America/Los_Angeles", ("Seattle", "WA", "98199"), ("San Diego", "CA", "92199")),
    ),
    "CA": (
        *_towns("CA", "America/Toronto", ("Toronto", "ON", "M9A 9A9"), ("Montréal", "QC", "H9A 9A9")),
        *_towns("CA", "America/Toronto", ("Ottawa", "ON", "K9A 9A9")),
        *_towns("CA", "America/Vancouver", ("Vancouver", "BC", "V9A 9A9")),
        *_towns("CA", "America/Edmonton", ("Calgary", "AB", "T9A 9A9")),
        *_towns("CA", "America/Halifax", ("Halifax", "NS", "B9A 9A9")),
    ),
    "JP": _towns(
        "JP",
        "Asia/Tokyo",
        ("東京都目黒区", "JP-13", "153-0099"),
        ("大阪市", "JP-27", "530-0099"),
        ("京都市", "JP-26", "600-8099"),
        ("横浜市", "JP-14", "220-0099"),
        ("福岡市", "JP-40", "810-0099"),
        ("札幌市", "JP-01", "060-0099"),
    ),
}

HUBS: dict[str, Town] = {
    town.city: town
    for town in (
        *_towns("NL", "Europe/Amsterdam", ("Rotterdam", "ZH", ""), ("Ridderkerk", "ZH", ""), ("Zwolle", "OV", "")),
        *_towns("BE", "Europe/Brussels", ("Brussels", "", "")),
        *_towns("DE", "Europe/Berlin", ("Leipzig", "SN", ""), ("Köln", "NW", ""), ("Neuenstein", "HE", "")),
        *_towns("FR", "Europe/Paris", ("Lille", "HDF", ""), ("Paris", "IDF", ""), ("Lyon", "ARA", "")),
        *_towns("ES", "Europe/Madrid", ("Madrid", "MD", ""), ("Barcelona", "CT", "")),
        *_towns("PT", "Europe/Lisbon", ("Lisboa", "11", "")),
        *_towns("GB", "Europe/London", ("Slough", "ENG", ""), ("Warrington", "ENG", "")),
        *_towns("US", "America/New_York", ("Columbus", "OH", ""), ("Newark", "NJ", ""), ("Buffalo", "NY", "")),
        *_towns("US", "America/New_York", ("Louisville", "KY", ""), ("Cincinnati", "OH", "")),
        *_towns("US", "America/Chicago", ("Memphis", "TN", ""), ("Hodgkins", "IL", ""), ("Dallas", "TX", "")),
        *_towns("US", "America/Los_Angeles", ("Ontario", "CA", "")),
        *_towns("CA", "America/Toronto", ("Mississauga", "ON", "")),
        *_towns("CA", "America/Edmonton", ("Edmonton", "AB", "")),
        *_towns("HK", "Asia/Hong_Kong", ("Hong Kong", "", "")),
        *_towns("JP", "Asia/Tokyo", ("Tokyo", "JP-13", "")),
    )
}

EAST_GERMANY = frozenset({"BE", "SN", "BY", "HH"})
AMERICAN_WEST = frozenset({"AZ", "CO", "OR", "CA", "WA", "BC", "AB"})


def postal_code(town: Town, rng: Random) -> str:
    def letter(mark: str) -> str:
        if mark == "9":
            return str(rng.randrange(10))
        return rng.choice("ABCDEGHJKLMNPRSTVXZ") if mark == "A" else mark

    # The first part names the town; only what follows is drawn.
    fixed = {"NL": 2, "GB": 2, "US": 3, "CA": 1, "JP": 4}.get(town.country, 3)
    return town.postal[:fixed] + "".join(map(letter, town.postal[fixed:]))

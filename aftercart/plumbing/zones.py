"""The time zone of a place, where its country, region or postal code settles it.

Most countries have one zone (read from the tz database). For those with several: their regions, and for regions that
are split, the first digits of the postal code. Where nothing settles it the answer is None, never a guess.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from aftercart.plumbing.regions import region_code

# Several entries in the tz database, one clock for (nearly) everybody who lives there.
_ONE_CLOCK = {
    "AR": "America/Argentina/Buenos_Aires", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin",
    "EC": "America/Guayaquil", "ES": "Europe/Madrid", "KZ": "Asia/Almaty", "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland", "PS": "Asia/Gaza", "PT": "Europe/Lisbon", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
}  # fmt: skip

_BY_REGION = {
    "US": {
        "America/New_York": "CT DC DE FL GA MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
        "America/Chicago": "AL AR IA IL KS LA MN MO MS OK TX WI",
        "America/Denver": "CO MT NM UT WY",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Phoenix": "AZ",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR VI",
        "Pacific/Guam": "GU MP",
    },
    "CA": {
        "America/Toronto": "ON QC",
        "America/Halifax": "NB NS PE",
        "America/St_Johns": "NL",
        "America/Winnipeg": "MB",
        "America/Regina": "SK",
        "America/Edmonton": "AB NT",
        "America/Vancouver": "BC",
        "America/Whitehorse": "YT",
    },
    "AU": {
        "Australia/Sydney": "NSW ACT",
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
    },
    "BR": {
        "America/Sao_Paulo": "AL AP BA CE DF ES GO MA MG PA PB PE PI PR RJ RN RS SC SE SP TO",
        "America/Manaus": "AM MS MT RO RR",
        "America/Rio_Branco": "AC",
    },
}

# The parts of a country or region that keep another clock, by the first digits of the postal code. Regions named here
# and not above are split so evenly that only the postal code settles them ("" is the rest).
_BY_POSTAL_CODE = {
    "ES": {"35": "Atlantic/Canary", "38": "Atlantic/Canary"},
    "PT": {"90": "Atlantic/Madeira", "91": "Atlantic/Madeira", "92": "Atlantic/Madeira", "93": "Atlantic/Madeira",
           "95": "Atlantic/Azores", "96": "Atlantic/Azores", "97": "Atlantic/Azores", "98": "Atlantic/Azores",
           "99": "Atlantic/Azores"},
    "US-FL": {"324": "America/Chicago", "325": "America/Chicago"},
    "US-TX": {"798": "America/Denver", "799": "America/Denver", "885": "America/Denver"},
    "US-IN": {"463": "America/Chicago", "464": "America/Chicago", "476": "America/Chicago", "477": "America/Chicago",
              "": "America/Indiana/Indianapolis"},
    "US-KY": {"420": "America/Chicago", "421": "America/Chicago", "422": "America/Chicago", "423": "America/Chicago",
              "424": "America/Chicago", "": "America/New_York"},
    "US-TN": {"373": "America/New_York", "374": "America/New_York", "376": "America/New_York",
              "377": "America/New_York", "378": "America/New_York", "379": "America/New_York", "": "America/Chicago"},
    "US-ID": {"835": "America/Los_Angeles", "838": "America/Los_Angeles", "": "America/Boise"},
    "US-ND": {"586": "America/Denver", "": "America/Chicago"},
    "US-SD": {"577": "America/Denver", "": "America/Chicago"},
    "US-NE": {"691": "America/Denver", "693": "America/Denver", "": "America/Chicago"},
}  # fmt: skip

_REGIONS = {
    country: {code: zone for zone, codes in zones.items() for code in codes.split()}
    for country, zones in _BY_REGION.items()
}


@lru_cache(maxsize=4096)
def zone_of(country: str, region: str = "", postal_code: str = "") -> ZoneInfo | None:
    """The zone of a place: country as two letters, region as a code or an English name."""
    regions = _REGIONS.get(country)
    if regions is None:
        name = _split(country, postal_code) or _ONE_CLOCK.get(country) or _single_zones().get(country)
    else:
        code = region_code(country, region)
        name = _split(f"{country}-{code}", postal_code) or regions.get(code)
    return ZoneInfo(name) if name else None


def _split(part: str, postal_code: str) -> str | None:
    prefixes = _BY_POSTAL_CODE.get(part)
    if prefixes is None or not postal_code:
        return None
    found = (zone for prefix, zone in prefixes.items() if prefix and postal_code.startswith(prefix))
    return next(found, prefixes.get(""))


@lru_cache(maxsize=1)
def _single_zones() -> dict[str, str]:
    zones: dict[str, list[str]] = {}
    for row in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not row.startswith("#"):
            country, _, zone, *_ = row.split("\t")
            zones.setdefault(country, []).append(zone)
    return {country: names[0] for country, names in zones.items() if len(names) == 1}

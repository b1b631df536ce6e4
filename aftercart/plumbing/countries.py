"""Countries as two letters, whatever they were written as."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

_COMMON_NAMES = {
    "usa": "US", "u.s.a.": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB",
    "holland": "NL", "hong kong": "HK", "hong kong sar, china": "HK", "macau": "MO", "macau sar, china": "MO",
    "czech republic": "CZ", "korea, republic of": "KR", "russian federation": "RU", "taiwan, china": "TW",
    "turkey": "TR", "viet nam": "VN",
}  # fmt: skip


@lru_cache(maxsize=4096)
def country_code(word: str) -> str:
    """ISO 3166-1 alpha-2 for 'nl', 'NLD', 'Netherlands'; '' where we cannot tell."""
    word = word.strip()
    upper = word.upper()
    if upper in _codes():
        return upper
    aliases = get_global("territory_aliases").get(upper, ())
    if len(aliases) == 1 and aliases[0] in _codes():
        return str(aliases[0])
    return _COMMON_NAMES.get(word.casefold()) or _names().get(word.casefold(), "")


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {"EU", "EZ", "UN", "ZZ"}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """English, and the country's own languages where they are ours: 'Deutschland', 'España'."""
    names: dict[str, str] = {}
    for language in ("ja", "nl", "it", "pt", "es", "fr", "de", "en"):
        territories = Locale(language).territories
        names.update({territories[code].casefold(): code for code in _codes() if code in territories})
    return names

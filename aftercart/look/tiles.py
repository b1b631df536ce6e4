"""A map without geography: one tile for each place, near where the world's tiles would be. Drawn by us. Pure.

A layout is rows of codes, "." where there is nothing. Codes that no layout knows follow in rows of their own, sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

TILE, GAP, WIDEST = 46, 4, 10

WORLD = """
.  .  .  .  IS .  NO SE FI .  .  .  .  .
CA .  .  IE GB DK .  EE LV LT RU .  .  .
US .  .  .  NL DE PL BY UA .  KZ MN KR JP
MX .  .  BE LU CZ SK HU RO MD GE .  CN TW
CU DO PR FR CH AT SI HR RS BG AZ AF HK PH
GT HN ES AD IT MT BA ME MK GR TR PK VN TH
SV NI PT MA DZ TN LY AL CY IL JO IN MM LA
CR PA CO VE SN NG EG LB IQ SA AE LK MY SG
.  EC PE BR GH CM ET KE KW QA OM BD ID AU
.  BO CL AR PY UY ZA NA .  .  .  .  .  NZ
"""
COUNTRIES = {
    "US": """
.  .  .  .  .  .  .  .  .  .  ME
AK .  .  .  .  .  .  .  .  VT NH
WA ID MT ND MN WI MI .  NY CT MA
OR NV WY SD IA IL IN OH PA NJ RI
CA UT CO NE MO KY WV VA MD DE .
.  AZ NM KS AR TN NC SC DC .  .
.  .  .  OK LA MS AL GA .  .  .
HI .  .  TX .  .  .  .  FL .  PR
""",
    "CA": """
YT NT NU .  .  .  NL
BC AB SK MB ON QC PE
.  .  .  .  .  NB NS
""",
    "AU": """
.  NT QLD .
WA SA NSW .
.  .  VIC ACT
.  .  TAS .
""",
    "BR": """
.  RR AP .  .  .
AM PA MA CE RN .
AC RO TO PI PB .
.  MT DF BA PE AL
.  MS GO MG SE .
.  .  SP RJ ES .
.  .  PR .  .  .
.  .  SC .  .  .
.  .  RS .  .  .
""",
    "DE": """
.  SH HH MV
NI HB BE BB
NW HE ST SN
RP TH .  .
SL BW BY .
""",
    "NL": """
.  FR GR
NH FL DR
ZH UT OV
ZE NB GE
.  .  LI
""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """`number` stands on it, `about` says the same in words, `step` is its shade: 0 (unknown) to 4."""

    code: str
    number: str = ""
    about: str = ""
    step: int = 0
    href: str = ""


def cells(layout: str) -> dict[str, tuple[int, int]]:
    """Column and row of each code."""
    rows = [row.split() for row in layout.split("\n") if row.strip()]
    return {code: (x, y) for y, row in enumerate(rows) for x, code in enumerate(row) if code != "."}


def placed(codes: Sequence[str], layout: str = "") -> dict[str, tuple[int, int]]:
    """Where each of these goes: as in the layout, without the rows and columns that none of them needs."""
    known = {code: at for code, at in cells(layout).items() if code in codes}
    columns = {x: n for n, x in enumerate(sorted({x for x, _ in known.values()}))}
    lines = {y: n for n, y in enumerate(sorted({y for _, y in known.values()}))}
    found = {code: (columns[x], lines[y]) for code, (x, y) in known.items()}
    width = max(len(columns), min(WIDEST, len(codes) - len(known)))
    for n, code in enumerate(sorted(set(codes) - set(known))):
        found[code] = (n % width, len(lines) + n // width)
    return found


def tiles(items: Sequence[Tile], *, title: str, layout: str = "", whole: bool = False) -> str:
    """The map. `whole` draws the places of the layout of which nothing is known too, faintly."""
    known = {item.code: item for item in items}
    codes = [*known, *(code for code in cells(layout) if whole and code not in known)]
    at = placed(codes, layout)
    width = max((x for x, _ in at.values()), default=0) * (TILE + GAP) + TILE
    height = max((y for _, y in at.values()), default=0) * (TILE + GAP) + TILE
    # Read in the order in which they lie.
    order = sorted(at, key=lambda code: at[code][::-1])
    drawn = "".join(_tile(known.get(code), code, *at[code]) for code in order)
    return (
        f'<div class="tiles" role="group" aria-label="{escape(title)}">'
        f'<svg viewBox="-2 -2 {width + 4} {height + 4}" width="{width + 4}" height="{height + 4}">{drawn}</svg></div>'
    )


def _tile(item: Tile | None, code: str, column: int, row: int) -> str:
    x, y = column * (TILE + GAP), row * (TILE + GAP)
    middle = x + TILE / 2
    shade = f'class="tile" data-step="{item.step if item else 0}"'
    square = f'<rect x="{x}" y="{y}" width="{TILE}" height="{TILE}" rx="6" {shade}/>'
    if item is None:
        name = f'<text x="{middle:g}" y="{y + 27}" text-anchor="middle" class="quiet">{escape(code)}</text>'
        return f'<g aria-hidden="true">{square}{name}</g>'
    words = (
        f'<text x="{middle:g}" y="{y + 18}" text-anchor="middle">{escape(code)}</text>'
        f'<text x="{middle:g}" y="{y + 36}" text-anchor="middle" class="figure">{escape(item.number)}</text>'
    )
    inside = f"<title>{escape(item.about)}</title>{square}{words}"
    if not item.href:
        return f'<g role="img" aria-label="{escape(item.about)}">{inside}</g>'
    return f'<a href="{escape(item.href)}" aria-label="{escape(item.about)}">{inside}</a>'

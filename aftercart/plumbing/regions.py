"""Codes of the states and provinces whose names carriers and shops also write out."""

from __future__ import annotations

_NAMES = {
    "US": """AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;
        DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;
        KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;
        MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;
        NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;PR Puerto Rico;
        RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;
        WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming""",
    "CA": """AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;
        NS Nova Scotia;NT Northwest Territories;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Quebec;QC Québec;
        SK Saskatchewan;YT Yukon""",
    "AU": """ACT Australian Capital Territory;NSW New South Wales;NT Northern Territory;QLD Queensland;
        SA South Australia;TAS Tasmania;VIC Victoria;WA Western Australia""",
}


def _codes(names: str) -> dict[str, str]:
    pairs = (entry.strip().partition(" ") for entry in names.split(";"))
    return {name.casefold(): code for code, _, name in pairs}


_CODES = {country: _codes(names) for country, names in _NAMES.items()}


def region_code(country: str, region: str) -> str:
    """'California' is CA in the US, 'US-CA' too; what is not a known name is taken as a code."""
    region = region.strip()
    return _CODES.get(country, {}).get(region.casefold()) or region.upper().removeprefix(f"{country}-")

"""What a worry asks of its customer, and whether what they give can be right. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from aftercart.facts import Attention
from aftercart.watch.worries.reports import ADDRESS, PAPERS


class Doing(StrEnum):
    """Where the customer does what is asked."""

    ADDRESS = "address"  # on a page of ours: an address, a phone number, a note for the courier
    CARRIER = "carrier"  # on the carrier's own page of the parcel
    NOTHING = ""


# The worries that an address, a phone number or a note may end.
ANSWERED = frozenset({"address_problem", "exception"})
_BY_KIND = {
    "address_problem": Doing.ADDRESS,
    "customs_document": Doing.CARRIER,
    "attempt_failed": Doing.CARRIER,
    "pickup_waiting": Doing.CARRIER,
    "pickup_expiring": Doing.CARRIER,
}
# What only the carrier's page takes: a payment, a paper.
_THEIRS = PAPERS | {"payment", "customs"}


def doing(kind: str, reason: str, attention: str) -> Doing:
    """`kind` of the worry; `reason` and `attention` as the parcel's last scan says them."""
    if kind != "exception":
        return _BY_KIND.get(kind, Doing.NOTHING)
    if reason in _THEIRS:
        return Doing.CARRIER
    return Doing.ADDRESS if attention == Attention.ACTION or reason in ADDRESS else Doing.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the customer gives: with whom, where, and what helps the courier. The country never changes."""

    name: str
    street: str
    postal_code: str
    city: str
    note: str = ""
    phone: str = ""


# What a postcode looks like, and one that could be. Of other countries we know nothing, so nothing is said.
_FIVE, _FOUR, _SIX = r"\d{5}", r"\d{4}", r"\d{6}"
POSTCODES: dict[str, tuple[str, str]] = {
    "US": (r"\d{5}(-\d{4})?", "60601"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "M5V 2T6"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "BS1 4DJ"),
    "IE": (r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 JS"),
    "PT": (r"\d{4}-?\d{3}", "1100-148"),
    "BR": (r"\d{5}-?\d{3}", "01310-100"),
    "JP": (r"\d{3}-?\d{4}", "150-0001"),
    "PL": (r"\d{2}-?\d{3}", "00-001"),
    "SE": (r"\d{3} ?\d{2}", "111 22"),
    "CZ": (r"\d{3} ?\d{2}", "110 00"),
    "GR": (r"\d{3} ?\d{2}", "104 31"),
    "DE": (_FIVE, "10115"),
    "FR": (_FIVE, "75001"),
    "ES": (_FIVE, "28001"),
    "IT": (_FIVE, "00184"),
    "FI": (_FIVE, "00100"),
    "MX": (_FIVE, "06000"),
    "KR": (_FIVE, "04524"),
    "AT": (_FOUR, "1010"),
    "BE": (_FOUR, "1000"),
    "CH": (_FOUR, "8001"),
    "DK": (_FOUR, "1050"),
    "NO": (_FOUR, "0150"),
    "LU": (_FOUR, "1111"),
    "AU": (_FOUR, "3000"),
    "NZ": (_FOUR, "6011"),
    "IN": (_SIX, "110001"),
    "SG": (_SIX, "018956"),
}
_PHONE = re.compile(r"\+?[\d ()./-]+")
FEWEST_DIGITS, MOST_DIGITS = 6, 15


def example(country: str) -> str:
    """A postcode of that country; "" where we know none."""
    return POSTCODES.get(country, ("", ""))[1]


def plausible(country: str, postal_code: str) -> bool:
    """Whether it looks like a postcode of that country. Only to ask once more: a table of ours may be wrong."""
    shape = POSTCODES.get(country)
    return shape is None or re.fullmatch(shape[0], plain(postal_code).upper()) is not None


def can_be_called(phone: str) -> bool:
    """Whether a courier can dial it. It may be a national number: the courier is there."""
    said = plain(phone)
    return bool(_PHONE.fullmatch(said)) and FEWEST_DIGITS <= sum(c.isdigit() for c in said) <= MOST_DIGITS


def plain(text: str) -> str:
    """In one line, with the usual digits: Japanese keyboards write others."""
    return " ".join(unicodedata.normalize("NFKC", text).split())

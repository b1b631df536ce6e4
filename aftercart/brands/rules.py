"""The entries of a brand's calendar: what makes one, and what it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aftercart.plumbing.countries import country_code
from aftercart.plumbing.regions import region_code

HOLIDAY, CLOSURE, CAMPAIGN, LAUNCH = "holiday", "closure", "campaign", "launch"
PREORDER, BACKORDER, PEAK = "preorder", "backorder", "peak"
KINDS = {
    HOLIDAY: "nobody carries",
    CLOSURE: "we do not pack",
    CAMPAIGN: "more orders than usual",
    LAUNCH: "not out yet",
    PREORDER: "ordered before it is there",
    BACKORDER: "sold out, and coming again",
    PEAK: "packing or the road takes longer",
}
CLOSED = frozenset({HOLIDAY, CLOSURE})
AWAITED = frozenset({LAUNCH, PREORDER, BACKORDER})  # a product that leaves from a day on
SLOW = frozenset({CAMPAIGN, PEAK})
MOST_DAYS = 60
LONGEST = {"name": 80, "sku": 120, "region": 120, "carrier": 40, "service": 120, "note": 200}


class EntryError(ValueError):
    """What is wrong with an entry: the field and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`begins`–`ends`: when orders are placed that it is about; of what is closed or slow on the road, those days."""

    kind: str
    name: str
    begins: date
    ends: date | None = None
    sku: str = ""
    country: str = ""
    region: str = ""
    carrier: str = ""
    service: str = ""
    ships_from: date | None = None
    handling_days: int = 0
    transit_days: int = 0
    note: str = ""

    def in_force(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)

    def days(self) -> Iterable[date]:
        """Every day of what is closed: it always has an end."""
        last = self.ends or self.begins
        return (self.begins + timedelta(days=n) for n in range((last - self.begins).days + 1))

    def goes(self, *, country: str, region: str, carrier: str, service: str) -> bool:
        """Whether it is about what goes there, by this carrier and service; "" where that is not known yet."""
        if self.country and self.country != country:
            return False
        if self.region and self.region != region_code(country, region):
            return False
        return self.carrier in ("", carrier) and (not self.service or self.service.casefold() == service.casefold())

    def sells(self, skus: Iterable[str]) -> bool:
        """Whether one of these is a product that it is about."""
        wanted = self.sku.casefold()
        if wanted.endswith("*"):
            return any(sku.casefold().startswith(wanted[:-1]) for sku in skus)
        return not wanted or any(sku.casefold() == wanted for sku in skus)


def checked(entry: Entry) -> Entry:
    """The entry as it is kept; EntryError where it says nothing or what cannot be."""
    if entry.kind not in KINDS:
        raise EntryError("kind", f"{entry.kind!r} is none of {', '.join(KINDS)}")
    if not entry.name.strip():
        raise EntryError("name", "say what it is called")
    for name, longest in LONGEST.items():
        if len(getattr(entry, name)) > longest or "\0" in getattr(entry, name):
            raise EntryError(name, f"at most {longest} characters")
    if entry.ends is not None and entry.ends < entry.begins:
        raise EntryError("ends", f"{entry.ends} is before {entry.begins}")
    for name in ("handling_days", "transit_days"):
        if not 0 <= getattr(entry, name) <= MOST_DAYS:
            raise EntryError(name, f"{getattr(entry, name)} is not between 0 and {MOST_DAYS}")
    if entry.country and country_code(entry.country) != entry.country:
        raise EntryError("country", f"{entry.country!r} is no country: write two letters")
    if entry.region and not entry.country:
        raise EntryError("region", "say in which country")
    _check_effect(entry)
    return entry


def _check_effect(entry: Entry) -> None:
    if entry.kind in CLOSED:
        if entry.sku or entry.ships_from or entry.handling_days or entry.transit_days:
            raise EntryError("kind", f"a {entry.kind} is about days alone: no product, no leaving day, no extra days")
        if entry.ends is None or (entry.ends - entry.begins).days > MOST_DAYS:
            raise EntryError("ends", f"a {entry.kind} ends, within {MOST_DAYS} days")
    if entry.kind in AWAITED:
        if entry.ships_from is None and not entry.handling_days:
            raise EntryError(
                "ships_from", f"say from which day a {entry.kind} leaves, or how many days longer it takes"
            )
        if entry.ships_from is not None and entry.ships_from < entry.begins:
            raise EntryError("ships_from", f"{entry.ships_from} is before {entry.begins}, when it begins")
    elif entry.ships_from is not None:
        raise EntryError("ships_from", f"only a {', '.join(sorted(AWAITED))} leaves from a day on")
    if entry.kind == PEAK and not (entry.handling_days or entry.transit_days):
        raise EntryError("handling_days", "say how many days longer packing or the road takes")

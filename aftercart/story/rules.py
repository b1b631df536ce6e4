"""What staff read of an order, in words: pure, so that every sentence can be listed in a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency

from aftercart.orders.carriers import carrier_name
from aftercart.plumbing.money import decimals
from aftercart.words.kinds import KINDS as WORDED

KINDS: dict[str, str] = {
    "lost": "Lost",
    "damaged": "Damaged",
    "returned_to_sender": "Going back to us",
    "refused": "Refused",
    "not_received": "Delivered, but not received",
    "wrong_region": "In the wrong place",
    "customs_document": "Customs needs a document",
    "address_problem": "Address problem",
    "pickup_expiring": "Pick-up about to expire",
    "exception": "Problem on the road",
    "disruption": "In a disruption",
    "missed": "Promise missed",
    "attempt_failed": "Delivery failed",
    "pickup_waiting": "Waiting to be picked up",
    "circling": "Going in circles",
    "left_behind": "Part left behind",
    "late": "Will be late",
    "stalled": "Not moving",
    "dwelling": "Too long in one place",
    "no_first_scan": "Label, but no scan",
    "not_shipped": "Not shipped yet",
}
# What is said about them: each of these, and that one of them is over.
NOTICES: dict[str, str] = {**KINDS, **{kind: one.label for kind, one in WORDED.items() if kind not in KINDS}}


# A state or kind → the tone of look in which it is shown.
TONES: dict[str, str] = {
    **dict.fromkeys(
        (
            "lost",
            "damaged",
            "returned_to_sender",
            "refused",
            "not_received",
            "exception",
            "disruption",
            "missed",
            "late",
        ),
        "late",
    ),
    **dict.fromkeys(
        ("wrong_region", "customs_document", "address_problem", "pickup_expiring", "attempt_failed", "pickup_waiting"),
        "act",
    ),
    **dict.fromkeys(("circling", "left_behind", "stalled", "dwelling", "no_first_scan", "not_shipped"), "watch"),
    "moving_again": "good",
    **dict.fromkeys(("quarantined", "parked"), "late"),
    **dict.fromkeys(("waiting", "due", "sending"), "watch"),
    **dict.fromkeys(("applied", "sent"), "done"),
}


MAKERS = {"shop": "The shop", "carrier": "The carrier", "us": "Aftercart"}
CLASSES = {
    "network": "Everything is slow",
    "carrier": "Carrier slow",
    "service": "Service slow",
    "region": "Region slow",
    "hub": "Hub held up",
    "feed outage": "No news comes in",
    "drift": "Getting slower",
}
TOLD_IN = (
    "promised_by", "days_left", "chance", "place", "expected", "circles", "state", "reason", "attention",
    "delivered_at", "first_delivered_at", "collect_by", "limit_days", "milestone",
    "limit_business_days", "since",
)  # fmt: skip
WHERE = {
    "lane": "on this lane",
    "route": "on this route",
    "destination": "to this destination",
    "carrier to this destination": "of this carrier to this destination",
    "carrier": "of this carrier",
    "network": "everywhere",
}
SURFACES = {"checkout": "at the checkout", "confirmation": "in the confirmation", "page": "on the tracking page"}


def kind_in_words(kind: str) -> str:
    return NOTICES.get(kind, kind.replace("_", " ").capitalize())


def told_where(surface: str) -> str:
    """ "at the checkout", "in a notice: Will be late"."""
    place, _, kind = surface.partition(":")
    if kind:
        return f"in a {place}: {kind_in_words(kind)}"
    return SURFACES.get(place) or f"on the {place.replace('_', ' ')}"


def tone(word: str) -> str:
    return TONES.get(word, "none")


def lane_in_words(key: str) -> str:
    """ "dhl|express|NL|DE" as "NL → DE, DHL express"; a blank part means any."""
    carrier, service, origin, destination = ((*key.split("|"), "", "", "", "")[:4]) if key else ("", "", "", "")
    route = f"{origin or 'anywhere'} → {destination or 'anywhere'}"
    by = " ".join(part for part in (carrier and carrier_name(carrier), service) if part)
    return f"{route}, {by}" if by else route


def place_in_words(code: str) -> str:
    """ "Germany", "Netherlands, NH"; what we have no name for stays as it is."""
    country, _, region = code.partition("-")
    name = str(Locale("en").territories.get(country, country)) or "anywhere"
    return f"{name}, {region}" if region else name


def age_in_words(age: timedelta) -> str:
    """The largest whole unit that says enough: "40 s", "12 min", "5 h", "3 days"."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86400:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def who(name: str, email: str) -> str:
    """The customer's first name, else the e-mail with its middle covered: enough to recognise, not to copy."""
    if name.strip():
        return name.split()[0]
    local, at, domain = email.partition("@")
    return f"{local[:1]}•••{at}{domain}" if at else "unknown"


def class_in_words(kind: str) -> str:
    return CLASSES.get(kind, kind.capitalize())


def scope_in_words(part: str, scope: str) -> str:
    """Of what parcels: "DHL in Leipzig", "PostNL", "BR-SP", "all parcels"."""
    first, _, rest = scope.partition("|")
    if part == "hub":
        return f"{carrier_name(first)} in {rest}"
    if part == "carrier":
        return carrier_name(first)
    if part == "service":
        return f"{carrier_name(first)} {rest}"
    return scope or "all parcels"


def evidence_in_words(evidence: Mapping[str, object]) -> str:
    """What a rule of `watch` saw: "no sign since Fri 6 March · quiet for more than 3 business days, …"."""
    # The database keeps no order of names.
    names = sorted(evidence, key=lambda name: TOLD_IN.index(name) if name in TOLD_IN else len(TOLD_IN))
    said = [_worded(name, evidence[name], evidence) for name in names if evidence[name] not in (None, "")]
    return " · ".join(filter(None, said))


def _worded(name: str, value: object, evidence: Mapping[str, object]) -> str:
    match name, value:
        case ("promised_by", str(day)):
            return f"promised by {day_in_words(date.fromisoformat(day))}"
        case ("since", str(instant)):
            return f"since {day_in_words(datetime.fromisoformat(instant).date())}"
        case ("delivered_at" | "first_delivered_at", str(instant)):
            what = "delivered" if name == "delivered_at" else "first part delivered"
            return f"{what} on {day_in_words(datetime.fromisoformat(instant).date())}"
        case ("collect_by", str(day)):
            return f"kept until {day_in_words(date.fromisoformat(day))}{_learned(evidence)}"
        case ("place", str(place)):
            return f"seen in {place}"
        case ("expected", str(place)):
            return f"should go to {place}"
        case ("circles", int(count)):
            return f"back {count} times where it had been"
        case ("days_left", int(days)):
            return f"{_plural(days, 'day')} left"
        case ("chance", float(chance)):
            return f"{chance:.0%} likely to miss it"
        case ("limit_business_days", int() | float() as days):
            return f"for more than {days:g} business days{_learned(evidence)}"
        case ("limit_days", int() | float() as days):
            return f"for more than {days:g} {'day' if days == 1 else 'days'}"
        case ("attention", attention):
            return "the customer has to act" if attention == "action" else ""
        case ("state" | "milestone" | "reason", str(word)):
            return word.replace("_", " ")
        case ("limit" | "version" | "basis" | "n", _):
            return ""
    return f"{name.replace('_', ' ')}: {value}"


def _learned(evidence: Mapping[str, object]) -> str:
    count = evidence.get("n")
    return (
        f", learned from {count:,.0f} {WHERE.get(str(evidence.get('basis')), '')}".rstrip()
        if isinstance(count, int | float) and count
        else ""
    )


def day_in_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B}"


def window_in_words(earliest: date | None, latest: date) -> str:
    """ "Tue 3 – Thu 5 March 2026", or the single day."""
    last = f"{day_in_words(latest)} {latest.year}"
    if earliest is None or earliest >= latest:
        return last
    same = earliest.replace(day=1) == latest.replace(day=1)
    return f"{f'{earliest:%a} {earliest.day}' if same else day_in_words(earliest)} – {last}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def money(minor: int, currency: str) -> str:
    return str(format_currency(Decimal(minor).scaleb(-decimals(currency)), currency, locale="en"))

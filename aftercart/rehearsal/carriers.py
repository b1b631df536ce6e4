"""The carriers, by the names of real ones so that words and numbers look right. How they behave is made up."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from aftercart.rehearsal.places import AMERICAN_WEST, EAST_GERMANY, HUBS, Town

FAR = EAST_GERMANY | AMERICAN_WEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """`feed` is who tells us its scans; `word` what the shop calls it and `feed_word` what the feed does."""

    slug: str
    word: str
    feed: str
    feed_word: str
    number: str  # a pattern: 9 a digit; S10 and 1Z carry their check digits
    saturday: bool = True


def _carrier(slug: str, word: str, feed: str, feed_word: str, number: str, *, saturday: bool = True) -> Carrier:
    return Carrier(slug=slug, word=word, feed=feed, feed_word=feed_word, number=number, saturday=saturday)


CARRIERS = {
    carrier.slug: carrier
    for carrier in (
        _carrier("postnl", "PostNL", "aftercart", "postnl", "3SMOAK999999999"),
        _carrier("dhl", "DHL", "aftercart", "dhl", "00340434999999999999"),
        _carrier("gls", "GLS", "aftercart", "gls", "59999999999", saturday=False),
        _carrier("colissimo", "Colissimo", "aftercart", "colissimo", "6A99999999999"),
        _carrier("correos", "Correos", "aftercart", "correos", "PK9MO9999999999999999E", saturday=False),
        _carrier("ctt", "CTT", "aftercart", "ctt", "S10:RE:PT", saturday=False),
        _carrier("royal_mail", "Royal Mail", "easypost", "RoyalMail", "S10:HM:GB"),
        _carrier("ups", "UPS", "easypost", "UPS", "1Z", saturday=False),
        _carrier("usps", "USPS", "easypost", "USPS", "9400999999999999999999"),
        _carrier("canada_post", "Canada Post", "aftercart", "canada_post", "7399999999999999", saturday=False),
        _carrier("dhl_express", "DHL Express", "aftercart", "dhl_express", "4999999999", saturday=False),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """From a warehouse to a country: the hubs on the way, the hours of each leg, and what is normal.

    There is one leg more than hubs: the last goes to the depot of the customer's town. `far` replaces the hubs for
    towns in the far half of the country, whose further legs are like the last. `days` are the working days that the
    carrier itself says it needs.
    """

    carrier: Carrier
    service: str
    hubs: tuple[str, ...]
    legs: tuple[tuple[float, float], ...]
    days: int
    far: tuple[str, ...] = ()
    customs_at: str = ""

    def stops(self, town: Town) -> tuple[Town, ...]:
        names = self.far if self.far and town.region in FAR else self.hubs
        return tuple(HUBS[name] for name in names)

    def leg(self, n: int) -> tuple[float, float]:
        return self.legs[min(n, len(self.legs) - 1)]


def _lane(
    slug: str,
    service: str,
    hubs: str,
    legs: tuple[tuple[float, float], ...],
    days: int,
    far: str = "",
    customs_at: str = "",
) -> Lane:
    return Lane(
        carrier=CARRIERS[slug],
        service=service,
        hubs=tuple(hubs.split(" > ")),
        legs=legs,
        days=days,
        far=tuple(far.split(" > ")) if far else (),
        customs_at=customs_at,
    )


SHORT, NIGHT, TRUCK, FAR_TRUCK, FLIGHT = (1, 3), (4, 8), (7, 14), (16, 34), (14, 30)

LANES: dict[tuple[str, str], tuple[tuple[float, Lane], ...]] = {
    ("Rotterdam", "NL"): ((1.0, _lane("postnl", "Standard", "Ridderkerk", (SHORT, NIGHT), 1)),),
    ("Rotterdam", "DE"): (
        (0.82, _lane("dhl", "Paket", "Köln", (TRUCK, NIGHT), 2, far="Köln > Leipzig")),
        (0.18, _lane("gls", "BusinessParcel", "Neuenstein", (TRUCK, NIGHT), 2)),
    ),
    ("Rotterdam", "FR"): ((1.0, _lane("colissimo", "Domicile", "Lille > Paris", (TRUCK, NIGHT, TRUCK), 3)),),
    ("Rotterdam", "ES"): (
        (0.7, _lane("correos", "Paq Estándar", "Paris > Madrid", (TRUCK, FAR_TRUCK, TRUCK), 4)),
        (0.3, _lane("gls", "EuroBusiness", "Neuenstein > Barcelona", (TRUCK, FAR_TRUCK, TRUCK), 4)),
    ),
    ("Rotterdam", "PT"): ((1.0, _lane("ctt", "Expresso", "Madrid > Lisboa", (FAR_TRUCK, TRUCK, TRUCK), 5)),),
    ("Rotterdam", "GB"): (
        (1.0, _lane("royal_mail", "Tracked 48", "Slough > Warrington", (TRUCK, NIGHT, NIGHT), 4, customs_at="Slough")),
    ),
    ("Rotterdam", "JP"): (
        (
            1.0,
            _lane(
                "dhl_express",
                "Worldwide",
                "Brussels > Hong Kong > Tokyo",
                (NIGHT, FLIGHT, NIGHT, TRUCK),
                5,
                customs_at="Tokyo",
            ),
        ),
    ),
    ("Columbus", "US"): (
        (0.55, _lane("ups", "Ground", "Hodgkins", (TRUCK, FAR_TRUCK), 3, far="Hodgkins > Ontario")),
        (0.45, _lane("usps", "Ground Advantage", "Newark", (TRUCK, FAR_TRUCK), 3, far="Memphis > Dallas")),
    ),
    ("Columbus", "CA"): (
        (
            1.0,
            _lane(
                "canada_post",
                "Expedited Parcel",
                "Buffalo > Mississauga",
                (TRUCK, NIGHT, FAR_TRUCK),
                5,
                far="Mississauga > Edmonton",
                customs_at="Mississauga",
            ),
        ),
    ),
}
# What one warehouse lacks comes from the other one, by air.
ACROSS = {
    "Rotterdam": _lane(
        "dhl_express", "Worldwide", "Brussels > Cincinnati", (NIGHT, FLIGHT, TRUCK), 4, "", "Cincinnati"
    ),
    "Columbus": _lane("dhl_express", "Worldwide", "Cincinnati > Brussels", (NIGHT, FLIGHT, TRUCK), 4, "", "Brussels"),
}
PICKUP_HOUR = {"Rotterdam": 17.5, "Columbus": 16.5}


def warehouse_for(country: str) -> Town:
    return HUBS["Columbus" if country in {"US", "CA"} else "Rotterdam"]


def lane(rng: Random, warehouse: Town, country: str) -> Lane:
    known = LANES.get((warehouse.city, country))
    if known is None:
        return ACROSS[warehouse.city]
    return rng.choices([lane for _, lane in known], [share for share, _ in known])[0]


def usual_days(country: str) -> int:
    """Working days that the slowest usual lane to a country says it needs: what the shop's checkout knows."""
    return max(lane.days for _, lane in LANES[warehouse_for(country).city, country])


def number(carrier: Carrier, rng: Random) -> str:
    pattern = carrier.number
    if pattern == "1Z":
        return _ups("".join(rng.choices("0123456789", k=8)))
    if pattern.startswith("S10:"):
        _, service, country = pattern.split(":")
        return _s10(service, "".join(rng.choices("0123456789", k=8)), country)
    return "".join(str(rng.randrange(10)) if mark == "9" else mark for mark in pattern)


def _ups(serial: str) -> str:
    body = f"OAK0420{serial}"  # shipper, service and serial: 15 signs, then the check digit
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in body]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return f"1Z{body}{-total % 10}"


def _s10(service: str, serial: str, country: str) -> str:
    weighted = sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = 11 - weighted % 11
    return f"{service}{serial}{ {10: 0, 11: 5}.get(check, check) }{country}"

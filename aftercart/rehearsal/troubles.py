"""What can go wrong with one parcel. At most one thing does: two would hide each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from aftercart.rehearsal.chance import between, draw


class Trouble(StrEnum):
    NONE = "none"
    SLOW = "slow"  # stands at a hub for a few days, then moves again
    STALL = "stall"  # the same for long
    DELAYED = "delayed"  # the carrier says so itself
    UNSCANNED = "unscanned"  # handed over, and no scan for days
    PAPERS = "papers"  # customs asks for a document
    ADDRESS = "address"
    ATTEMPT = "attempt"
    PICKUP = "pickup"
    REFUSED = "refused"
    DAMAGED = "damaged"
    LOST = "lost"
    CIRCLE = "circle"  # sent back and forth between two hubs
    ASTRAY = "astray"  # handed over in another region
    EARLY = "early"  # marked as delivered, and its customer has nothing


SHARES: Mapping[Trouble, float] = {
    Trouble.NONE: 0.806,
    Trouble.SLOW: 0.045,
    Trouble.STALL: 0.014,
    Trouble.DELAYED: 0.016,
    Trouble.UNSCANNED: 0.012,
    Trouble.PAPERS: 0.05,  # of the parcels that pass customs; others are spared
    Trouble.ADDRESS: 0.011,
    Trouble.ATTEMPT: 0.04,
    Trouble.PICKUP: 0.032,
    Trouble.REFUSED: 0.005,
    Trouble.DAMAGED: 0.004,
    Trouble.LOST: 0.005,
    Trouble.CIRCLE: 0.004,  # of the parcels that pass two hubs
    Trouble.ASTRAY: 0.003,
    Trouble.EARLY: 0.01,
}

# How long it lasts, in days.
SPANS: Mapping[Trouble, tuple[float, float]] = {
    Trouble.NONE: (0, 0.01),
    Trouble.SLOW: (1, 3.5),
    Trouble.STALL: (4, 9),
    Trouble.DELAYED: (1, 3),
    Trouble.UNSCANNED: (3, 7),
    Trouble.PAPERS: (1.5, 6),
    Trouble.ADDRESS: (1, 4),
    Trouble.ATTEMPT: (1, 1.01),
    Trouble.PICKUP: (0.3, 11),
    Trouble.REFUSED: (3, 8),
    Trouble.DAMAGED: (0.5, 1),
    Trouble.LOST: (9, 15),
    Trouble.CIRCLE: (0.7, 1.2),  # for each way back or forth
    Trouble.ASTRAY: (0, 0.01),
    Trouble.EARLY: (0.8, 4),  # until it turns up, if it does
}
SHELF_DAYS = 7.0  # how long a parcel shop keeps a parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What one parcel's road has in store: the trouble, how long, and how far along the hubs (0 to 1)."""

    trouble: Trouble
    days: float
    where: float
    ends_well: bool


def lot(rng: Random, shares: Mapping[Trouble, float], *, papers: bool) -> Lot:
    drawn = draw(rng, shares)
    if drawn is Trouble.PAPERS and not papers:
        drawn = Trouble.NONE
    return Lot(trouble=drawn, days=between(rng, SPANS[drawn]), where=rng.random(), ends_well=rng.random() < 0.78)

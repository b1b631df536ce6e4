"""What a notice speaks about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a notice speaks about. Dates are the customer's calendar days.

    `promised` is the date told before; `earliest`–`latest` the window that we believe now; `deadline` the day by
    which a step of the carrier's, or ours, is due; `since` the day of what it is about. `amount` is in minor units.
    What is not given is left out of the text.
    """

    kind: str
    brand: str
    number: str
    link: str
    since: date
    choices: str = ""  # where the customer chooses what they hear
    name: str = ""
    carrier: str = ""
    city: str = ""
    reason: str = ""
    promised: date | None = None
    earliest: date | None = None
    latest: date | None = None
    deadline: date | None = None
    state: str = ""  # where the parcel stands; "rest": it is about what is in no parcel
    return_by: date | None = None  # until when all can be sent back
    longer: str = ""  # why it takes longer than usual: launch, preorder, backorder or peak
    ships_from: date | None = None
    note: str = ""  # the brand's own words about it, in this language
    tracking: str = ""  # the carrier's own page
    action: str = ""  # where the customer does what is asked of them
    yes_link: str = ""
    no_link: str = ""
    amount: int | None = None
    currency: str = ""
    method: str = ""  # where the money goes back to, in words
    days: int | None = None  # working days that a step takes at most
    points: int | None = None
    balance: int | None = None

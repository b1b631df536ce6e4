"""Whether a machine of ours may answer a message, or would begin to talk to another machine without end. Pure.

Headers tell most machines from people, and not all. So what holds in any case is how often: whoever writes gets at most
so many automatic answers in an hour and in a day, whatever they write and say they are. What they wrote is kept all the
same, and a person may always answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftercart.facts import Nature

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many automatic answers one address gets at most, within any hour and any day."""

    an_hour: int = 3
    a_day: int = 5


def silent_because(nature: Nature, answered: Iterable[datetime], now: datetime, terms: Terms) -> str:
    """Why no machine answers; '' where it may. `answered`: when machines of ours last answered that address.

    Answers on either side of `now` count: so it holds in whatever order messages are looked at.
    """
    if nature is not Nature.PERSON:
        return f"it was not written by a person ({nature.value})"
    apart = [abs(at - now) for at in answered]
    for span, most, name in ((HOUR, terms.an_hour, "an hour"), (DAY, terms.a_day, "a day")):
        count = sum(one < span for one in apart)
        if count >= most:
            return f"{count} automatic answers went to this address within {name}: a person has to answer"
    return ""


def terms_from(body: dict[str, object]) -> Terms:
    """As a brand's policy says. ValueError names the field and the reason."""
    for name, value in body.items():
        if name not in ("an_hour", "a_day"):
            raise ValueError(f"{name}: is none of an_hour, a_day")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
            raise ValueError(f"{name}: {value!r} is no whole number from 0 to 100")
    return Terms(**{name: value for name, value in body.items() if isinstance(value, int)})

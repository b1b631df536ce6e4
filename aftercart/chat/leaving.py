"""When an answer has to follow somebody who has left the chat. Pure.

This is where it is decided by which way an answer reaches them: it always stands in the conversation, and goes by mail
as well if nobody has had the conversation open for some minutes after it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from aftercart.chat.resuming import Line

AWAY = timedelta(minutes=3)  # a page is reloaded, a train goes through a tunnel
Answer = TypeVar("Answer", bound=Line)


def unseen(
    answers: Sequence[Answer], *, seen_at: datetime, mailed_until: datetime | None, now: datetime
) -> Sequence[Answer]:
    """Those to be mailed now: all that nobody has seen, as soon as the first of them has waited long enough."""
    new = [one for one in answers if one.at > seen_at and (mailed_until is None or one.at > mailed_until)]
    return new if new and now - new[0].at >= AWAY else []

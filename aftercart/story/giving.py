"""What was given to whom was let down, in words for staff."""

from __future__ import annotations

from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.gestures.queries import gift_in_words

# How each state is shown: words, and one of look's tones.
STATES = {
    Gesture.WAITING: ("not yet", "watch"),
    Gesture.NO: ("nothing given", "none"),
    Gesture.HELD_OUT: ("held out", "none"),
    Gesture.OWED: ("being granted", "watch"),
    Gesture.GRANTED: ("granted", "done"),
    Gesture.REFUSED: ("not granted", "late"),
}


def gift(row: Gesture) -> str:
    """Empty where nothing was given."""
    return gift_in_words(row.gift, row.points, row.amount, row.currency) if row.gift else ""

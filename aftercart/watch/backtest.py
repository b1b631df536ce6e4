"""What the live rules would have told, had they been there: a history of orders played through them day by day.

Each morning knows only what was stamped before it. A day is learned once it is over, the limits then set themselves, and
every order whose moment has come is assessed by `rules.look`; the morning on which a concern `late` first opens is when
its customer would have been told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple

from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.rules import Exposure, Lane, Pace, miss_probability
from aftercart.watch.calibration import Calibration, Ended, Wishes
from aftercart.watch.history import Past
from aftercart.watch.limits import Limits
from aftercart.watch.rules import View, look


class Cohort(NamedTuple):
    """Orders that are alike to what we learn from."""

    lane: Lane
    placed: date
    promised: date


@dataclass(slots=True)
class Open:
    """One order under way."""

    past: Past
    cohort: Cohort
    told_on: date | None = None


class Playback:
    """The world as it was known on one morning after the other."""

    def __init__(self, zone: tzinfo, *, wishes: Wishes, calendar: Calendar) -> None:
        self.zone = zone
        self.calendar = calendar
        self.pace = Pace()
        self.calibration = Calibration(wishes=wishes)
        self.open: dict[str, Open] = {}
        self.cohorts: defaultdict[Cohort, int] = defaultdict(int)
        self.promised_for: defaultdict[date, list[str]] = defaultdict(list)
        self.look_on: defaultdict[date, list[str]] = defaultdict(list)

    def morning(self, today: date, *, arrived: Sequence[str], cancelled: Sequence[str], placed: Sequence[Past]) -> None:
        """Take in what yesterday brought, learn from it, and look at what is due."""
        came = [self.open.pop(order_id) for order_id in arrived if order_id in self.open]
        self._learn(today - DAY, came)
        for order_id in cancelled:
            if gone := self.open.pop(order_id, None):
                self._leave(gone.cohort)
        for past in placed:
            self._enter(past, today)
        self._calibrate(today, came)
        self._look(today)

    def told(self) -> Iterator[tuple[str, date]]:
        """Who was told this morning is forgotten the next: collect it each day."""
        raise NotImplementedError

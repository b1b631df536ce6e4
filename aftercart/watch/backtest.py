"""What the live rules would have told, had they been there: a history of orders played through them day by day.

Each morning knows only what was stamped before it. A day is learned once it is over, the limits then set themselves,
and every order whose moment has come is assessed by `rules.look`; the morning on which it first says `late` is the one
on which its customer would have been told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import NamedTuple

from aftercart.promises.calendars import ALWAYS, DAY, Calendar
from aftercart.promises.rules import Exposure, Lane, Pace, miss_probability
from aftercart.watch.calibration import Calibration, Ended, Wishes
from aftercart.watch.history import Past
from aftercart.watch.limits import Limits
from aftercart.watch.rules import View, look
from aftercart.watch.scorecard import score, still_open

BASELINE_DAYS = 3
BASELINE = f"still_open_{BASELINE_DAYS}_days_before"

Days = defaultdict[date, list[Past]]


class Cohort(NamedTuple):
    """What orders have in common that arrivals are learned by."""

    lane: Lane
    placed_on: date
    promised_by: date


def play(
    history: Iterable[Past],
    *,
    zone: tzinfo,
    wishes: Wishes,
    calendar: Calendar = ALWAYS,
    until: date | None = None,
    on_day: Callable[[date, date], None] | None = None,
) -> Playback:
    """Everything from the first order to the end of the last promise, or to the morning of `until`.

    `on_day` hears of each morning and of the last one.
    """
    placed, arrived, cancelled = Days(list), Days(list), Days(list)
    last = date.min
    for past in history:
        placed[past.placed_at.date()].append(past)
        if past.delivered_on:
            arrived[past.delivered_on].append(past)
        if past.cancelled_on:
            cancelled[past.cancelled_on].append(past)
        last = max(last, past.promised_by)
    playback = Playback(zone=zone, wishes=wishes, calendar=calendar)
    day, last = min(placed, default=date.max), until or last
    while day < last:
        playback.morning_after(day, placed[day], arrived[day], cancelled[day])
        day += DAY
        if on_day:
            on_day(day, last)
    return playback


def report(
    history: Sequence[Past],
    *,
    zone: tzinfo,
    wishes: Wishes,
    calendar: Calendar = ALWAYS,
    on_day: Callable[[date, date], None] | None = None,
) -> dict[str, object]:
    """The live rules' score, overall and by month, and under `baselines` that of the one-line rule."""
    told = play(history, zone=zone, wishes=wishes, calendar=calendar, on_day=on_day).told_on
    simple = score(history, still_open(history, days_before=BASELINE_DAYS))
    return score(history, told) | {"baselines": {BASELINE: simple}}


class Playback:
    """All that was known and believed on one morning."""

    def __init__(self, *, zone: tzinfo, wishes: Wishes, calendar: Calendar) -> None:
        self.zone = zone
        self.calendar = calendar
        self.pace = Pace()
        self.calibration = Calibration(wishes=wishes)
        self.open: dict[str, Past] = {}
        self.cohorts: defaultdict[Cohort, int] = defaultdict(int)
        self.promised_by: Days = Days(list)
        self.look_on: Days = Days(list)
        self.told_on: dict[str, date] = {}

    def morning_after(
        self, yesterday: date, placed: Iterable[Past], arrived: Iterable[Past], cancelled: Iterable[Past]
    ) -> None:
        today = yesterday + DAY
        came = [past for past in arrived if self.open.pop(past.order_id, None)]
        self._learn(yesterday, came)
        for past in cancelled:
            if self.open.pop(past.order_id, None):
                self._leave(past)
        for past in placed:
            if yesterday not in (past.delivered_on, past.cancelled_on):
                self._enter(past, today)
        self._calibrate(today, came)
        self._look(today)

    def _enter(self, past: Past, today: date) -> None:
        self.open[past.order_id] = past
        self.cohorts[_cohort(past)] += 1
        self.promised_by[past.promised_by].append(past)
        self.look_on[today].append(past)

    def _leave(self, past: Past) -> None:
        cohort = _cohort(past)
        self.cohorts[cohort] -= 1
        if not self.cohorts[cohort]:
            del self.cohorts[cohort]

    def _learn(self, day: date, came: list[Past]) -> None:
        arrivals: defaultdict[Cohort, int] = defaultdict(int)
        for past in came:
            arrivals[_cohort(past)] += 1
        exposures = (
            Exposure(
                lane=cohort.lane,
                age=(day - cohort.placed_on).days,
                promised=(cohort.promised_by - cohort.placed_on).days,
                open=count,
                arrived=arrivals.get(cohort, 0),
            )
            for cohort, count in self.cohorts.items()
        )
        self.pace.observe(day, exposures, calendar=self.calendar)
        for past in came:
            self._leave(past)

    def _calibrate(self, today: date, came: list[Past]) -> None:
        early_days = self.calibration.limits().early_days
        missed = [past for past in self.promised_by[today - DAY] if past.order_id in self.open]
        ended = [Ended(late=True, told_ahead=self._ahead(past)) for past in missed]
        ended += [Ended(late=False, told_ahead=self._ahead(past)) for past in came if today <= past.promised_by + DAY]
        self.calibration.observe(
            ahead=[self._chance(past, today) for past in self._promised(today + early_days * DAY)],
            today=[self._chance(past, today) for past in self._promised(today) if past.order_id not in self.told_on],
            ended=ended,
        )

    def _promised(self, day: date) -> list[Past]:
        return [past for past in self.promised_by[day] if past.order_id in self.open]

    def _ahead(self, past: Past) -> int | None:
        told = self.told_on.get(past.order_id)
        return (past.promised_by - told).days if told else None

    def _chance(self, past: Past, today: date) -> float:
        return miss_probability(
            self.pace,
            lane=past.lane,
            start=past.placed_at.date(),
            promised=past.promised_by,
            today=today,
            calendar=self.calendar,
        )

    def _look(self, today: date) -> None:
        now = datetime.combine(today, time(), self.zone)
        limits = Limits(pace=self.pace, late=self.calibration.limits(), calendar=self.calendar)
        for past in self.look_on.pop(today, ()):
            if past.order_id not in self.open:
                continue
            worries, again = look(view_of(past, now=now, zone=self.zone), limits=limits, now=now)
            if any(worry.kind == "late" for worry in worries):
                self.told_on[past.order_id] = today
            elif again:
                self.look_on[_first_morning_from(again, self.zone)].append(past)


def view_of(past: Past, *, now: datetime, zone: tzinfo) -> View:
    """What a live system would know at `now` of an order that is open.

    A missing stamp is one that is not known, which is not the same as one that has not happened: nothing may be read
    from its absence.
    """
    handed_over = past.handed_over_at
    return View(
        placed_at=past.placed_at,
        lane=past.lane,
        zone=zone,
        promised_by=past.promised_by,
        handed_over_at=handed_over if handed_over and handed_over < now else None,
    )


def _cohort(past: Past) -> Cohort:
    return Cohort(past.lane, past.placed_at.date(), past.promised_by)


def _first_morning_from(instant: datetime, zone: tzinfo) -> date:
    day = instant.astimezone(zone).date()
    # Compared in UTC: where summer time begins at midnight, the day's first moment is 01:00.
    began = datetime.combine(day, time(), zone).astimezone(UTC)
    return day if instant <= began else day + DAY

"""One series of parcels watched for a fall in their progress: what is normal, how surprising a day is, when to alarm.

`expected` is what the open parcels of the series should have done that day at the speed of the last months; `observed`
is what they did. Two charts hold one against the other. The fast one first corrects what is expected by the level of
the last weeks and by the weekday, and adds up the evidence day by day that only a part of it comes (a CUSUM for a
fall to each of several shares). The slow one corrects by nothing but the same weeks of the year before, and adds up
whole weeks: it sees what builds up so slowly that the fast one takes it for normal.

Counts of a day scatter more than chance alone explains, by an amount that each series learns; and so is the limit of
the evidence: between two zeros it rises to a peak now and then, and how often and how high in quiet times says how
high it gets by chance once in `FALSE_ALARM_DAYS`. Nothing is learned from days under suspicion until the suspicion is
over, nothing at all during an alarm, and not from the burst that brings what had been held up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import log

SHARES = (0.6, 0.4)  # the falls that are looked for: to these shares of what is expected
FALSE_ALARM_DAYS = 5500.0  # a series in quiet alarms once in this many days
FADE = 0.98  # of yesterday's evidence: what has built up over weeks is the slow chart's
LEAST_LIMIT, MOST_LIMIT = 5.0, 6.8
ONE_DAY = 0.65  # of the limit: what a single day can add, so that one strange day is not yet an alarm
KNOWN_DAYS = 70  # of which weekdays and scatter are learned
LEVEL_DAYS = 14
QUICK_DAYS = 7
QUICKER = 0.9  # of it counts: the higher of two guesses is too high
DOUBTFUL_DAYS = 4  # the last days teach nothing yet: they may be the beginning of something
ARRIVALS = 10.0  # that draw a ratio to 1
SPREAD = 0.015  # squared share by which days scatter beyond chance, before it is known
SPREAD_DAYS = 15.0
CAPPED = 6.0  # variances: what lies further out says no more than that
UNSURE_DAYS = 28  # at the beginning: what is expected is hardly known yet
PEAKS_HALF = 180.0
PEAK, PEAKS_A_DAY, PEAK_DAYS = 1.0, 0.2, 60.0  # what is taken as usual before it is known, weighing this many days
WARM_UP = 35  # days
BUSY = 0.6  # of an average day's arrivals
SUSPICIOUS = 0.4  # of the limit
WELL = 0.85  # of what is expected: running again
WELL_EVIDENCE = 3.0  # how sure we are of that before the all-clear
NEW_NORMAL = 28  # days after which what an alarm was about is how things are


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one series did on one day. `weekday` as the calendar counts it: a holiday is a Sunday (6)."""

    on: date
    weekday: int
    observed: float
    expected: float
    normal: float = 0.0


@dataclass(slots=True)
class Tally:
    """What came and what was expected, both fading."""

    came: float = 0.0
    expected: float = 0.0

    def ratio(self, weight: float) -> float:
        return (self.came + weight) / (self.expected + weight)

    def add(self, came: float, expected: float) -> None:
        self.came += came
        self.expected += expected

    def fade(self, keep: float) -> None:
        self.came *= keep
        self.expected *= keep


@dataclass(slots=True)
class Chart:
    """The fast chart of one series. `evidence` by share; `held_up`: what an alarm kept back and has not come yet."""

    days: int = 0
    last: Day | None = None
    known: list[Day] = field(default_factory=list)
    recent: list[Day] = field(default_factory=list)
    weekly: list[float] = field(default_factory=lambda: [1.0] * 7)
    level: float = 1.0
    lately: float = 1.0  # the level of the last days: a quicker pace is believed at once, a slower one is not
    scatter: float = SPREAD
    evidence: list[float] = field(default_factory=lambda: [0.0] * len(SHARES))
    run: list[Day] = field(default_factory=list)
    peak: float = 0.0
    peaks: Tally = field(default_factory=Tally)  # sum of peaks, and how many
    quiet_days: float = 0.0
    alarm_since: date | None = None
    alarmed_at: float = 0.0
    began: date | None = None
    running: Tally = field(default_factory=Tally)  # since the alarm
    recovery: float = 0.0
    held_up: float = 0.0

    def normal(self, day: Day) -> float:
        """What is expected of the day when all is well."""
        return day.expected * max(self.level, QUICKER * self.lately) * self.weekly[day.weekday]

    @property
    def limit(self) -> float:
        return peak_limit(self.peaks, self.quiet_days)

    @property
    def statistic(self) -> float:
        return max(self.evidence)

    @property
    def ready(self) -> bool:
        return self.days > WARM_UP

    @property
    def suspicious(self) -> bool:
        """In alarm, or on the way to it."""
        return self.alarm_since is not None or self.statistic >= SUSPICIOUS * self.limit

    @property
    def daily(self) -> float:
        """What is normal on an average day of the last weeks."""
        return sum(day.normal for day in self.known[-2 * LEVEL_DAYS :]) / max(1, len(self.known[-2 * LEVEL_DAYS :]))

    def busy(self, day: Day) -> bool:
        """Whether this weekday is one on which much arrives."""
        return self.weekly[day.weekday] >= BUSY

    def copied(self) -> Chart:
        """A chart that goes on from here by itself."""
        known, recent, run = list(self.known), list(self.recent), list(self.run)
        peaks, running = replace(self.peaks), replace(self.running)
        return replace(self, known=known, recent=recent, run=run, peaks=peaks, running=running)

    def observe(self, day: Day) -> Day:
        """Take in a finished day; the same with what is normal for it."""
        self.days += 1
        self.last = day = replace(day, normal=self.normal(day))
        if self.alarm_since is not None:
            self._under_alarm(day)
            return day
        self._accumulate(day)
        if self.ready and self.statistic >= self.limit:
            self._alarm(day)
        return day

    def unheard(self, day: Day) -> None:
        """A day of which no news came. What it held back will come in a burst, which says nothing either."""
        self.last = replace(day, normal=self.normal(day))
        self._keep_back(self.last)

    def _accumulate(self, day: Day) -> None:
        most = ONE_DAY * self.limit
        # On Sundays and the like little moves, and what does moves by other rules.
        says = min(1.0, self.weekly[day.weekday] / BUSY)
        if self.days > WARM_UP // 2:
            self.evidence = [
                max(0.0, FADE * was + min(most, says * self._surprise(day.observed, day.normal, share)))
                for was, share in zip(self.evidence, SHARES, strict=True)
            ]
        self.recent.append(day)
        self.peak = max(self.peak, self.statistic)
        if self.statistic <= 0.0:
            if self.peak > 0:
                self.peaks.add(self.peak, 1.0)
            self.peak, self.run = 0.0, []
        else:
            self.run.append(day)
        self.peaks.fade(0.5 ** (1 / PEAKS_HALF))
        self.quiet_days = self.quiet_days * 0.5 ** (1 / PEAKS_HALF) + 1
        while len(self.recent) > DOUBTFUL_DAYS:
            self._learn(self.recent.pop(0))
        last = [*self.known[-(QUICK_DAYS - DOUBTFUL_DAYS) :], *self.recent]
        # What had been held up and comes now is no pace.
        self.lately = self._ratio(last) if self.held_up < day.normal else self.level

    def _surprise(self, observed: float, normal: float, share: float) -> float:
        """The log of how much likelier the day is if only `share` comes, scatter beyond chance allowed for."""
        return (observed * log(share) + (1 - share) * normal) / (1 + self.scatter * normal)

    def _learn(self, day: Day) -> None:
        surplus = min(self.held_up, max(0.0, day.observed - day.normal))
        self.held_up = max(0.0, self.held_up * 0.9 - surplus)
        self.known.append(replace(day, observed=day.observed - surplus))
        del self.known[:-KNOWN_DAYS]
        came, expected = [0.0] * 7, [0.0] * 7
        lately = sum(d.observed for d in self.known) / max(1e-9, sum(d.expected for d in self.known))
        for d in self.known:
            came[d.weekday] += d.observed
            expected[d.weekday] += d.expected * lately
        self.weekly = [(c + ARRIVALS) / (e + ARRIVALS) for c, e in zip(came, expected, strict=True)]
        self.level = self._ratio(self.known[-LEVEL_DAYS:])
        self._learn_scatter()

    def _ratio(self, days: Sequence[Day]) -> float:
        """What came, over what the reference expects for these weekdays. A Sunday on which some work shows no pace."""
        busy = [day for day in days if self.busy(day)]
        expected = sum(day.expected * self.weekly[day.weekday] for day in busy)
        return (sum(day.observed for day in busy) + ARRIVALS) / (expected + ARRIVALS)

    def _learn_scatter(self) -> None:
        over = weight = 0.0
        for d in self.known[max(0, UNSURE_DAYS - (self.days - len(self.known))) :]:
            cap = CAPPED * d.normal * (1 + self.scatter * d.normal)
            over += min((d.observed - d.normal) ** 2, cap) - d.normal
            weight += d.normal**2
        prior = SPREAD_DAYS * weight / max(1, len(self.known))
        self.scatter = max(0.003, (over + SPREAD * prior) / (weight + prior)) if weight else SPREAD

    def _alarm(self, day: Day) -> None:
        self.alarm_since, self.alarmed_at = day.on, self.statistic
        self.began = self.run[0].on if self.run else day.on
        self.recent = []
        for one in self.run:
            self._keep_back(one)
        self.running = Tally(sum(one.observed for one in self.run), sum(one.normal for one in self.run))
        self.recovery = 0.0

    def _keep_back(self, day: Day) -> None:
        self.held_up = max(0.0, self.held_up + day.normal - day.observed)

    def _under_alarm(self, day: Day) -> None:
        self._keep_back(day)
        assert self.alarm_since is not None
        slowed = min(0.7, self.running.ratio(1.0))
        gain = -self._surprise(day.observed, day.normal * WELL / 0.9, slowed)
        self.recovery = max(0.0, self.recovery + min(gain, 0.6 * WELL_EVIDENCE))
        if self.recovery <= 0:
            self.running.add(day.observed, day.normal)
        if self.recovery >= WELL_EVIDENCE:
            self.clear()
        elif (day.on - self.alarm_since).days >= NEW_NORMAL:
            share = self.running.ratio(1.0)
            self.known = [replace(one, expected=one.expected / share) for one in self.known]
            self.level = self.lately = self._ratio(self.known[-LEVEL_DAYS:])
            self.held_up = 0.0
            self.clear()

    def clear(self) -> None:
        self.alarm_since = self.began = None
        self.evidence = [0.0] * len(SHARES)
        self.run, self.peak, self.recovery = [], 0.0, 0.0


def peak_limit(peaks: Tally, quiet_days: float) -> float:
    """How high peaks get by chance once in `FALSE_ALARM_DAYS`: their heights fall off exponentially."""
    count = peaks.expected + PEAKS_A_DAY * PEAK_DAYS
    height = (peaks.came + PEAK * PEAKS_A_DAY * PEAK_DAYS) / count
    often = count / (quiet_days + PEAK_DAYS)
    return min(max(height * log(often * FALSE_ALARM_DAYS), LEAST_LIMIT), MOST_LIMIT)

"""A parcel's own story, drawn on one time axis from the placing of its order to the last day that anybody named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from aftercart.look.charts import Stretch
from aftercart.look.stories import Mark, Row, Tick, story
from aftercart.orders.models import Parcel, Scan
from aftercart.outbox.models import Outgoing
from aftercart.promises.models import Forecast, Promise
from aftercart.story.queries import Known
from aftercart.story.rules import MAKERS, day_in_words, kind_in_words, told_where, tone, window_in_words

DAY = timedelta(days=1)
TICKS = 6
DATES = 6  # told, at most: the newest
STATE_TONES = {
    **dict.fromkeys(("delivered", "returned"), "good"),
    **dict.fromkeys(("delayed", "held", "lost", "damaged", "failed", "returning"), "late"),
    **dict.fromkeys(("attempt_failed", "available_for_pickup"), "act"),
    "in_customs": "watch",
}


def of_parcel(known: Known, parcel: Parcel) -> Known:
    """What is known of the order, without what is another parcel's."""
    threads = {parcel.fulfilment_id, parcel.track_id}
    about = {parcel.id, known.order.id}
    concerns = [concern for concern in known.concerns if concern.subject_id in about]
    # What is said of the whole order (a new date, a question about its delivery) is said of each parcel.
    others = {concern.id for concern in known.concerns if concern.subject_id not in about}
    others |= {other.id for other in known.parcels} - about
    decisions = [decision for decision in known.decisions if decision.concern_id not in others]
    said = {decision.outgoing_id for decision in decisions}
    asked = {decision.id for decision in decisions}
    return replace(
        known,
        parcels=[parcel],
        fulfilments=[f for f in known.fulfilments if f.id == parcel.fulfilment_id],
        scans=[scan for scan in known.scans if scan.track_id in threads],
        promises=[promise for promise in known.promises if promise.parcel_id in (None, parcel.id)],
        forecasts=[forecast for forecast in known.forecasts if forecast.id == parcel.id],
        concerns=concerns,
        notices=[notice for notice in known.notices if notice.id in said],
        decisions=decisions,
        answers=[one for one in known.answers if one.id in asked],
        corrections=[one for one in known.corrections if one.parcel_id == parcel.id],
        gestures=[gesture for gesture in known.gestures if gesture.concern_id not in others],
        payments=[],
    )


@dataclass(frozen=True, slots=True)
class Axis:
    """From the day of placing to the last day that matters, in the zone of the destination."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, known: Known, now: datetime, zone: ZoneInfo) -> Axis:
        told = [*(promise.latest for promise in known.promises), *(forecast.latest for forecast in known.forecasts)]
        seen = [scan.at.astimezone(zone).date() for scan in known.scans]
        done = known.parcels[0].delivered_at
        last = max([*told, *seen, (done or now).astimezone(zone).date()])
        first = known.order.placed_at.astimezone(zone).date()
        return cls(_midnight(first, zone), _midnight(last + DAY, zone), zone)

    def at(self, moment: datetime) -> float:
        return min(max((moment - self.start) / (self.end - self.start), 0.0), 1.0)

    def day(self, day: date) -> float:
        return self.at(_midnight(day, self.zone))

    def words(self, at: float) -> str:
        moment = (self.start + at * (self.end - self.start)).astimezone(self.zone)
        return f"{day_in_words(moment.date())}, {moment:%H:%M}"

    @property
    def ticks(self) -> list[Tick]:
        days = (self.end.astimezone(self.zone).date() - self.start.astimezone(self.zone).date()).days
        step = max(1, -(-days // TICKS))
        first = self.start.astimezone(self.zone).date()
        shown = [first + DAY * n for n in range(0, days + 1, step)]
        return [Tick(name=f"{day.day} {day:%b}", at=self.day(day)) for day in shown]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def drawn(known: Known, *, now: datetime, zone: ZoneInfo) -> SafeString:
    """`known` is of one parcel."""
    axis = Axis.of(known, now, zone)
    parcel = known.parcels[0]
    until = min(parcel.delivered_at or now, now)
    rows = [
        Row(name="Where it was", stretches=tuple(_states(known, axis, until))),
        Row(name="Scans", marks=tuple(_scans(known, axis))),
        *_told(known.promises[-DATES:], axis),
        *(_believed(forecast, axis) for forecast in known.forecasts),
        *_worries(known, axis, now),
        Row(name="Said, or kept silent", marks=tuple(_speech(known, axis))),
    ]
    title = f"The story of parcel {parcel.number or parcel.id}"
    return mark_safe(story(rows, title=title, now=axis.at(now), ticks=axis.ticks, show=axis.words))


def _states(known: Known, axis: Axis, until: datetime) -> Iterator[Stretch]:
    road = sorted((scan for scan in known.scans if scan.state), key=lambda scan: scan.at)
    first = road[0].at if road else until
    yield Stretch(name="With us", start=axis.at(known.order.placed_at), end=axis.at(first), tone="none")
    for scan, end in zip(road, [*(s.at for s in road[1:]), max(until, road[-1].at) if road else until], strict=False):
        yield Stretch(
            name=_where(scan), start=axis.at(scan.at), end=axis.at(end), tone=STATE_TONES.get(scan.state or "", "way")
        )


def _where(scan: Scan) -> str:
    state = (scan.state or scan.code).replace("_", " ").capitalize()
    return f"{state}, {scan.city}" if scan.city else state


def _scans(known: Known, axis: Axis) -> Iterator[Mark]:
    for scan in sorted(known.scans, key=lambda scan: scan.at):
        wrong = {"action": "act", "watch": "watch"}.get(scan.attention, "none")
        yield Mark(name=_where(scan), at=axis.at(scan.at), tone="watch" if not scan.state else wrong)


def _told(promises: list[Promise], axis: Axis) -> Iterator[Row]:
    for promise in promises:
        earliest = promise.earliest or promise.latest
        name = window_in_words(promise.earliest, promise.latest)
        window = Stretch(name=name, start=axis.day(earliest), end=axis.day(promise.latest + DAY), tone="told")
        said = Mark(name=f"Told {told_where(promise.surface)}", at=axis.at(promise.told_at))
        yield Row(
            name=f"{MAKERS.get(promise.made_by, promise.made_by)}: {_short(promise.surface)}",
            stretches=(window,),
            marks=(said,),
        )


def _short(surface: str) -> str:
    return surface.removeprefix("notice:").replace("_", " ")


def _believed(forecast: Forecast, axis: Axis) -> Row:
    name = window_in_words(forecast.earliest, forecast.latest)
    start, end = axis.day(forecast.earliest), axis.day(forecast.latest + DAY)
    return Row(name="We believe now", stretches=(Stretch(name=name, start=start, end=end, tone="believed"),))


def _worries(known: Known, axis: Axis, now: datetime) -> Iterator[Row]:
    for concern in known.concerns:
        end = concern.closed_at or now
        kind = kind_in_words(concern.kind)
        stretch = Stretch(name=kind, start=axis.at(concern.opened_at), end=axis.at(end), tone=tone(concern.kind))
        yield Row(name=kind, stretches=(stretch,))


def _speech(known: Known, axis: Axis) -> Iterator[Mark]:
    for notice in known.notices:
        sent = notice.state == Outgoing.SENT
        name = f"{'Told' if sent else notice.state.capitalize()}: {kind_in_words(notice.kind)}"
        yield Mark(name=name, at=axis.at(notice.sent_at or notice.created_at), tone="good" if sent else "late")
    for decision in known.decisions:
        if not decision.spoken:
            what = "Not said yet" if decision.waits_until else "Not said"
            yield Mark(name=f"{what}: {decision.reason}", at=axis.at(decision.at))
    for answer in known.answers:
        said = f"{kind_in_words(answer.kind)} {'Yes' if answer.yes else 'No'}"
        yield Mark(name=said, at=axis.at(answer.at), tone="good" if answer.yes else "watch")

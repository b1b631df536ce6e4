"""The fold: from a set of scans, in whatever order they came, to where each parcel stands. Pure.

A thread of scans belongs to a number, and numbers are used again: parcels of one number that left together share its
scans (one box, two orders), those that left weeks apart split them at the later one's departure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from aftercart.facts import State
from aftercart.orders.carriers import compatible
from aftercart.orders.journey import BEFORE, Journey, Scanned, follow
from aftercart.orders.numbers import recognised
from aftercart.plumbing import ids

Span = tuple[datetime, datetime | None]
NOTHING: Mapping[UUID, Any] = {}
SLACK = timedelta(days=10)  # a label may be printed, and even scanned, before the shop says that it shipped
TOGETHER = timedelta(days=14)
SAME_EVENT = timedelta(minutes=1)
TO_THE_MINUTE = len("2026-01-31T23:59")
ALONG_THE_ROAD = {
    state.value: step
    for step, state in enumerate(
        (State.NOT_FOUND, State.LABEL_CREATED, State.CANCELLED, State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS,
         State.DELAYED, State.HELD, State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED, State.AVAILABLE_FOR_PICKUP,
         State.DAMAGED, State.FAILED, State.LOST, State.DELIVERED, State.RETURNING, State.RETURNED)
    )
}  # fmt: skip

__all__ = ["SLACK", "Estimated", "Journey", "Scanned", "Told", "distinct", "fold"]


class Told(NamedTuple):
    """A parcel as the shop tells it. `version` is the newest version of the fulfilment that named it."""

    id: UUID
    fulfilment_id: UUID
    version: UUID
    shipped_at: datetime
    track_id: UUID | None = None
    number: str = ""
    carrier: str = ""
    cancelled: bool = False
    told_handed_over_at: datetime | None = None
    origin_region: str = ""
    origin_country: str = ""


class Estimated(NamedTuple):
    """A carrier's estimate for a thread."""

    version: UUID
    earliest: date | None
    latest: date


def fold(
    parcels: Sequence[Told],
    scans: Mapping[UUID, Sequence[Scanned]],
    estimates: Mapping[UUID, Estimated] = NOTHING,
    *,
    own: Collection[str] = (),
) -> dict[UUID, Journey]:
    """The journey of each parcel, from the scans and the estimate of each thread.

    Depends on what there is alone: not on its order, nor on anything said twice. `parcels` must hold, for each number
    and each fulfilment in it, all of their parcels.
    """
    spans = _spans(parcels)
    siblings = Counter([(parcel.fulfilment_id, parcel.version) for parcel in parcels])
    journeys = {}
    for parcel in parcels:
        alone = siblings[parcel.fulfilment_id, parcel.version] == 1
        span = spans[parcel.id]
        road = distinct(_road(parcel, scans, span, alone))
        journeys[parcel.id] = _journey(parcel, road, _estimate(parcel, estimates, span), own)
    return journeys


def _journey(parcel: Told, road: list[Scanned], estimate: Estimated | None, own: Collection[str]) -> Journey:
    course = follow(road, parcel.origin_country, parcel.origin_region)
    state, state_at = course.state or State.LABEL_CREATED, course.state_at
    if state in BEFORE and parcel.cancelled:
        state, state_at = State.CANCELLED, None
    elif state in BEFORE and parcel.told_handed_over_at:
        state, state_at = State.ACCEPTED, parcel.told_handed_over_at
    handed_over = [at for at in (parcel.told_handed_over_at, course.held_at) if at]
    return Journey(
        state=state,
        reason=course.reason,
        attention=course.attention,
        state_at=state_at,
        handed_over_at=min(handed_over) if handed_over else None,
        first_scan_at=course.first_at,
        last_scan_at=road[-1].at if road else None,
        moved_at=course.moved_at,
        delivered_at=course.delivered_at,
        scans=len(road),
        city=course.city,
        place_country=course.country if len(course.country) == 2 else "",
        estimate_version=estimate.version if estimate else None,
        estimate_earliest=estimate.earliest if estimate else None,
        estimate_latest=estimate.latest if estimate else None,
        state_country=course.state_place[0] if len(course.state_place[0]) == 2 else "",
        state_region=course.state_place[1],
        here_at=course.here_at,
        again_at=course.again_at,
        circles=course.circles,
        collect_by=date.fromisoformat(course.collect_by) if course.collect_by else None,
        carrier=parcel.carrier or _carrier(parcel, road, own),
    )


def _carrier(parcel: Told, road: list[Scanned], own: Collection[str]) -> str:
    """Where the shop names nobody: whoever scanned it last, else whose number it is.

    Which scans are about the parcel never depends on this guess.
    """
    return next((scan.carrier for scan in reversed(road) if scan.carrier), "") or recognised(parcel.number, own)


def _spans(told: Sequence[Told]) -> dict[UUID, Span]:
    """From when (inclusive) until when a number's scans are about each parcel."""
    spans: dict[UUID, Span] = {}
    users: defaultdict[UUID, list[Told]] = defaultdict(list)
    for parcel in told:
        if parcel.track_id is None:
            spans[parcel.id] = (parcel.shipped_at - SLACK, None)
        else:
            users[parcel.track_id].append(parcel)
    for parcels in users.values():
        until = None
        for group in reversed(_departures(parcels)):
            since = group[0].shipped_at - SLACK
            spans.update((parcel.id, (since, until)) for parcel in group)
            until = since
    return spans


def _departures(parcels: list[Told]) -> list[list[Told]]:
    """The parcels of one number, those that left together in one list, the oldest first."""
    groups: list[list[Told]] = []
    for parcel in sorted(parcels, key=lambda p: (p.shipped_at, p.id)):
        if groups and parcel.shipped_at - groups[-1][0].shipped_at <= TOGETHER:
            groups[-1].append(parcel)
        else:
            groups.append([parcel])
    return groups


def _road(parcel: Told, threads: Mapping[UUID, Sequence[Scanned]], span: Span, alone: bool) -> list[Scanned]:
    """Every scan about this parcel, in the order of the road."""
    since, until = span
    own = [
        scan
        for scan in (threads.get(parcel.track_id, ()) if parcel.track_id else ())
        if scan.at >= since
        and (until is None or scan.at < until)
        and (scan.carrier == parcel.carrier or compatible(scan.carrier, parcel.carrier, parcel.number))
    ]
    # What is said of a consignment of several parcels may be said of one of them: a parcel's own scans know better.
    if alone or not own:
        own += [scan for scan in threads.get(parcel.fulfilment_id, ()) if scan.at >= since]
    if len(own) > 1:
        own.sort(key=_in_order)
    return own


def distinct(road: list[Scanned]) -> list[Scanned]:
    """A road, in order, without what is told twice: the same event by two sources, or again with its town."""
    hours_known = all(scan.zone != "assumed" for scan in road)
    if hours_known and not any(later.at - scan.at <= SAME_EVENT for scan, later in pairwise(road)):
        return road
    alike: defaultdict[str | None, list[int]] = defaultdict(list)
    chosen: list[Scanned] = []
    for scan in road:
        places = alike[scan.state]
        twin = _twin(scan, chosen, places, hours_known)
        if twin is None:
            places.append(len(chosen))
            chosen.append(scan)
        else:
            chosen[twin] = _better(chosen[twin], scan)
    chosen.sort(key=_in_order)
    return chosen


def _twin(scan: Scanned, chosen: list[Scanned], places: list[int], hours_known: bool) -> int | None:
    """Which of the scans chosen at `places` is the same event, if any."""
    for place in reversed(places):
        if _same_event(chosen[place], scan):
            return place
        if hours_known and scan.at - chosen[place].at > SAME_EVENT:
            return None
    return None


def _same_event(one: Scanned, other: Scanned) -> bool:
    close = other.at - one.at <= SAME_EVENT
    if not close and "assumed" in (one.zone, other.zone):
        close = one.local[:TO_THE_MINUTE] == other.local[:TO_THE_MINUTE] != ""
    if not close or (one.state is None and one.code != other.code):
        return False
    if one.source != other.source:
        return True
    towns = {one.city.casefold(), other.city.casefold()} - {""}
    return one.code == other.code and len(towns) <= 1


def _better(one: Scanned, other: Scanned) -> Scanned:
    """The one whose hour is known, with the town of the one that has a town."""
    if one.zone == "assumed" != other.zone:
        one, other = other, one
    if one.city:
        return one
    return one._replace(city=other.city, region=other.region, country=other.country or one.country)


def _in_order(scan: Scanned) -> tuple[datetime, int, str]:
    # Many carriers tell the day alone: on one day the road itself is the better order, then the content.
    return scan.at, ALONG_THE_ROAD.get(scan.state or "", 0), scan.id


def _estimate(parcel: Told, estimated: Mapping[UUID, Estimated], span: Span) -> Estimated | None:
    since, until = span
    newest = None
    for thread in (parcel.track_id, parcel.fulfilment_id):
        estimate = estimated.get(thread) if thread else None
        if estimate is None or (newest and estimate.version < newest.version):
            continue
        made = ids.moment(estimate.version)
        if since <= made and (until is None or made < until):
            newest = estimate
    return newest

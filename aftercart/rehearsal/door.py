"""The last mile: from the depot to the customer's hands, or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from random import Random
from typing import Protocol

from aftercart.rehearsal.carriers import Lane
from aftercart.rehearsal.days import DAY, at, hours, on_or_after
from aftercart.rehearsal.places import TOWNS, Town
from aftercart.rehearsal.scans import What
from aftercart.rehearsal.steps import Steps
from aftercart.rehearsal.troubles import SHELF_DAYS, Lot, Trouble

VAN_IS_LOADED = 7.25  # o'clock; what arrives later goes out on the next day


class Parcel(Protocol):
    @property
    def lane(self) -> Lane: ...
    @property
    def home(self) -> Town: ...
    @property
    def town(self) -> Town: ...
    @property
    def lot(self) -> Lot: ...
    @property
    def rng(self) -> Random: ...


def deliver(steps: Steps, arrived: datetime, parcel: Parcel) -> None:
    scene = SCENES.get(parcel.lot.trouble, _hand_over)
    scene(steps, _first_tour(arrived, parcel), parcel)


def _first_tour(arrived: datetime, parcel: Parcel) -> date:
    local = arrived.astimezone(parcel.town.zone)
    in_time = local.hour + local.minute / 60 < VAN_IS_LOADED
    return _tour_day(local.date() if in_time else local.date() + DAY, parcel)


def _tour_day(day: date, parcel: Parcel) -> date:
    return on_or_after(day, parcel.town.country, saturday=parcel.lane.carrier.saturday)


def _leave(steps: Steps, day: date, parcel: Parcel) -> None:
    steps.add(at(day, parcel.rng.uniform(7.3, 9.4), parcel.town.zone), What.OUT, parcel.town)


def _hand_over(steps: Steps, day: date, parcel: Parcel) -> None:
    _leave(steps, day, parcel)
    steps.add(at(day, parcel.rng.triangular(9.5, 19.5, 13), parcel.town.zone), What.DELIVERED, parcel.town)


def _attempt(steps: Steps, day: date, parcel: Parcel) -> None:
    _leave(steps, day, parcel)
    steps.add(at(day, parcel.rng.uniform(10, 17), parcel.town.zone), What.ATTEMPT, parcel.town)
    again = _tour_day(day + DAY, parcel)
    if parcel.lot.ends_well:
        _hand_over(steps, again, parcel)
    else:
        _pick_up(steps, again, parcel)


def _pick_up(steps: Steps, day: date, parcel: Parcel) -> None:
    ready = at(day, parcel.rng.uniform(11, 17), parcel.town.zone)
    steps.add(ready, What.PICKUP, parcel.town)
    if parcel.lot.days <= SHELF_DAYS:
        collected = (ready + parcel.lot.days * DAY).astimezone(parcel.town.zone)
        steps.add(
            at(_tour_day(collected.date(), parcel), parcel.rng.uniform(17.2, 19.8), parcel.town.zone),
            What.COLLECTED,
            parcel.town,
        )
    else:
        _send_back(steps, ready + SHELF_DAYS * DAY, What.UNCLAIMED, parcel)


def _address(steps: Steps, day: date, parcel: Parcel) -> None:
    _leave(steps, day, parcel)
    asked = at(day, parcel.rng.uniform(10, 17), parcel.town.zone)
    steps.add(asked, What.ADDRESS, parcel.town)
    answered = asked + parcel.lot.days * DAY
    if parcel.lot.ends_well:
        _hand_over(steps, _tour_day(answered.astimezone(parcel.town.zone).date() + DAY, parcel), parcel)
    else:
        _send_back(steps, answered + 2 * DAY, What.UNCLAIMED, parcel)


def _astray(steps: Steps, day: date, parcel: Parcel) -> None:
    """At the door of somebody of the same country, in another region."""
    others = [town for town in TOWNS[parcel.town.country] if town.region != parcel.town.region]
    there = parcel.rng.choice(others or [parcel.town])
    steps.add(at(day, parcel.rng.uniform(7.3, 9.4), there.zone), What.OUT, there)
    steps.add(at(day, parcel.rng.triangular(9.5, 19.5, 13), there.zone), What.DELIVERED, there)


def _refused(steps: Steps, day: date, parcel: Parcel) -> None:
    _leave(steps, day, parcel)
    _send_back(steps, at(day, parcel.rng.uniform(10, 17), parcel.town.zone), What.REFUSED, parcel)


def _damaged(steps: Steps, day: date, parcel: Parcel) -> None:
    steps.add(at(day, parcel.rng.uniform(6, 9), parcel.town.zone), What.DAMAGED, parcel.town)


def _send_back(steps: Steps, since: datetime, why: What, parcel: Parcel) -> None:
    steps.add(since, why, parcel.town)
    back = since + (3 + parcel.lot.where * 5) * DAY + hours(parcel.rng.uniform(0, 5))
    home = back.astimezone(parcel.home.zone)
    day = on_or_after(home.date(), parcel.home.country)
    steps.add(at(day, parcel.rng.uniform(9, 14), parcel.home.zone), What.RETURNED, parcel.home)


SCENES: dict[Trouble, Callable[[Steps, date, Parcel], None]] = {
    Trouble.ATTEMPT: _attempt,
    Trouble.PICKUP: _pick_up,
    Trouble.ADDRESS: _address,
    Trouble.REFUSED: _refused,
    Trouble.DAMAGED: _damaged,
    Trouble.ASTRAY: _astray,
}

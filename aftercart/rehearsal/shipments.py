"""One consignment: the shop says that it left, and its carrier scans each of its parcels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aftercart.facts import (
    ArrivalEstimated,
    Clocked,
    Fact,
    Line,
    ParcelScanned,
    ParcelsShipped,
    Place,
    ZoneSource,
)
from aftercart.rehearsal.carriers import Carrier, Lane, lane, number
from aftercart.rehearsal.chance import between
from aftercart.rehearsal.days import hours
from aftercart.rehearsal.places import Town
from aftercart.rehearsal.roads import Road
from aftercart.rehearsal.scenario import Scenario
from aftercart.rehearsal.steps import Step
from aftercart.rehearsal.troubles import lot

MINUTES_UNTIL_TOLD = {"easypost": (3, 45), "aftercart": (1, 20)}
TOLD_LATE = 0.02  # the share of scans that we hear of hours later, often after the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    scenario: Scenario
    id: str
    order_id: str
    lines: tuple[Line, ...]
    warehouse: Town
    town: Town
    labelled: datetime
    left: datetime


def shipped(shipment: Shipment, rng: Random) -> Iterator[Fact]:
    route = lane(rng, shipment.warehouse, shipment.town.country)
    pieces = sum(line.quantity for line in shipment.lines)
    parcels = 2 if pieces >= 4 and rng.random() < 0.4 else 1
    numbers = tuple(number(route.carrier, rng) for _ in range(parcels))
    yield ParcelsShipped(
        source="shopify",
        happened_at=shipment.labelled,
        reported_at=shipment.labelled + timedelta(seconds=3),
        fulfilment_id=shipment.id,
        order_id=shipment.order_id,
        as_of=shipment.labelled,
        carrier=route.carrier.word,
        service=route.service,
        numbers=numbers,
        lines=tuple((line.external_id, line.quantity) for line in shipment.lines),
        ship_from=shipment.warehouse.place,
    )
    for name in numbers:
        yield from _travels(shipment, route, name, rng)


def _travels(shipment: Shipment, route: Lane, name: str, rng: Random) -> Iterator[Fact]:
    fate = lot(rng, shipment.scenario.troubles, papers=_may_ask_for_papers(route))
    road = Road(route, shipment.warehouse, shipment.town, fate, rng, shipment.scenario.blockages)
    road.drive(shipment.labelled, shipment.left)
    told = {step: step.at + _until_told(route.carrier, rng) for step in road.steps}
    for step in road.steps:
        yield _scan(step, route.carrier, name, told[step])
    for estimate in road.estimates:
        yield ArrivalEstimated(
            source=route.carrier.feed,
            happened_at=estimate.step.at,
            reported_at=told[estimate.step],
            number=name,
            carrier=route.carrier.feed_word,
            earliest=None,
            latest=estimate.day,
        )


def _may_ask_for_papers(route: Lane) -> bool:
    # EasyPost has no word for it: there, customs just takes its time.
    return bool(route.customs_at) and route.carrier.feed != "easypost"


def _until_told(carrier: Carrier, rng: Random) -> timedelta:
    if rng.random() < TOLD_LATE:
        return hours(rng.uniform(5, 26))
    return timedelta(seconds=round(60 * between(rng, MINUTES_UNTIL_TOLD[carrier.feed])))


def _scan(step: Step, carrier: Carrier, name: str, told: datetime) -> ParcelScanned:
    words = step.what.value
    local = step.at.astimezone(step.town.zone)
    offset = local.utcoffset() or timedelta()
    return ParcelScanned(
        source=carrier.feed,
        happened_at=step.at,
        reported_at=told,
        at=Clocked(
            instant=step.at,
            local=local.replace(tzinfo=None, fold=0),
            offset_minutes=int(offset.total_seconds() // 60),
            zone=ZoneSource.EXPLICIT,
        ),
        state=words.state,
        code=words.code,
        number=name,
        carrier=carrier.feed_word,
        reason=words.reason,
        attention=words.attention,
        description=words.text,
        place=Place(city=step.town.city, region=step.town.region, country=step.town.country),
    )

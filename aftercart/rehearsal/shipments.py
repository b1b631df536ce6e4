"""One consignment: the shop says that it left, and its carrier scans each of its parcels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from aftercart.facts import (
    ArrivalEstimated,
    Clocked,
    Fact,
    Line,
    NotReceived,
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
from aftercart.rehearsal.scans import What
from aftercart.rehearsal.scenario import Scenario
from aftercart.rehearsal.steps import Step
from aftercart.rehearsal.troubles import SHELF_DAYS, Trouble, lot

MINUTES_UNTIL_TOLD = {"easypost": (3, 45), "aftercart": (1, 20)}
NEW_WORD = 0.01
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """A shipment with its lane and the road of each of its parcels, by tracking number."""

    shipment: Shipment
    lane: Lane
    roads: Mapping[str, Road]

    def fulfilment(self, numbers: Sequence[str], as_of: datetime) -> ParcelsShipped:
        """What the shop says of it: which parcels it has, or that it has none any more."""
        shipment = self.shipment
        return ParcelsShipped(
            source="shopify",
            happened_at=shipment.labelled,
            reported_at=as_of + timedelta(seconds=3),
            fulfilment_id=shipment.id,
            order_id=shipment.order_id,
            as_of=as_of,
            carrier=self.lane.carrier.word,
            service=self.lane.service,
            numbers=tuple(numbers),
            lines=tuple((line.external_id, line.quantity) for line in shipment.lines),
            ship_from=shipment.warehouse.place,
            cancelled=not numbers,
        )


def consign(shipment: Shipment, troubles: Mapping[Trouble, float], rng: Random) -> Consignment:
    route = lane(rng, shipment.warehouse, shipment.town.country)
    pieces = sum(line.quantity for line in shipment.lines)
    parcels = 2 if pieces >= 4 and rng.random() < 0.4 else 1
    roads = {}
    for _ in range(parcels):
        fate = lot(rng, troubles, papers=_may_ask_for_papers(route))
        road = Road(route, shipment.warehouse, shipment.town, fate, rng, shipment.scenario.blockages)
        road.drive(shipment.labelled, shipment.left)
        roads[number(route.carrier, rng)] = road
    return Consignment(shipment=shipment, lane=route, roads=roads)


def told(consignment: Consignment, rng: Random) -> Iterator[Fact]:
    """What the shop and the carrier say of it, from the label to the end of each road."""
    carrier = consignment.lane.carrier
    yield consignment.fulfilment(list(consignment.roads), consignment.shipment.labelled)
    for name, road in consignment.roads.items():
        heard = {step: step.at + _until_told(carrier, rng) for step in road.steps}
        for step in road.steps:
            yield _scan(step, carrier, name, heard[step], _code(step, carrier, rng))
        for estimate in road.estimates:
            yield ArrivalEstimated(
                source=carrier.feed,
                happened_at=estimate.step.at,
                reported_at=heard[estimate.step],
                number=name,
                carrier=carrier.feed_word,
                earliest=None,
                latest=estimate.day,
            )
        yield from _missed(consignment.shipment, name, road)


def _missed(shipment: Shipment, name: str, road: Road) -> Iterator[NotReceived]:
    """What was marked too early is missed by its customer in the evening, and most of it turns up after some days."""
    end = road.steps.made[-1]
    if road.lot.trouble is not Trouble.EARLY or end.what is not What.DELIVERED:
        return
    evening = end.at + timedelta(hours=2 + 5 * road.lot.where)
    turned_up = [(evening + timedelta(days=road.lot.days), True)] if road.lot.ends_well else []
    for at, found in [(evening, False), *turned_up]:
        yield NotReceived(
            source="shopify",
            happened_at=at,
            reported_at=at,
            order_id=shipment.order_id,
            as_of=at,
            number=name,
            found=found,
        )


def _may_ask_for_papers(route: Lane) -> bool:
    # EasyPost has no word for it: there, customs just takes its time.
    return bool(route.customs_at) and route.carrier.feed != "easypost"


def _until_told(carrier: Carrier, rng: Random) -> timedelta:
    if rng.random() < TOLD_LATE:
        return hours(rng.uniform(5, 26))
    return timedelta(seconds=round(60 * between(rng, MINUTES_UNTIL_TOLD[carrier.feed])))


def _code(step: Step, carrier: Carrier, rng: Random) -> str:
    """Now and then an aggregator has a new word, which nobody told us of."""
    new = carrier.feed == "easypost" and step.what is What.DEPARTED and rng.random() < NEW_WORD
    return "in_transit/processed_by_machine" if new else step.what.value.code


def _scan(step: Step, carrier: Carrier, name: str, told: datetime, code: str) -> ParcelScanned:
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
        code=code,
        number=name,
        carrier=carrier.feed_word,
        reason=words.reason,
        attention=words.attention,
        description=words.text,
        place=Place(city=step.town.city, region=step.town.region, country=step.town.country),
        collect_by=_collect_by(step, carrier),
    )


def _collect_by(step: Step, carrier: Carrier) -> date | None:
    """Parcel shops say until when they keep it, where their carrier tells us so much."""
    if step.what is not What.PICKUP or carrier.feed != "aftercart":
        return None
    return (step.at.astimezone(step.town.zone) + timedelta(days=SHELF_DAYS)).date()

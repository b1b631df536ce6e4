"""The rehearsed world: the same for the same seed, honest about time, and troubled in measure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TypeVar

import pytest

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import (
    ArrivalEstimated,
    Fact,
    OrderCancelled,
    OrderPlaced,
    ParcelScanned,
    ParcelsShipped,
    ProductListed,
    PromiseMade,
    State,
    Unread,
    ZoneSource,
)
from aftercart.rehearsal.carriers import CARRIERS, number
from aftercart.rehearsal.chance import dice
from aftercart.rehearsal.days import DAY, works
from aftercart.rehearsal.places import TOWNS
from aftercart.rehearsal.rendering import Sent, render
from aftercart.rehearsal.rendering.sending import signed
from aftercart.rehearsal.scenario import Scenario, maren_and_oak
from aftercart.rehearsal.stories import CutOff
from aftercart.rehearsal.world import LONGEST_STORY, World

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
F = TypeVar("F", bound=Fact)


def scenario(seed: str = "maren-oak") -> Scenario:
    return maren_and_oak(NOW, seed=seed, orders_a_day=40)


@cache
def everything() -> tuple[Fact, ...]:
    return tuple(World(scenario()).facts(LONG_AGO, LATER))


def only(kind: type[F]) -> list[F]:
    return [fact for fact in everything() if isinstance(fact, kind)]


@cache
def roads() -> dict[str, list[ParcelScanned]]:
    """The scans of every parcel in the order in which they happened."""
    found = defaultdict(list)
    for scan in sorted(only(ParcelScanned), key=lambda scan: scan.happened_at):
        found[scan.number].append(scan)
    return dict(found)


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    assert list(World(scenario()).facts(LONG_AGO, LATER)) == list(everything())
    assert list(World(scenario("other")).facts(LONG_AGO, LATER)) != list(everything())


def test_asking_in_pieces_tells_the_same_as_asking_at_once() -> None:
    world, start = World(scenario()), NOW - timedelta(days=3)
    pieces: list[Fact] = []
    at = start
    while at < LATER:
        pieces += world.facts(at, at + timedelta(hours=7))
        at += timedelta(hours=7)
    assert pieces == list(World(scenario()).facts(start, at))


def test_a_world_that_starts_anew_in_the_middle_continues_the_history() -> None:
    told = [fact for fact in everything() if fact.reported_at > NOW]
    assert list(World(scenario()).facts(NOW, LATER)) == told
    known = {name for shipped in only(ParcelsShipped) for name in shipped.numbers}
    assert {fact.number for fact in told if isinstance(fact, ParcelScanned)} <= known


def test_we_are_told_in_order_and_never_before_it_happens() -> None:
    assert all(a.reported_at <= b.reported_at for a, b in pairwise(everything()))
    assert all(fact.happened_at <= fact.reported_at for fact in everything())
    assert all(fact.reported_at <= NOW for fact in World(scenario()).facts(LONG_AGO, NOW))


def test_no_story_outlives_what_the_world_looks_back() -> None:
    placed = {order.order_id: order.happened_at for order in only(OrderPlaced)}
    for shipped in only(ParcelsShipped):
        told = [shipped.reported_at, *(scan.reported_at for name in shipped.numbers for scan in roads().get(name, []))]
        assert max(told) - placed[shipped.order_id] < LONGEST_STORY - 5 * DAY


def test_local_times_are_those_of_the_place() -> None:
    zones = {town.city: town.zone for towns in TOWNS.values() for town in towns}
    seen = 0
    for scan in only(ParcelScanned):
        zone = zones.get(scan.place.city)
        assert scan.at.zone is ZoneSource.EXPLICIT
        assert scan.at.local - timedelta(minutes=scan.at.offset_minutes or 0) == scan.at.instant.replace(tzinfo=None)
        if zone is not None:
            assert scan.at.instant.astimezone(zone).replace(tzinfo=None) == scan.at.local
            seen += 1
    assert seen > 1000


def test_nothing_is_brought_on_sundays_and_holidays_or_at_night() -> None:
    for scan in only(ParcelScanned):
        if scan.state in {State.OUT_FOR_DELIVERY, State.DELIVERED}:
            assert works(scan.at.local.date(), scan.place.country, saturday=True), scan
            assert 7 <= scan.at.local.hour <= 20


def test_roads_make_sense() -> None:
    ends = {State.DELIVERED, State.RETURNED, State.LOST, State.DAMAGED}
    for name, scans in roads().items():
        assert scans[0].state is State.LABEL_CREATED or scans[0].reported_at > LATER - 2 * DAY, name
        assert all(a.happened_at < b.happened_at for a, b in pairwise(scans))
        assert not any(scan.state in ends for scan in scans[:-1])


def test_orders_are_numbered_once_and_their_parcels_are_theirs() -> None:
    latest = {order.order_id: order for order in only(OrderPlaced)}
    assert len({order.number for order in latest.values()}) == len(latest)
    for shipped in only(ParcelsShipped):
        order = latest[shipped.order_id]
        assert order.cancelled_at is None or order.cancelled_at >= shipped.as_of
        assert order.approved_at is not None and order.approved_at < shipped.happened_at
        assert {line for line, _ in shipped.lines} <= {line.external_id for line in order.lines}


def test_customers_are_nobody_and_come_from_everywhere() -> None:
    orders = only(OrderPlaced)
    assert {order.ship_to.country for order in orders} == set(scenario().markets)
    assert {order.customer.locale[:2] for order in orders} == {"en", "es", "fr", "de", "pt", "ja", "nl"}
    assert all(o.customer.email.rpartition("@")[2] in {"example.com", "example.org", "example.net"} for o in orders)
    people = {order.customer.external_id for order in orders}
    assert 0.6 * len(orders) < len(people) < 0.98 * len(orders)


def test_what_is_lost_broken_or_back_is_sent_again_or_refunded() -> None:
    newest = {shipped.fulfilment_id: shipped for shipped in sorted(only(ParcelsShipped), key=lambda s: s.as_of)}
    refunded = {order.order_id for order in only(OrderPlaced) if order.cancelled_at is not None}
    sent_again = {shipped.order_id for shipped in only(ParcelsShipped) if len(shipped.fulfilment_id) == 15}
    sad = {State.LOST, State.DAMAGED, State.RETURNED}
    ended = {name for name, scans in roads().items() if scans[-1].state in sad and scans[-1].reported_at < NOW}
    mended = 0
    for shipped in only(ParcelsShipped):
        if ended & set(shipped.numbers):
            mended += 1
            assert not ended & set(newest[shipped.fulfilment_id].numbers)
            assert shipped.order_id in refunded | sent_again
    assert mended > 10


def lateness(*, after: datetime, before: datetime) -> float:
    promised = {p.order_id: p for p in only(PromiseMade) if after <= p.happened_at < before}
    arrived = {n: s.at.local.date() for n, scans in roads().items() for s in scans if s.state is State.DELIVERED}
    late = [
        name not in arrived or arrived[name] > promised[shipped.order_id].latest
        for shipped in only(ParcelsShipped)
        if shipped.order_id in promised
        for name in shipped.numbers
    ]
    return sum(late) / len(late)


def test_most_parcels_keep_the_promise_and_a_campaign_breaks_it() -> None:
    assert 0.03 < lateness(after=LONG_AGO, before=NOW - timedelta(days=26)) < 0.12
    assert 0.15 < lateness(after=NOW - timedelta(days=24), before=NOW - timedelta(days=20)) < 0.45


@pytest.mark.parametrize(
    ("state", "low", "high"),
    [
        (State.ATTEMPT_FAILED, 0.02, 0.07),
        (State.AVAILABLE_FOR_PICKUP, 0.02, 0.07),
        (State.HELD, 0.005, 0.04),
        (State.DELAYED, 0.005, 0.04),
        (State.RETURNED, 0.003, 0.03),
        (State.LOST, 0.001, 0.015),
        (State.DAMAGED, 0.0005, 0.015),
        (State.IN_CUSTOMS, 0.05, 0.25),
    ],
)
def test_every_trouble_happens_in_measure(state: State, low: float, high: float) -> None:
    share = sum(any(scan.state is state for scan in scans) for scans in roads().values()) / len(roads())
    assert low < share < high


def test_leipzig_stands_still_this_week_and_moves_again() -> None:
    (blockage,) = (one for one in scenario().blockages if one.hub == "Leipzig")

    def left_leipzig(since: datetime, until: datetime) -> int:
        return sum(
            scan.carrier == "dhl" and scan.place.city == "Leipzig" and scan.description.startswith("Left")
            for scan in only(ParcelScanned)
            if since <= scan.happened_at < until
        )

    usual = left_leipzig(blockage.since - timedelta(days=5), blockage.since)
    assert left_leipzig(blockage.since + timedelta(hours=6), NOW) < 0.3 * usual
    assert left_leipzig(blockage.until, blockage.until + 2 * DAY) > usual


def test_business_grows_and_peaks() -> None:
    days = Counter(order.happened_at.date() for order in only(PromiseMade))
    first = sum(days[NOW.date() - DAY * n] for n in range(49, 56))
    last = sum(days[NOW.date() - DAY * n] for n in range(2, 9))
    peak = sum(days[NOW.date() - DAY * n] for n in range(21, 25))
    assert 1.2 < last / first < 2.2
    assert peak / 4 > 1.6 * last / 7


def test_numbers_carry_the_check_digits_that_carriers_use() -> None:
    rng = dice("numbers")
    ups = number(CARRIERS["ups"], rng)
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in ups[2:-1]]
    assert (sum(values[0::2]) + 2 * sum(values[1::2]) + int(ups[-1])) % 10 == 0
    assert len(ups) == 18
    assert len(number(CARRIERS["royal_mail"], rng)) == 13


def read_back(sent: Sent) -> list[Fact]:
    connector = FACT_SOURCES[sent.kind]
    facts = connector.parse(sent.body, sent.headers)
    assert all(fact.what == "in_transit/processed_by_machine" for fact in facts if isinstance(fact, Unread))
    return [fact for fact in facts if isinstance(fact, Fact)]


@pytest.mark.parametrize("together", [False, True])
def test_our_own_connectors_read_what_the_story_meant(together: bool) -> None:
    story = [f for f in everything() if NOW - 6 * DAY < f.reported_at <= NOW and not isinstance(f, CutOff)]
    story += [fact for fact in everything() if isinstance(fact, ProductListed)]
    read = [fact for sent in render(story, shop="shop.example", together=together) for fact in read_back(sent)]
    said = {plain(fact) for fact in read if not isinstance(fact, OrderCancelled)}
    lost = {plain(fact) for fact in story} - said
    assert said <= {plain(fact) for fact in story}
    # Of several estimates, a tracker event names the newest.
    assert not lost or (together and all(isinstance(fact, ArrivalEstimated) for fact in lost))
    assert {type(fact) for fact in story} >= {OrderPlaced, ParcelsShipped, ParcelScanned, ProductListed, PromiseMade}


def test_half_a_body_is_refused_with_a_reason() -> None:
    half = only(CutOff)
    assert 0 < len(half) < 10
    for sent in render(half, shop="shop.example"):
        with pytest.raises(PayloadError, match="body: is not JSON"):
            read_back(sent)


def plain(fact: Fact) -> Fact:
    """Without what a source cannot tell: EasyPost tells instants, not local times, and fewer reasons."""
    fact = replace(fact, reported_at=NOW)  # depends on how much is told together
    if isinstance(fact, ParcelScanned) and fact.source == "easypost":
        return replace(fact, at=replace(fact.at, local=NOW, offset_minutes=0), reason="")
    if isinstance(fact, ParcelsShipped):
        return replace(fact, service="")
    return replace(fact, happened_at=NOW) if isinstance(fact, ArrivalEstimated) else fact


def test_every_delivery_is_signed_as_its_receiver_expects() -> None:
    story = [fact for fact in everything() if NOW - DAY < fact.reported_at <= NOW]
    secrets = {"shopify": "shp", "easypost": "sécret", "aftercart": "whsec_c2VjcmV0"}
    kinds = set()
    for sent in render(story, shop="shop.example"):
        headers = signed(sent, secrets[sent.kind], at=NOW)
        connector = FACT_SOURCES[sent.kind]
        assert connector.is_authentic(sent.body, headers, secrets[sent.kind])
        assert not connector.is_authentic(sent.body + b" ", headers, secrets[sent.kind])
        kinds.add(sent.kind)
    assert kinds == set(secrets)


def test_the_same_fact_is_in_the_same_delivery_whenever_it_is_sent() -> None:
    world = World(scenario())
    once = render(world.facts(NOW - DAY, NOW), shop="shop.example")
    pieces = [NOW - DAY + timedelta(minutes=7 * n) for n in range(206)] + [NOW]
    again = [sent for a, b in pairwise(pieces) for sent in render(world.facts(a, b), shop="shop.example")]
    assert sorted(map(repr, once)) == sorted(map(repr, again))
    ids = [FACT_SOURCES[sent.kind].delivery_id(sent.body, sent.headers) for sent in once]
    assert len(set(ids)) == len(ids) > 150

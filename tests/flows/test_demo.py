"""A small demo brand, loaded through the inbox and lived on over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Max, Sum

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.connectors.sending import PROMOTIONS_HELD, PROMOTIONS_RELEASED
from aftercart.facts import Fact, OrderPlaced, ParcelScanned, State
from aftercart.intake.models import Delivery, UnknownWord
from aftercart.orders.models import Order, Parcel, Scan
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.automatic.models import MachineAnswer
from aftercart.outreach.gestures.models import Gesture
from aftercart.outreach.holding import OVERTAKEN
from aftercart.plumbing import clock
from aftercart.rehearsal import demo, listening, services
from aftercart.rehearsal.bookmark import Bookmark
from aftercart.rehearsal.living import Living, living
from aftercart.rehearsal.rendering import render
from aftercart.rehearsal.scenario import Scenario, maren_and_oak
from aftercart.rehearsal.showcase import exhibits
from aftercart.rehearsal.stories import CutOff
from aftercart.rehearsal.troubles import SHARES, Trouble
from aftercart.rehearsal.world import LONG_AGO, World
from aftercart.tickets.models import Message, Ticket
from aftercart.watch.models import Concern
from tests.flows.intake_world import Server, database_url, serving

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
NEW_WORD = "in_transit/processed_by_machine"


def small(*, days: int, orders_a_day: float) -> Scenario:
    """Four times the usual troubles, so that a hundred orders meet most of them."""
    often = {trouble: 4 * share for trouble, share in SHARES.items() if trouble is not Trouble.NONE}
    calm = {Trouble.NONE: 1 - sum(often.values())}
    return replace(
        maren_and_oak(NOW, orders_a_day=orders_a_day),
        history_days=days,
        campaigns=(),
        troubles=calm | often,
        backordered=0.08,
        cut_off=0.05,
        split=0.2,
    )


@pytest.fixture
def scenario(settings: object, tmp_path: Path) -> Scenario:
    settings.VAR = tmp_path  # type: ignore[attr-defined]
    pipeline.channels.cache_clear()
    return small(days=26, orders_a_day=6)


@pytest.fixture
def maren(db: None, scenario: Scenario) -> Iterator[Brand]:
    brand = services.found(scenario)
    services.load(brand, scenario)
    brand.refresh_from_db()
    yield brand
    pipeline.channels.cache_clear()


def test_a_loaded_brand_has_lived_through_its_history(maren: Brand, scenario: Scenario, tmp_path: Path) -> None:
    told = list(World(scenario).facts(LONG_AGO, NOW))
    orders = {fact.order_id for fact in told if isinstance(fact, OrderPlaced)}
    assert Order.objects.filter(brand=maren).count() == len(orders) > 90

    deliveries = Delivery.objects.filter(brand=maren)
    refused = sum(isinstance(fact, CutOff) for fact in told)
    assert deliveries.exclude(state=Delivery.APPLIED).count() == refused > 0
    assert set(deliveries.values_list("state", flat=True)) == {Delivery.APPLIED, Delivery.QUARANTINED}
    assert deliveries.aggregate(Sum("unplaced"))["unplaced__sum"] == 0
    assert set(UnknownWord.objects.filter(brand=maren).values_list("what", flat=True)) <= {NEW_WORD}
    assert Scan.objects.filter(brand=maren).aggregate(Max("at"))["at__max"] <= NOW
    assert clock.business(maren) == NOW

    assert states_told(told) == dict(
        Parcel.objects.filter(brand=maren, scans__gt=0).exclude(state=State.CANCELLED).values_list("number", "state")
    )
    kinds = set(Concern.objects.filter(brand=maren).values_list("kind", flat=True))
    assert len(kinds) >= 8, kinds
    assert Concern.objects.filter(brand=maren).exclude(closed_at=None).count() > 10

    notices = Outgoing.objects.filter(brand=maren).exclude(channel="event")
    # Their own system listens once the demo has started.
    events = Outgoing.objects.filter(brand=maren, channel="event")
    over = events.filter(state=Outgoing.CANCELLED)
    assert set(over.values_list("kind", "reason")) <= {
        (kind, OVERTAKEN) for kind in (PROMOTIONS_HELD, PROMOTIONS_RELEASED)
    }
    assert set(events.exclude(id__in=over).values_list("state", flat=True)) == {Outgoing.DUE}
    assert Gesture.objects.filter(brand=maren, state=Gesture.OWED).exists()
    assert set(notices.values_list("state", flat=True)) == {Outgoing.SENT}
    assert {row.sent_at <= NOW for row in notices if row.sent_at} == {True}
    languages = OutgoingBody.objects.filter(id__in=notices.values("id")).values_list("language", flat=True)
    assert set(languages) == {"en", "es", "fr", "de", "pt", "ja"}
    assert len(list((tmp_path / "mail").glob("*.eml"))) == notices.count() > 10
    assert len(exhibits(maren)) >= 5
    check_machine(maren)


def check_machine(brand: Brand) -> None:
    """It ends with answers by machine among those by people, each given within a minute or two."""
    began = NOW - timedelta(days=listening.MACHINE_DAYS)
    decided = MachineAnswer.objects.filter(brand=brand)
    assert decided.filter(answered=False).exists() and all(one.at > began for one in decided)
    given = decided.filter(answered=True)
    assert given.exists(), list(decided.values_list("reason", flat=True))
    for one in given:
        asked = Message.objects.get(id=one.message_id)
        assert one.at - asked.at < timedelta(minutes=2)
        assert Ticket.objects.get(id=asked.ticket_id).state != Ticket.OPEN
    by_people = Message.objects.filter(brand=brand, direction=Message.OUT).exclude(id__in=given.values("reply_id"))
    assert by_people.exists()


def states_told(told: Iterable[Fact]) -> dict[str, str]:
    """What the newest scan of each parcel says, by its own time."""
    newest: dict[str, ParcelScanned] = {}
    for fact in told:
        if isinstance(fact, ParcelScanned):
            known = newest.get(fact.number)
            if known is None or fact.happened_at > known.happened_at:
                newest[fact.number] = fact
    return {name: str(scan.state) for name, scan in newest.items()}


def test_an_interrupted_load_goes_on_where_it_stopped(db: None, scenario: Scenario) -> None:
    brand = services.found(scenario)
    half = services.load(brand, scenario, until=NOW - timedelta(days=20))
    again = services.load(brand, scenario, after=half.until - timedelta(days=1), until=NOW - timedelta(days=18))

    assert again.until == NOW - timedelta(days=18)
    told = World(scenario).facts(LONG_AGO, again.until)
    orders = {fact.order_id for fact in told if isinstance(fact, OrderPlaced)}
    assert Order.objects.filter(brand=brand).count() == len(orders)


def test_forgetting_the_demo_leaves_other_brands_alone(scenario: Scenario, brand: Brand) -> None:
    services.load(services.found(scenario), scenario, until=NOW - timedelta(days=21))
    assert Scan.objects.exists()
    demo.forget()
    assert list(Brand.objects.values_list("slug", flat=True)) == [brand.slug]
    assert not Scan.objects.exists() and not Concern.objects.exists() and not Delivery.objects.exists()


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with serving(database_url()) as running:
        yield running


def test_the_world_goes_on_over_http_and_makes_up_for_a_pause(server: Server, tmp_path: Path) -> None:
    scenario = small(days=8, orders_a_day=12)
    brand = services.found(scenario)
    services.load(brand, scenario)
    known = set(Parcel.objects.filter(brand=brand, delivered_at=None).values_list("number", flat=True))
    pause = timedelta(hours=9)
    bookmark = Bookmark(
        seed=scenario.seed,
        began=NOW,
        orders_a_day=12,
        told_until=NOW,
        written_at=clock.machine() - pause,
        loaded=True,
    )
    set_clock(brand, NOW, rate=0)
    before = Delivery.objects.filter(brand=brand).count()
    life = living(brand, bookmark, tmp_path / "demo.json", address=server.url, speed=60, stop=threading.Event())
    life.world = World(scenario, since=NOW)
    live_until_caught_up(life)

    read = Bookmark.read(tmp_path / "demo.json")
    assert read is not None and pause <= read.told_until - NOW < pause + timedelta(hours=2)
    brand.refresh_from_db()
    assert brand.clock_rate == 60
    sent = render(World(scenario).facts(NOW, read.told_until), shop=services.SHOP)
    assert Delivery.objects.filter(brand=brand).count() - before == len(sent) > 10
    assert Scan.objects.filter(brand=brand, at__gt=NOW).exists()
    assert Parcel.objects.filter(number__in=known, last_scan_at__gt=NOW).exists()


def live_until_caught_up(life: Living) -> None:
    """The worker's part is done here; the world has a thread of its own, as it has a process in the demo."""
    thread = threading.Thread(target=life.run)
    thread.start()
    try:
        deadline = clock.machine() + timedelta(seconds=60)
        while Brand.objects.get(id=life.brand.id).clock_rate == 0 and clock.machine() < deadline:
            pipeline.settle()
    finally:
        life.stop.set()
        thread.join(10)
    pipeline.settle()
    assert not thread.is_alive()

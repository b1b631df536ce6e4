"""What a customer tells the courier is told to the brand once a version, whatever dies in between."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from aftercart import pipeline
from aftercart.ops.books import imbalances
from aftercart.orders.models import Parcel
from aftercart.outbox import handover
from aftercart.outbox import services as outbox
from aftercart.outbox.models import Line, Outgoing
from aftercart.outreach.corrections import services as corrections
from aftercart.outreach.corrections.rules import Given
from aftercart.outreach.models import Correction
from aftercart.plumbing import clock
from tests import world
from tests.flows import giving_world as giving
from tests.flows.correcting_world import STOPPED, on_hold
from tests.flows.test_giving_at_once import together
from tests.gateway import HANG_UP, TWICE, Answer, Gateway, gateway
from tests.telling import days


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as found:
        found.usual = Answer(204, b"")
        yield found


# Where the process can die: as it owes, keeps and notes what was given, as it sends, as it settles.
DEATHS = (
    (corrections, "_owed"), (outbox, "owe_all"), (corrections, "audit"), (handover, "_mark_sending"),
    (handover, "_message"), (handover, "_settle"),
)  # fmt: skip
WEATHER = (Answer(204, b""), Answer(500), Answer(manner=HANG_UP), Answer(200, manner=TWICE))


class Crash(Exception):
    pass


def _dies(*_: object, **__: object) -> object:
    raise Crash


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_dies_each_version_is_told_under_one_name_and_none_is_forgotten(there: Gateway, seed: int) -> None:
    brand, chance = world.juniper(), random.Random(seed)
    giving.speaks(brand)
    giving.has_system(brand, there.url)
    with transaction.atomic():
        on_hold(brand)
    parcel = Parcel.objects.get()
    kept: set[str] = set()
    for step in range(10):
        there.answers.append(chance.choice(WEATHER))
        note = chance.choice(["Ring twice", "Gate code 4711", "At the back"])
        given = Given(name="Noor", street="1 Lake St", postal_code="60607", city="Chicago", note=note)
        at = STOPPED + timedelta(minutes=step)
        with pytest.MonkeyPatch.context() as patch:
            if chance.random() < 0.6:
                patch.setattr(*chance.choice(DEATHS), _dies)
            with suppress(Crash):
                row = corrections.correct(brand, parcel, given, asked_since=STOPPED, at=at)
                kept.add(f"{row.version} {note}")
            with suppress(Crash):
                pipeline.send(at)
        assert {f"{row.version} {row.note}" for row in Correction.objects.all()} == kept and imbalances() == []
        _time_passes()
    there.answers.clear()
    for _ in range(3):
        pipeline.send(STOPPED + days(1))
        _time_passes()
    names: dict[str, set[str]] = defaultdict(set)
    for asked in there.asked:
        if b"address.corrected" in asked.body:
            data = json.loads(asked.body)["data"]
            names[f"{data['version']} {data['note']}"].add(asked.headers["webhook-id"])
    assert names.keys() == kept and {len(known) for known in names.values()} == {1}
    assert len(set.union(*names.values())) == len(kept), "no two versions by one name"
    assert set(Outgoing.objects.filter(kind="address.corrected").values_list("state", flat=True)) == {"sent"}


def _time_passes() -> None:
    """Leases run out, breakers close, what waits is due."""
    past = clock.machine() - days(1)
    Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=past)
    handover.give_up_abandoned()
    Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
    Line.objects.update(open_until=None, failures=0)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one(there: Gateway) -> None:
    brand = world.juniper()
    giving.has_system(brand, there.url)
    with transaction.atomic():
        on_hold(brand)
    parcel = Parcel.objects.get()
    given = Given(name="Noor", street="1 Lake St", postal_code="60607", city="Chicago")
    assert together(*[lambda: corrections.correct(brand, parcel, given, asked_since=STOPPED, at=STOPPED)] * 4) == []
    assert Correction.objects.count() == Outgoing.objects.filter(kind="address.corrected").count() == 1

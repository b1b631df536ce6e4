"""In any order of outages, crashes, nights and news: what arrives was decided within the hour, in its hours, once."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.ops.books import imbalances
from aftercart.outbox import handover, lines
from aftercart.outbox.models import Line, Outgoing
from aftercart.outreach import terms, waiting
from aftercart.outreach.models import Decision
from aftercart.plumbing import clock
from tests import world
from tests.flows.test_outbox import Crash
from tests.flows.test_outreach import HOUR, silent
from tests.flows.test_watch import MOVING, hear, wait
from tests.gateway import HANG_UP, Answer, Gateway, gateway
from tests.telling import days, scanned
from tests.world import NOW

CHICAGO = ZoneInfo("America/Chicago")
MAILED = Answer(body=b'{"MessageID":"pm-1","ErrorCode":0,"Message":"OK"}')
DEATHS = [(handover, "_void"), (handover, "_mark_sending"), (handover, "_message"), (handover, "_settle"),
          (waiting, "decide_again")]  # fmt: skip


class Days:
    def __init__(self, brand: Brand, there: Gateway, chance: random.Random) -> None:
        self.brand, self.there, self.chance = brand, there, chance
        self.now, self.up, self.seen = NOW + days(4), True, 0
        self.arrived: Counter[str] = Counter()
        self.wrong: list[str] = []
        brand.speaks_since = NOW
        brand.save()
        terms.publish(brand, at=NOW, by="test", quiet_mail=True, quiet_from=17 * 60, quiet_until=10 * 60)
        told = {"server_token": "pm-secret-token", "address": there.url}
        lines.add(brand, provider="postmark", channel="email", settings=told, by="test")
        hear(brand, NOW, *silent("1"), *silent("2"))

    def minutes(self) -> None:
        self._pass(timedelta(minutes=self.chance.randint(5, 40)))

    def hours(self) -> None:
        self._pass(self.chance.randint(1, 9) * HOUR)

    def outage(self) -> None:
        self.up = not self.up

    def moves(self) -> None:
        hear(self.brand, self.now, scanned(MOVING, self.now, number=f"1Z{self.chance.randint(1, 2)}", city="Gary"))

    def breaks(self) -> None:
        hear(self.brand, self.now, scanned(State.DAMAGED, self.now, number="1Z1", city="Gary"))

    def send(self) -> None:
        self._send()

    def die(self) -> None:
        def dies(*_: object, **__: object) -> object:
            raise Crash

        where = self.chance.choice(DEATHS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*where, dies)
            try:
                self._send()
            except Crash:
                pass
        Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=clock.machine() - HOUR)

    def _pass(self, time: timedelta) -> None:
        self.now += time
        wait(self.now)

    def _send(self) -> None:
        past = clock.machine() - timedelta(seconds=1)
        Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
        Line.objects.exclude(open_until=None).update(open_until=past)
        bad = Answer(500) if self.chance.random() < 0.7 else Answer(manner=HANG_UP)
        self.there.usual = MAILED if self.up else bad
        try:
            pipeline.send(self.now)
        finally:
            for asked in self.there.asked[self.seen :]:
                # One that hangs up may have taken it.
                if self.up or bad.manner:
                    self._arrived(json.loads(asked.body)["Metadata"]["aftercart"])
            self.seen = len(self.there.asked)

    def _arrived(self, reference: str) -> None:
        row = Outgoing.objects.get(id=UUID(hex=reference))
        self.arrived[f"{row.kind} {row.episode}"] += 1
        if self.now - row.created_at > HOUR:
            self.wrong.append(f"{row.kind} was {self.now - row.created_at} old")
        if not 10 <= self.now.astimezone(CHICAGO).hour < 17:
            self.wrong.append(f"{row.kind} left at {self.now.astimezone(CHICAGO):%H:%M}")


STEPS = ["minutes", "hours", "outage", "moves", "breaks", "send", "send", "die"]


@given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS), min_size=8, max_size=25))
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@pytest.mark.django_db
def test_what_arrives_was_true_within_the_hour_and_is_said_once(seed: int, steps: list[str]) -> None:
    Outgoing.objects.all().delete()
    Brand.objects.all().delete()
    with gateway() as there:
        story = Days(world.juniper(), there, random.Random(seed))
        for step in steps:
            getattr(story, step)()

    assert story.wrong == [] and {key: n for key, n in story.arrived.items() if n > 1} == {}
    assert imbalances() == []
    owed = set(Outgoing.objects.exclude(state=Outgoing.VOID).values_list("id", flat=True))
    assert set(Decision.objects.filter(spoken=True).values_list("outgoing_id", flat=True)) <= owed
    assert owed <= set(Decision.objects.filter(spoken=True).values_list("outgoing_id", flat=True))

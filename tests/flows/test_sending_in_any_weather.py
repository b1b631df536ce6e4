"""Whatever happens in whatever order (crashes, opt-outs, providers that say no, nothing, or yes twice): no message
arrives twice, none leaves after its recipient said stop, each that was owed arrived, waits, or says why it did not.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercart import facts as f
from aftercart.brands.models import Brand
from aftercart.facts import Outcome
from aftercart.ops.books import RULES, imbalances
from aftercart.outbox import handover, lines, reports
from aftercart.outbox.models import Line, Outgoing
from aftercart.people import consent
from aftercart.plumbing import clock
from tests import world
from tests.flows.test_outbox import Crash, owe
from tests.gateway import HANG_UP, TWICE, Answer, Gateway, gateway
from tests.world import NOW

NUMBERS = [f"+3161234567{last}" for last in range(4)]
# Where a sender can die: before it has a line, before the mark, before the message leaves, before the end is noted.
DEATHS = ["choose", "_mark_sending", "_message", "_settle"]


def taken(sid: str, manner: str = "") -> Answer:
    return Answer(201, b'{"sid":"%s"}' % sid.encode(), manner=manner)


class World:
    def __init__(self, brand: Brand, there: Gateway, chance: random.Random) -> None:
        self.brand, self.there, self.chance = brand, there, chance
        self.stopped: set[str] = set()
        self.arrived: Counter[str] = Counter()
        self.after_stop: list[str] = []
        self.seen = self.hour = 0
        told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
        told |= {"callback": "http://127.0.0.1:9/in"}
        for name in ("first", "second"):
            lines.add(brand, provider="twilio", channel="sms", settings=told, name=name, by="test")

    def owe(self) -> None:
        owe(self.brand, channel="sms", address=self.chance.choice(NUMBERS), episode=uuid4())

    def stop(self) -> None:
        number = self.chance.choice(NUMBERS)
        consent.record(self.brand.id, [self._fact(f.ConsentTold, address=number, granted=False)])
        self.stopped.add(number)

    def send(self) -> None:
        self._drain()

    def die(self) -> None:
        """A sender that ends like by SIGKILL at one of the steps, and whose leases run out."""
        where = self.chance.choice(DEATHS)
        target = lines.Lines if where == "choose" else handover

        def dies(*_: object, **__: object) -> object:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(target, where, dies)
            try:
                self._drain()
            except Crash:
                pass

    def report(self) -> None:
        """Of what arrived, anything may be told, again and again."""
        if self.arrived:
            reference = self.chance.choice(sorted(self.arrived))
            told = self._fact(
                f.MessageReported, outcome=self.chance.choice(list(Outcome)), reference=reference, message_id="SM"
            )
            reports.record(self.brand.id, [told], NOW)

    def wait(self) -> None:
        """Leases and breakers run out, and what was put off is due."""
        past = clock.machine() - timedelta(seconds=1)
        Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=past)
        Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
        Line.objects.exclude(open_until=None).update(open_until=past)

    def _drain(self) -> None:
        self.there.answers = [self._answer() for _ in range(30)]
        manners = list(self.there.answers)
        try:
            handover.drain({}, limit=5, consents=consent.consents)
        finally:
            for asked, answer in zip(self.there.asked[self.seen :], manners, strict=False):
                told = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
                # One that hangs up, or fails behind its gateway, may have taken it.
                if answer.status == 201 or answer.manner == HANG_UP:
                    self.arrived[told["StatusCallback"].partition("reference=")[2]] += 1
                if told["To"] in self.stopped:
                    self.after_stop.append(told["To"])
            self.seen = len(self.there.asked)

    def _answer(self) -> Answer:
        kinds: list[tuple[int, Callable[[], Answer]]] = [
            (6, lambda: taken("SM")), (1, lambda: taken("SM", TWICE)), (1, lambda: Answer(manner=HANG_UP)),
            (1, lambda: Answer(500)), (1, lambda: Answer(429, b"", {"retry-after": "5"})),
            (1, lambda: Answer(400, b'{"message":"no"}')), (1, lambda: Answer(401)),
        ]  # fmt: skip
        return self.chance.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0]()

    def _fact(self, kind: type, **known: object) -> f.Fact:
        self.hour += 1
        at = NOW + timedelta(hours=self.hour)
        made: f.Fact = kind(source="twilio", happened_at=at, reported_at=at, channel="sms", **known)
        return made


STEPS = ["owe", "owe", "send", "send", "die", "stop", "report", "wait", "wait"]


@given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS), min_size=10, max_size=40))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.django_db
def test_no_message_arrives_twice_or_after_a_stop_and_none_is_forgotten(seed: int, steps: list[str]) -> None:
    Outgoing.objects.all().delete()
    Brand.objects.all().delete()
    with gateway() as there:
        weather = World(world.juniper(), there, random.Random(seed))
        for step in steps:
            getattr(weather, step)()

    assert {key: times for key, times in weather.arrived.items() if times > 1} == {}
    assert weather.after_stop == []
    states = {row.id.hex: row for row in Outgoing.objects.all()}
    assert all(states[key].state in ("sent", "parked", "sending") for key in weather.arrived)
    assert all(row.reason for row in states.values() if row.state in ("parked", "cancelled"))
    assert {row.id.hex for row in states.values() if row.state == "sent"} <= set(weather.arrived)
    assert [wrong for wrong in imbalances() if "message" in wrong.rule] == [] and RULES

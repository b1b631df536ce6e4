"""Whatever happens in whatever order, from a shop's webhook to the provider's door, through crashes and outages:
nothing leaves in quiet hours, above a cap, without consent, after a stop, to whoever is held out, or twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors import aftercart as our_json
from aftercart.connectors.sending import EMAIL, SMS, Message, SendError
from aftercart.facts import ConsentTold, Fact, PageViewed, Person, State
from aftercart.intake.services import arrival, store
from aftercart.orders.models import Order
from aftercart.outbox import handover, lines
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import services as outreach
from aftercart.outreach import speaking, terms, waiting
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.rules import WORRIES, Plan, held_out
from aftercart.outreach.manners import MILESTONES, Terms
from aftercart.outreach.models import Decision
from aftercart.outreach.rules import PRESSING
from aftercart.people import consent
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from aftercart.plumbing.hours import opens
from tests import world
from tests.flows.test_outbox import Crash
from tests.gateway import HANG_UP, Answer, Gateway, gateway
from tests.telling import placed, promised, scanned, shipped, told
from tests.world import NOW

CHICAGO = ZoneInfo("America/Chicago")
BUYERS = [
    Person(
        external_id=str(n), email=f"buyer-{n}@example.com", phone=f"+1312555014{n}", name="Ada Brook", locale="en-US"
    )
    for n in range(2)
]
TROUBLES = (
    {"state": State.IN_TRANSIT}, {"state": State.HELD, "reason": "address"}, {"state": State.DAMAGED},
    {"state": State.OUT_FOR_DELIVERY}, {"state": State.ATTEMPT_FAILED}, {"state": State.AVAILABLE_FOR_PICKUP},
    {"state": State.HELD, "reason": "customs"}, {"state": State.DELIVERED}, {"state": State.RETURNING},
)  # fmt: skip
# Where a worker can die while it decides: what it has written is undone, and the delivery is taken again.
WHILE_DECIDING = [(outreach, "around"), (outreach, "decide"), (speaking, "situation"), (outreach, "_row")]
WHILE_SENDING = [(handover, "_mark_sending"), (handover, "_message"), (handover, "_settle")]


@dataclass(frozen=True)
class Left:
    """A message as its provider saw it."""

    at: datetime
    channel: str
    address: str
    row: Outgoing


class World:
    def __init__(self, brand: Brand, there: Gateway, chance: random.Random) -> None:
        self.brand, self.there, self.chance = brand, there, chance
        self.now, self.orders, self.away = NOW, 0, False
        self.left: list[Left] = []
        self.wrong: list[str] = []
        self.refused: set[str] = set()
        self.agreed: set[str] = set()
        brand.speaks_since = NOW
        brand.save()
        told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
        told |= {"callback": "http://127.0.0.1:9/in"}
        lines.add(brand, provider="twilio", channel=SMS, settings=told, name="texts", by="test")
        self.terms: Terms = terms.publish(
            brand, at=NOW, by="Noor", quiet_mail=True, quiet_from=20 * 60, quiet_until=9 * 60, per_day=1, per_week=3,
            pressing_per_day=2, pressing_per_week=5, says=dict.fromkeys(MILESTONES, "us"),
        )  # fmt: skip
        self.plan = experiments.start(brand, Plan(name="all", kinds=WORRIES, share=0.4), at=NOW, by="Noor")

    def order(self) -> None:
        self.orders += 1
        buyer = self.chance.choice(BUYERS)
        known: list[Fact] = [replace(placed(self.now, str(self.orders)), customer=buyer)]
        known.append(promised(self._day(self.chance.randint(1, 6)), self.now, str(self.orders)))
        if self.chance.random() < 0.8:
            known.append(shipped(self.now, str(self.orders), f"1Z{self.orders}"))
        self._hear(known)

    def scan(self) -> None:
        if self.orders:
            number = f"1Z{self.chance.randint(1, self.orders)}"
            trouble: dict[str, Any] = dict(self.chance.choice(TROUBLES))
            at = self.now - timedelta(hours=self.chance.choice((0, 0, 5)))
            self._hear(
                [scanned(trouble.pop("state"), at, number, city=self.chance.choice(("Gary", "Toledo")), **trouble)]
            )

    def look(self) -> None:
        if self.orders:
            order = str(self.chance.randint(1, self.orders))
            self._hear([PageViewed(**told(self.now), order_id=order, surface="page", visitor="somebody")])

    def stop(self) -> None:
        """Best of all just before something leaves: after an hour it would be decided anew, and asked anyhow."""
        owed = Outgoing.objects.filter(state=Outgoing.DUE).order_by("id").first()
        buyer = self.chance.choice(BUYERS)
        channel, address = self.chance.choice(((EMAIL, buyer.email), (SMS, buyer.phone)))
        if owed:
            channel, address = owed.channel, OutgoingBody.objects.get(id=owed.id).address
        self._consent(channel, address, granted=False)
        if owed:
            self._drain()

    def agree(self) -> None:
        buyer = self.chance.choice(BUYERS)
        self._consent(*self.chance.choice(((EMAIL, buyer.email), (SMS, buyer.phone))), granted=True)

    def wait(self) -> None:
        self.now += timedelta(hours=self.chance.choice((1, 3, 7, 20, 30)))
        self._settle()

    def outage(self) -> None:
        self.away = not self.away

    def send(self) -> None:
        self._drain()

    def die_deciding(self) -> None:
        """The worker ends like by SIGKILL in the middle of its transaction, and another takes over."""
        with self._death(*self.chance.choice(WHILE_DECIDING)):
            self.now += timedelta(hours=self.chance.choice((1, 9)))
            self._settle()
        self._settle()

    def die_sending(self) -> None:
        with self._death(*self.chance.choice(WHILE_SENDING)):
            self._drain()
        past = clock.machine() - timedelta(seconds=1)
        Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=past)

    @contextmanager
    def _death(self, where: object, step: str) -> Iterator[None]:
        def dies(*_: object, **__: object) -> object:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(where, step, dies)
            try:
                yield
            except Crash:
                pass

    def _day(self, ahead: int) -> date:
        return (self.now + timedelta(days=ahead)).date()

    def _consent(self, channel: str, address: str, *, granted: bool) -> None:
        said = ConsentTold(
            source="twilio", happened_at=self.now, reported_at=self.now, channel=channel, address=address,
            granted=granted,
        )  # fmt: skip
        # Two answers of one moment are a refusal.
        self.now += timedelta(seconds=1)
        consent.record(self.brand.id, [said])
        (self.refused.discard if granted else self.refused.add)(address)
        (self.agreed.add if granted else self.agreed.discard)(address)

    def _hear(self, known: list[Fact]) -> None:
        store([arrival(self.brand.id, "aftercart", our_json.encode(known), self.now)])
        self._settle()

    def _settle(self) -> None:
        pipeline.settle(self.now)

    def _drain(self) -> None:
        past = clock.machine() - timedelta(seconds=1)
        Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
        Line.objects.exclude(open_until=None).update(open_until=past)
        self.there.answers = [self._answer() for _ in range(20)]
        manners, seen = list(self.there.answers), len(self.there.asked)
        try:
            handover.drain(
                {EMAIL: self._mail},
                limit=20,
                now=self.now,
                consents=consent.consents,
                decide_again=waiting.decide_again,
            )
        finally:
            for asked, answer in zip(self.there.asked[seen:], manners, strict=False):
                said = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
                if answer.status == 201 or answer.manner == HANG_UP:
                    self._leaves(SMS, said["To"], said["StatusCallback"].partition("reference=")[2])

    def _answer(self) -> Answer:
        if self.away:
            return Answer(503)
        kinds: list[Callable[[], Answer]] = [
            *[lambda: Answer(201, b'{"sid":"SM"}')] * 6, lambda: Answer(manner=HANG_UP), lambda: Answer(500),
        ]  # fmt: skip
        return self.chance.choice(kinds)()

    def _mail(self, message: Message) -> str:
        if self.away:
            raise SendError("the mail server is away", permanent=False)
        self._leaves(EMAIL, message.to, message.reference)
        return ""

    def _leaves(self, channel: str, address: str, reference: str) -> None:
        row = Outgoing.objects.get(id=reference)
        self.left.append(Left(self.now, channel, address, row))
        if opens(self.now, self.terms.spans(channel, CHICAGO, ZoneInfo(self.brand.time_zone))) != self.now:
            self.wrong.append(f"{row.kind} by {channel} left in quiet hours, at {self.now.astimezone(CHICAGO)}")
        if address in self.refused or (channel == SMS and address not in self.agreed):
            self.wrong.append(f"{row.kind} by {channel} left for {address}, who does not want it")
        told = set(Decision.objects.filter(outgoing_id=row.id).values_list("kind", flat=True))
        if told & set(WORRIES) and held_out(row.customer_id, self.plan.key, self.plan.share):
            self.wrong.append(f"{told} left for a customer who is held out of it")


STEPS = ["order", "order", "scan", "scan", "look", "stop", "agree", "agree", "outage", "die_deciding", "die_sending"]
STEPS += ["wait"] * 6 + ["send"] * 6
# Lives long enough for parcels to stand still, and for one worry to come after another.
LIVES = st.lists(st.sampled_from(STEPS), min_size=80, max_size=100)


@given(st.integers(0, 2**32), LIVES)
@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@pytest.mark.django_db
def test_nothing_leaves_that_should_not(seed: int, steps: list[str]) -> None:
    for model in (Outgoing, Decision, Experiment, Order, Customer, Brand):
        model.objects.all().delete()
    with gateway() as there:
        lived = World(world.juniper(), there, random.Random(seed))
        for step in ["order", "order", "agree", *steps]:
            getattr(lived, step)()

    assert lived.wrong == []
    assert {key: n for key, n in Counter(left.row.id for left in lived.left).items() if n > 1} == {}, "arrived twice"
    _no_more_than_the_caps(lived)
    said = Counter(Decision.objects.filter(spoken=True).values_list("concern_id", "kind"))
    assert set(said.values()) <= {1}, "told twice about one thing"


def _no_more_than_the_caps(lived: World) -> None:
    """A milestone is awaited and counts for nothing; what presses has caps of its own, which count all."""
    for customer in {left.row.customer_id for left in lived.left}:
        # What presses comes last of one moment: nobody can have known of it.
        rows = [one.row for one in lived.left if one.row.customer_id == customer and one.row.kind not in MILESTONES]
        rows.sort(key=lambda row: (row.created_at, row.kind in PRESSING))
        for place, row in enumerate(rows):
            for cap in lived.terms.caps(pressing=row.kind in PRESSING):
                lately = [o for o in rows[: place + 1] if row.created_at - o.created_at < cap.span]
                told = [f"{o.kind} by {o.channel} at {o.created_at:%d %H:%M}" for o in lately]
                assert len(lately) <= cap.most, f"{row.kind} was too much: {told}"

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from aftercart import pipeline
from aftercart.brands.models import Brand, Source
from aftercart.brands.services import connect, set_clock
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import MessageReceived
from aftercart.intake.services import Arrival, arrival, store
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.rules import WORRIES, Plan
from aftercart.outreach.questions import terms as questions
from aftercart.outreach.questions.rules import DELIVERY
from aftercart.plumbing import partitions
from aftercart.promises import returning
from aftercart.promises import services as promises
from aftercart.promises.models import Learned
from aftercart.rehearsal import answers, giving, listening, staff
from aftercart.rehearsal.days import DAY
from aftercart.rehearsal.rendering import Sent, render
from aftercart.rehearsal.scenario import Scenario
from aftercart.rehearsal.world import World
from aftercart.risk import learning as weighing
from aftercart.risk import services as risk
from aftercart.watch import learning
from aftercart.watch.disruptions import incidents
from aftercart.watch.services import look_again

SHOP = "maren-and-oak.myshopify.example"
RETURN_DAYS, ASKED_AFTER_HOURS = 30, 48
ASKED_DAYS = 6  # for so long, and no longer, its customers are asked how it was: each of them is a mail to load
QUIET_DAYS = 14  # a new brand is watched for two weeks before anything is said to its customers
# How often, at each age in days, the brand's systems looked at what came in: nobody can tell the difference long after.
STEPS = ((21, timedelta(hours=24)), (3, timedelta(hours=12)), (0, timedelta(hours=4)))
CHARTED_DAYS = 16  # at the end of a history: the disruptions of those days are found as they were
GIVING_DAYS = 4  # at the end of a history they begin to give something to whom they have let down
# A lesson repeats the whole history, so the next one waits until there is twice as much to learn from.
NEXT_LESSON = 2.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What has been loaded so far, and the business time that it has come to."""

    until: datetime
    facts: int = 0
    deliveries: int = 0
    owed: int = 0


def found(scenario: Scenario, *, slug: str = "maren-oak") -> Brand:
    """The brand of a scenario with its sources, made where it is missing."""
    brand, _ = Brand.objects.get_or_create(
        slug=slug,
        defaults={
            "name": "Maren & Oak",
            "accent": "#2f5d50",
            "website": "https://maren-and-oak.example",
            "help_email": "help@maren-and-oak.example",
            "from_email": "Maren & Oak <hello@maren-and-oak.example>",
            "country": "NL",
            "time_zone": "Europe/Amsterdam",
            "language": "en",
            "speaks_since": first_moment(scenario) + QUIET_DAYS * DAY,
        },
    )
    for kind, bound_to in (("shopify", SHOP), ("easypost", ""), ("aftercart", "")):
        if not Source.objects.filter(brand=brand, kind=kind).exists():
            connect(brand, kind, secret=_secret(kind), bound_to=bound_to)
    if returning.window_of(brand, scenario.now) is None:
        returning.publish(brand, RETURN_DAYS, at=first_moment(scenario), by="Maren")
        questions.publish(brand, at=scenario.now - ASKED_DAYS * DAY, by="Maren", ask={DELIVERY: ASKED_AFTER_HOURS})
    if brand.speaks_since and not experiments.running(brand, brand.speaks_since).exists():
        plan = Plan(name="worries", kinds=WORRIES)
        experiments.start(brand, plan, at=brand.speaks_since, by="Maren")
    listening.begin(brand, scenario.now)
    return brand


def first_moment(scenario: Scenario) -> datetime:
    """Before anything is told, early in the morning: at this hour the long steps of a load end."""
    return datetime.combine(scenario.start - 2 * DAY, time(6), UTC)


def load(
    brand: Brand,
    scenario: Scenario,
    *,
    after: datetime | None = None,
    until: datetime | None = None,
    progress: Callable[[Loaded], None] = lambda _: None,
) -> Loaded:
    """Let a brand live through its history: step by step, what was told is stored and the product does its work.

    The brand's clock stands at each step's end, so whoever interrupts this can go on from there.
    """
    done = Loaded(after or first_moment(scenario))
    end = until or scenario.now
    world = World(scenario, since=done.until)
    for table in partitions.partitioned_tables():
        partitions.ensure_months(table, done.until, end + 31 * DAY)
    with connection.cursor() as cursor:
        # A crash may cost the last moments of a load, which is then continued from its bookmark.
        cursor.execute("SET synchronous_commit = off")
    while done.until < end:
        until = min(done.until + _step(scenario, done.until), end)
        done = _live_through(brand, world, done, _heard(world, done.until, until))
        progress(done)
    return done


def _heard(world: World, after: datetime, until: datetime) -> datetime:
    """Where a machine answers, the step ends with the first message: an answer that came hours later would be none."""
    if world.scenario.now - after > listening.MACHINE_DAYS * DAY:
        return until
    told = (fact.reported_at for fact in world.facts(after, until) if isinstance(fact, MessageReceived))
    return next(told, until)


def _step(scenario: Scenario, at: datetime) -> timedelta:
    return next((step for days, step in STEPS if scenario.now - at > days * DAY), STEPS[-1][1])


def _live_through(brand: Brand, world: World, done: Loaded, until: datetime) -> Loaded:
    set_clock(brand, until, rate=0)
    if world.scenario.now - until < GIVING_DAYS * DAY:
        giving.begin(brand, until)
    facts = list(world.facts(done.until, until))
    sent = render(facts, shop=SHOP, together=True)
    store(arrivals(brand, sent))
    owed = pipeline.settle(until).owed
    if _learns(brand, world.scenario, until):
        learning.learn(brand, until)
        look_again(brand, until)
        if weighing.stale(brand, until):
            weighing.learn(brand, until)
        owed += pipeline.settle(until).owed
    if _charted(world.scenario, until) and incidents.due(brand, until):
        incidents.look_for_disruptions(brand, until)
        owed += pipeline.settle(until).owed
    while not pipeline.send(until, limit=500).idle:
        pass
    answers.answer(brand, done.until, until)
    staff.answer(brand, until, until=world.scenario.now)
    risk.keep_up(brand, until)
    return Loaded(until, done.facts + len(facts), done.deliveries + len(sent), done.owed + owed)


def _charted(scenario: Scenario, now: datetime) -> bool:
    """Charts need weeks before they say anything, and every look plays all of them."""
    return scenario.now - now < CHARTED_DAYS * DAY


def _learns(brand: Brand, scenario: Scenario, now: datetime) -> bool:
    """On the last day, and before it ever more rarely."""
    began = first_moment(scenario)
    learned = Learned.objects.filter(brand=brand, stage=Learned.ORDER).values_list("table__day", flat=True).first()
    if scenario.now - now < STEPS[-1][1]:
        return promises.stale(brand, now)
    if learned is None:
        return now - began > 7 * DAY
    known = date.fromisoformat(str(learned)) - began.date()
    return now.date() - began.date() > NEXT_LESSON * known


def arrivals(brand: Brand, sent: Iterable[Sent]) -> list[Arrival]:
    """As the endpoint would have let them in, at the time at which they were sent."""
    kept = []
    for one in sent:
        connector = FACT_SOURCES[one.kind]
        kept.append(
            arrival(
                brand.id,
                one.kind,
                one.body,
                one.told,
                topic=connector.topic(one.body, one.headers),
                key=connector.delivery_id(one.body, one.headers),
                headers={name: one.headers[name] for name in connector.KEPT_HEADERS if name in one.headers},
            )
        )
    return kept


def _secret(kind: str) -> str:
    if kind == "aftercart":
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_hex(32)

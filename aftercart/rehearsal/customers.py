"""What customers do while they wait: they look at their order's page, and some write. Not as Aftercart assumes.

Maren & Oak's customers are patient until the promised day and then are not: silence alone makes few of them write, a
date that has passed makes many, most on Sundays and Mondays; who writes looks first. So there is something to learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from random import Random

from aftercart.connectors.sending import EMAIL
from aftercart.facts import Fact, MessageReceived, OrderPlaced, PageViewed, ParcelScanned, Person, PromiseMade, State
from aftercart.rehearsal.days import DAY, at
from aftercart.rehearsal.places import Town
from aftercart.rehearsal.rendering.sending import stable_id

CHAT = "chat"
LONGEST = 30  # days after which nobody waits any more
QUIET_DAYS = 3  # without a scan, after which one begins to wonder
BY_WEEKDAY = (0.4, 0.0, 0.0, -0.1, -0.2, -0.3, 0.5)  # log-odds, Monday first
NUMBERED = 0.55  # the share of messages that name the order
WORDS = {
    "en": (
        "Hello, where is my order? The page has said the same for days.",
        "Any news about my parcel? It should have been here by now.",
        "hello??",
    ),
    "nl": (
        "Hallo, waar blijft mijn bestelling? Er verandert al dagen niets.",
        "Is er al nieuws over mijn pakket? Het had er al moeten zijn.",
    ),
    "de": (
        "Guten Tag, wo bleibt meine Bestellung? Seit Tagen ändert sich nichts.",
        "Gibt es etwas Neues zu meinem Paket? Es sollte längst da sein.",
    ),
    "fr": (
        "Bonjour, où en est ma commande ? Rien ne bouge depuis plusieurs jours.",
        "Avez-vous des nouvelles de mon colis ? Il devrait déjà être là.",
    ),
    "es": (
        "Hola, ¿dónde está mi pedido? Lleva días sin cambiar nada.",
        "¿Hay noticias de mi paquete? Ya debería haber llegado.",
    ),
    "pt": (
        "Olá, onde está a minha encomenda? Há dias que nada muda.",
        "Há novidades da minha encomenda? Já devia ter chegado.",
    ),
    "ja": ("注文した品物はいまどこにありますか。何日も表示が変わりません。", "荷物がまだ届きません。いつ届きますか。"),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """What a customer knows while they wait: the last promised day, when something moved, when it was over."""

    order: OrderPlaced
    latest: date
    scans: tuple[datetime, ...]
    over: datetime


def restless(facts: Sequence[Fact], town: Town, rng: Random) -> Iterator[Fact]:
    """Looks and messages of one order's customer, day by day. `facts`: its whole story."""
    wait = _wait(facts)
    mood, wrote = rng.gauss(0, 0.4), 0
    for n in range(1, LONGEST):
        day = wait.order.happened_at.astimezone(town.zone).date() + DAY * n
        noon = at(day, 12, town.zone)
        if noon >= wait.over:
            return
        late = max(0, (day - wait.latest).days)
        still = (noon - max((seen for seen in wait.scans if seen < noon), default=wait.order.happened_at)) / DAY
        uneasy = late > 0 or still > QUIET_DAYS
        looks = rng.choices((0, 1, 2, 4), (8, 3, 1.5, 0.5) if uneasy else (20, 2, 0.5, 0))[0]
        evening = [at(day, 12 + rng.uniform(0, 9), town.zone) for _ in range(looks)]
        for seen in evening:
            yield _look(wait.order, seen)
        logit = -5.6 + mood + 0.55 * min(late, 5) + 0.35 * looks + (0.6 if uneasy else 0) + 0.8 * min(wrote, 2)
        if rng.random() < 1 / (1 + exp(-logit - BY_WEEKDAY[day.weekday()])):
            wrote += 1
            yield _message(wait.order, at(day, 12 + rng.uniform(0.5, 9.5), town.zone), rng)


def _wait(facts: Sequence[Fact]) -> Wait:
    placed = [fact for fact in facts if isinstance(fact, OrderPlaced)]
    scans = [fact for fact in facts if isinstance(fact, ParcelScanned)]
    ends = [fact.reported_at for fact in scans if fact.state is State.DELIVERED]
    ends += [fact.reported_at for fact in placed if fact.cancelled_at]
    return Wait(
        order=placed[0],
        latest=next(fact.latest for fact in facts if isinstance(fact, PromiseMade)),
        scans=tuple(fact.happened_at for fact in scans),
        over=max(ends, default=placed[0].happened_at + LONGEST * DAY),
    )


def _look(order: OrderPlaced, seen: datetime) -> PageViewed:
    visitor = stable_id("visitor", order.customer.external_id)
    return PageViewed(
        source=order.source,
        happened_at=seen,
        reported_at=seen + timedelta(seconds=5),
        order_id=order.order_id,
        surface="page",
        visitor=visitor,
    )


def _message(order: OrderPlaced, sent: datetime, rng: Random) -> MessageReceived:
    buyer = order.customer
    return MessageReceived(
        source="aftercart",
        happened_at=sent,
        reported_at=sent + timedelta(minutes=1),
        message_id=stable_id("message", order.order_id, sent),
        channel=rng.choices((EMAIL, CHAT), (7, 3))[0],
        customer=Person(email=buyer.email, name=buyer.name, locale=buyer.locale),
        proven=True,
        text=rng.choice(WORDS.get(buyer.locale.partition("-")[0], WORDS["en"])),
        order_number=order.number if rng.random() < NUMBERED else "",
    )

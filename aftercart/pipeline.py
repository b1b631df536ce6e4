"""The whole product on one screen: take what came in, fold it, promise, watch, weigh, speak. Then look at what is due.

A batch is one transaction: its effects and the marks "applied" commit together or not at all, so a worker may die at
any instant and any number of workers may run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from aftercart.brands.models import Brand
from aftercart.chat import mailing as chat
from aftercart.connectors.mail.console import console
from aftercart.connectors.mail.file import File
from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.sending import EMAIL, Channel
from aftercart.facts import Fact, MessageReceived, ParcelScanned, Unread
from aftercart.intake import fetching
from aftercart.intake import services as intake
from aftercart.intake.jobs import owe as owe_files
from aftercart.intake.services import Applied, Claimed
from aftercart.orders import services as orders
from aftercart.outbox import handover, reports
from aftercart.outreach import holding, resolving, waiting
from aftercart.outreach import services as outreach
from aftercart.outreach.automatic import services as automatic
from aftercart.outreach.gestures import services as gestures
from aftercart.outreach.questions import raising
from aftercart.people import services as people
from aftercart.people.consent import consents
from aftercart.people.rules import people_in
from aftercart.plumbing import clock
from aftercart.plumbing.garbage import uncollected
from aftercart.promises import services as promises
from aftercart.returns import services as returns
from aftercart.risk import services as risk
from aftercart.tickets import acting
from aftercart.tickets import services as tickets
from aftercart.tickets.models import Ticket
from aftercart.triage import early
from aftercart.watch import services as watch
from aftercart.watch.judging import Changes

HOMES = (
    fetching.PLACED | people.PLACED | reports.PLACED | orders.PLACED | returns.PLACED | promises.PLACED | risk.PLACED
)


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step did: deliveries taken, orders looked at, concerns opened and closed, messages owed."""

    taken: int = 0
    looked: int = 0
    opened: int = 0
    closed: int = 0
    owed: int = 0

    @property
    def idle(self) -> bool:
        return not (self.taken or self.looked)

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.taken + other.taken,
            self.looked + other.looked,
            self.opened + other.opened,
            self.closed + other.closed,
            self.owed + other.owed,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A delivery and what it says."""

    claimed: Claimed
    facts: list[Fact]
    unread: list[Unread]


def advance(now: datetime | None = None, *, limit: int = 500) -> Progress:
    """One batch of the inbox, then what is due to be looked at. `now`: the brands' time, where it is driven."""
    return drain(now, limit=limit) + look(now, limit=limit)


@uncollected()
def drain(now: datetime | None = None, *, limit: int = 500) -> Progress:
    """Take one batch from the inbox. A delivery that cannot be read or applied goes to quarantine, alone."""
    with transaction.atomic():
        claimed = intake.claim(limit)
        readings = [reading for one in claimed if (reading := _read(one)) is not None]
        return Progress(taken=len(claimed)) + _apply(readings, now)


def look(now: datetime | None = None, *, limit: int = 500) -> Progress:
    """Judge the orders whose moment has come."""
    done = Progress()
    for brand in Brand.objects.order_by("id"):
        with transaction.atomic():
            at = now or clock.business(brand)
            changes = watch.look_at_due(brand, at, limit=limit)
            risk.refresh(brand, changes.changed, at)
            done += _speak(brand, changes, at)
            done += Progress(owed=outreach.tell_all_clear(brand, at))
        gestures.advance(brand, at, limit=limit)
        acting.wake_due(brand, at)
        early.look_again(brand, at)
        automatic.resolve_due(brand, at)
        done += Progress(owed=chat.mail_unseen(brand, at))
        with transaction.atomic():
            done += _speak_at_last(brand, at, limit)
    return done


def _speak_at_last(brand: Brand, now: datetime, limit: int) -> Progress:
    """What waited for its hour is judged anew before anything is said."""
    orders = waiting.due(brand, now, limit=limit)
    if not orders:
        return Progress()
    changes = watch.reassess(brand, orders, now, restate=True)
    risk.refresh(brand, changes.changed, now)
    return _speak(brand, changes, now) + Progress(owed=outreach.reconsider(brand, orders, changes.standing, now))


def send(now: datetime | None = None, *, limit: int = 50) -> handover.Sent:
    """Hand over what is owed to the outside."""
    return handover.drain(channels(), limit=limit, now=now, consents=consents, decide_again=waiting.decide_again)


def settle(now: datetime | None = None) -> Progress:
    """Advance until nothing is left to do at this moment."""
    done = step = advance(now)
    while not step.idle:
        step = advance(now)
        done += step
    return done


def _read(claimed: Claimed) -> Reading | None:
    try:
        said = intake.read(claimed)
    except Exception as error:
        intake.quarantine(claimed, error)
        return None
    facts = [one for one in said if not isinstance(one, Unread)]
    unread = [one for one in said if isinstance(one, Unread)]
    unread += [
        Unread("scan", f.code) for f in facts if isinstance(f, ParcelScanned) and f.state is None and not f.reason
    ]
    return Reading(claimed, facts, unread)


def _apply(readings: Sequence[Reading], now: datetime | None) -> Progress:
    """All at once; if one of them is poison, halves and halves again until it stands alone."""
    if not readings:
        return Progress()
    try:
        with transaction.atomic():
            return _apply_all(readings, now)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the delivery's: the whole batch is taken again
    except Exception as error:
        if len(readings) == 1:
            intake.quarantine(readings[0].claimed, error)
            return Progress()
    middle = len(readings) // 2
    return _apply(readings[:middle], now) + _apply(readings[middle:], now)


def _apply_all(readings: Sequence[Reading], now: datetime | None) -> Progress:
    done = Progress()
    ordered = sorted(readings, key=lambda reading: reading.claimed.brand_id)
    for brand_id, group in groupby(ordered, key=lambda reading: reading.claimed.brand_id):
        done += _apply_brand(Brand.objects.get(id=brand_id), list(group), now)
    return done


def _apply_brand(brand: Brand, readings: Sequence[Reading], now: datetime | None) -> Progress:
    at = now or clock.business(brand)
    facts = [fact for reading in readings for fact in reading.facts]
    known = people.record(brand.id, facts)
    reports.record(brand.id, facts, at)
    returns.record(brand.id, facts)
    news = early.news(brand, facts)
    moved = orders.record(brand.id, facts)
    touched = moved.orders | promises.record(brand.id, facts)
    changed = _take_in(brand, readings, known | early.judge_news(brand, news, known, at), at)
    # After what folds: whoever folds a ticket meanwhile has its circle first, and then its row.
    acting.wake_scanned(brand, moved.parcels, at)
    contacted = risk.record(brand.id, facts)
    changes = watch.reassess(brand, touched | contacted, at, restate=outreach.tells_milestones(brand, at))
    risk.refresh(brand, changes.changed | contacted, at)
    progress = _speak(brand, changes, at) + Progress(owed=automatic.answer(brand, changed, at))
    resolving.changed(brand, changed, at)
    _close_the_books(brand.id, readings, at)
    return progress


def _take_in(brand: Brand, readings: Sequence[Reading], known: set[UUID], now: datetime) -> list[Ticket]:
    """Messages become tickets, by all that is known of who wrote. Those that changed."""
    changed = tickets.regroup(brand, known, now)
    told = [(r.claimed.id, fact) for r in readings for fact in r.facts if isinstance(fact, MessageReceived)]
    if not told:
        return changed
    # Here, not above: what reads them is heavy, and a process that no message reaches never needs it.
    from aftercart.triage.taking import take_in

    return changed + take_in(brand, told, now)


def _speak(brand: Brand, changes: Changes, now: datetime) -> Progress:
    owed = outreach.consider(brand, changes.opened, now) + outreach.reassure(brand, changes.moving, now)
    owed += outreach.tell_new_dates(brand, changes.slipped, now)
    owed += outreach.tell_milestones(brand, changes.standing, now)
    owed += holding.refresh(brand, changes.changed, now)
    raising.after_arrivals(brand, changes.arrived, now)
    gestures.note(brand, changes.opened, now)
    return Progress(looked=changes.looked, opened=len(changes.opened), closed=changes.closed, owed=owed)


def _close_the_books(brand_id: UUID, readings: Sequence[Reading], at: datetime) -> None:
    for reading in readings:
        owe_files(brand_id, reading.claimed.id, reading.claimed.source, reading.facts)
        if reading.unread:
            intake.count_unknown(brand_id, reading.claimed.source, reading.unread, at)
    intake.link_people([(brand_id, r.claimed.id, person) for r in readings for person in people_in(brand_id, r.facts)])
    intake.mark_applied(
        [Applied(r.claimed.id, len(r.facts), sum(type(f) not in HOMES for f in r.facts)) for r in readings],
        clock.machine(),
    )


@lru_cache(maxsize=1)
def channels() -> Mapping[str, Channel]:
    """Through what brands speak that have no lines of their own, by the settings."""
    mail: dict[str, Channel] = {
        "smtp": Smtp(settings.SMTP_URL, settings.SMTP_TIMEOUT),
        "file": File(settings.VAR / "mail"),
        "console": console,
    }
    return {EMAIL: mail[settings.MAIL]}

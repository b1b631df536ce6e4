"""An answer to a customer who asks, from live data and in the same words as our notices, or the reason for none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach import milestones, refunds, returning
from aftercart.outreach.automatic.rules import REFUND, RETURN, WHERE
from aftercart.outreach.rules import gravity
from aftercart.outreach.situations import return_day, situation
from aftercart.people.models import Customer
from aftercart.promises.ledger import Ledger
from aftercart.promises.models import Forecast
from aftercart.promises.queries import Subject, subjects
from aftercart.promises.rules import Window
from aftercart.watch.disruptions.incidents import feed_is_out
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import Opened
from aftercart.watch.models import Concern
from aftercart.words import services as words
from aftercart.words.kinds import CHANNELS
from aftercart.words.rules import Situation

__all__ = ["QUESTIONS", "REFUND", "RETURN", "WHERE", "Refusal", "Reply", "answer", "as_body", "as_text"]

QUESTIONS = (WHERE, REFUND, RETURN)
# Somebody has to choose, pay or apologise.
FOR_A_PERSON = {
    "lost": "the parcel is lost",
    "damaged": "the parcel is damaged",
    "not_received": "it is said to be delivered, and the customer does not have it",
    "wrong_region": "it was delivered in another place",
    "returned_to_sender": "the parcel is on its way back",
    "refused": "the parcel was refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer, and the facts that it rests on: plain JSON, times as ISO 8601.

    `news`: of an e-mail the paragraphs that say it, without greeting, offers and links, for a page of ours.
    """

    subject: str
    text: str
    html: str
    language: str
    kind: str
    facts: Mapping[str, object]
    news: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person has to answer."""

    reason: str


def as_body(found: Reply | Refusal) -> dict[str, object]:
    """As plain JSON: `answered` tells which it is."""
    return {"answered": isinstance(found, Reply), **asdict(found)}


def as_text(found: Reply | Refusal) -> str:
    return f"A person has to answer: {found.reason}." if isinstance(found, Refusal) else found.text


def answer(
    brand: Brand,
    question: str,
    order_id: UUID,
    now: datetime,
    *,
    language: str = "",
    channel: str = "email",
    named: str = "",
) -> Reply | Refusal:
    """Answer one question about one order; changes nothing. `language`: that of the question, where it is known.
    `named`: what the customer calls the return that they ask about.

    ValueError for a question that is none of QUESTIONS, or a channel that nothing is written for.
    """
    if question not in QUESTIONS:
        raise ValueError(f"question: {question!r} is none of {', '.join(QUESTIONS)}")
    if channel not in CHANNELS:
        raise ValueError(f"channel: {channel!r} is none of {', '.join(CHANNELS)}")
    parts = subjects(brand.id, [order_id]).get(order_id, [])
    if not parts:
        return Refusal("this order is not known")
    if question != WHERE:
        return _money(brand, question, parts[0], named, now, language, channel)
    if parts[0].cancelled:
        return Refusal("this order was cancelled: the question is about its money")
    if feed_is_out(brand.id):
        return Refusal("no news comes in from carriers at the moment")
    return _where(brand, order_id, parts, now, language, channel)


def _where(
    brand: Brand, order_id: UUID, parts: list[Subject], now: datetime, language: str, channel: str
) -> Reply | Refusal:
    concerns = list(Concern.objects.filter(brand=brand, order_id=order_id, closed_at=None))
    gravest = min(concerns, key=lambda concern: gravity(concern.kind), default=None)
    if gravest and gravest.kind in FOR_A_PERSON:
        return Refusal(FOR_A_PERSON[gravest.kind])
    about = next((part for part in parts if gravest and part.id == gravest.subject_id), None) or _last(parts)
    kind = gravest.kind if gravest else milestones.last(about)
    promised = Ledger(brand.id, [order_id]).promised.get(order_id)
    believed = _believed(brand, about)
    if believed is None and gravest is None and promised and not about.done:
        # Nothing is known that would put the date in doubt.
        believed = Window(earliest=promised, latest=promised, likely=promised, basis="the date told", version=0)
    if believed is None and gravest is None and not about.done:
        return Refusal("no date is believed of this order")
    one = Opened(
        Episode.about(about, kind, dict(gravest.evidence) if gravest else _reached(kind, about), id=about.id, at=now),
        about,
        believed,
        promised,
        frozenset(concern.kind for concern in concerns),
    )
    return _reply(brand, one, now, language, channel)


def _money(
    brand: Brand, question: str, about: Subject, named: str, now: datetime, language: str, channel: str
) -> Reply | Refusal:
    case = returning.case_of(brand, about, named, now)
    told = refunds.of_refund(case) if question == REFUND else refunds.of_return(case)
    if isinstance(told, str):
        return Refusal(told)
    customer = _customer(brand, about)
    spoken = words.language_for(language, customer.locale, brand.language)
    about_it = returning.situation(brand, about, told, customer, spoken)
    return _written(brand, about_it, {"order": about.row.number, **told.facts}, spoken, channel)


def _reply(brand: Brand, one: Opened, now: datetime, language: str, channel: str) -> Reply:
    customer = _customer(brand, one.subject)
    spoken = words.language_for(language, customer.locale, brand.language)
    return _written(brand, situation(brand, one, customer, now, channel), _facts(brand, one), spoken, channel)


def _written(brand: Brand, about: Situation, facts: Mapping[str, object], language: str, channel: str) -> Reply:
    written = words.notice(brand, about, language=language, channel=channel)
    return Reply(
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=written.language,
        kind=about.kind,
        facts=facts,
        news=written.news,
    )


def _customer(brand: Brand, about: Subject) -> Customer:
    buyer = about.row.customer_id
    return (Customer.objects.filter(brand=brand, id=buyer).first() if buyer else None) or Customer()


def _last(parts: list[Subject]) -> Subject:
    """Of several parcels the one that is still to come."""
    return next((part for part in parts if not part.done), parts[-1])


def _believed(brand: Brand, about: Subject) -> Window | None:
    found = Forecast.objects.filter(brand=brand, id=about.id).first()
    if found is None or about.done:
        return None
    return Window(
        earliest=found.earliest, latest=found.latest, likely=found.likely, basis=found.basis, version=found.version
    )


def _reached(kind: str, about: Subject) -> dict[str, object]:
    at = milestones.WHEN[kind](about)
    return {"since": at.isoformat()} if at else {}


def _facts(brand: Brand, one: Opened) -> dict[str, object]:
    row, believed, send_back = one.subject.row, one.believed, return_day(brand, one)
    told: dict[str, object] = {
        "order": row.number,
        "parcel": row.track_number,
        "carrier": row.carrier,
        "state": row.state,
        "city": row.city,
        "last_scan_at": row.last_scan_at and row.last_scan_at.isoformat(),
        "delivered_at": row.delivered_at and row.delivered_at.isoformat(),
        "promised": one.promised and one.promised.isoformat(),
        "earliest": believed and believed.earliest.isoformat(),
        "latest": believed and believed.latest.isoformat(),
        "basis": believed and believed.basis,
        "return_by": send_back and send_back.isoformat(),
        "worries": sorted(one.kinds),
    }
    return {name: value for name, value in told.items() if value}

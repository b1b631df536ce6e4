"""A message from our own form, taken in as one from outside: stored raw, once, before anybody is thanked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.aftercart import encode
from aftercart.facts import File, MessageReceived, Person
from aftercart.intake.services import arrival, store
from aftercart.outreach.answering import Reply, answer
from aftercart.plumbing import clock
from aftercart.selfservice.contact_form import QUESTIONS

FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`proven`: whoever wrote holds the whole link of the order, and `email` is its customer's."""

    about: str
    text: str
    email: str
    number: str
    language: str
    proven: bool = False
    files: tuple[File, ...] = ()
    once: UUID | None = None


def take(brand: Brand, written: Written, *, at: datetime) -> None:
    """Store it. The same message from the same page, sent twice, is stored once."""
    name = _name(written)
    fact = MessageReceived(
        source=FORM,
        happened_at=at,
        reported_at=at,
        message_id=name,
        channel=FORM,
        customer=Person(email=written.email, locale=written.language),
        subject=written.about,
        text=written.text,
        order_number=written.number,
        proven=written.proven,
        files=written.files,
    )
    store([arrival(brand.id, "aftercart", encode([fact]), clock.machine(), topic=FORM, key=f"{FORM} {name}")])


def _name(written: Written) -> str:
    """Of the page that it was written on and of all that was written."""
    digest = blake2b(digest_size=16)
    said = (str(written.once), written.about, written.text, written.email, written.number)
    for part in (*(one.encode() for one in said), *(file.content for file in written.files)):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def known(brand: Brand, about: str, order_id: UUID, language: str, now: datetime) -> Reply | None:
    """What we can say at once, where that is what they ask; None where a person has to."""
    question = QUESTIONS.get(about)
    found = answer(brand, question, order_id, now, language=language) if question else None
    return found if isinstance(found, Reply) and found.language == language else None

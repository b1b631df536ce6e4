"""Asking before a machine answers: see looping.py."""

from __future__ import annotations

from datetime import datetime

from aftercart.brands.models import Brand
from aftercart.facts import Nature
from aftercart.outbox.looping import DAY, Terms, silent_because, terms_from
from aftercart.outbox.models import Outgoing
from aftercart.plumbing import bulk, ids
from aftercart.plumbing.addresses import address_hash
from aftercart.policies import services as policies

# The kind of what a machine answers to a message. What a person writes is another.
ANSWER = "answer"
KIND = "automatic_answers"
LOCK = "SELECT pg_advisory_xact_lock(%s)"


def why_silent(brand: Brand, address: str, nature: Nature, now: datetime) -> str:
    """Why no machine answers a message from this address at `now` (the brand's time); '' where one may.

    In the transaction in which the answer is then owed, with the kind ANSWER: until its end nobody else is told yes for
    this address.
    """
    hashed = address_hash(brand.id, address)
    with bulk.cursor() as cursor:
        cursor.execute(LOCK, [ids.mirrored(brand.id, "answers to", hashed).int % 2**63])
    answers = Outgoing.objects.filter(brand=brand, address_hash=hashed, kind=ANSWER)
    answers = answers.exclude(state__in=[Outgoing.VOID, Outgoing.CANCELLED])
    near = answers.filter(created_at__gt=now - DAY, created_at__lt=now + DAY)
    return silent_because(nature, near.values_list("created_at", flat=True), now, terms_of(brand, now))


def terms_of(brand: Brand, at: datetime) -> Terms:
    return terms_from(policies.current(brand, KIND, at=at))


def publish(brand: Brand, *, at: datetime, by: str, **changed: int) -> Terms:
    """Change some of the terms from `at` on; ValueError names the field and the reason."""
    body = policies.current(brand, KIND, at=at) | changed
    terms = terms_from(body)
    policies.publish(brand, KIND, body, at=at, by=by)
    return terms

"""What customers answered to the questions that one tap answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.outreach.questions.rules import ASKED
from aftercart.story.rows import fetch

SHOWN = 50
COUNTED = """
SELECT kind, carrier, date_trunc('month', at AT TIME ZONE %(zone)s)::date, count(*) FILTER (WHERE yes), count(*)
FROM outreach_answer WHERE brand_id = %(brand)s AND at >= %(since)s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# Of the questions that were asked in that time.
ASKED_OF = """
SELECT kind, count(*) FROM outreach_decision
WHERE brand_id = %(brand)s AND at >= %(since)s AND spoken AND kind = ANY(%(kinds)s) GROUP BY 1
"""
NEWEST = """
SELECT a.kind, a.order_id, coalesce(o.number, ''), a.carrier, a.yes, a.comment, a.language, a.at, a.changed_at
FROM outreach_answer a LEFT JOIN orders_order o ON o.id = a.order_id AND o.brand_id = a.brand_id
WHERE a.brand_id = %(brand)s AND a.at >= %(since)s AND (NOT a.yes OR a.comment <> '')
ORDER BY a.at DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers to one question about one carrier in one month, on the brand's calendar."""

    kind: str
    carrier: str
    month: date
    yes: int
    all: int


@dataclass(frozen=True, slots=True)
class Given:
    kind: str
    order_id: UUID
    number: str
    carrier: str
    yes: bool
    comment: str
    language: str
    at: datetime
    changed_at: datetime | None


def counted(brand: Brand, since: datetime) -> list[Counted]:
    return fetch(Counted, COUNTED, {"brand": brand.id, "since": since, "zone": brand.time_zone})


def asked(brand: Brand, since: datetime) -> dict[str, int]:
    """How often each question was asked."""
    values = {"brand": brand.id, "since": since, "kinds": list(ASKED)}
    return dict(fetch(lambda kind, count: (kind, count), ASKED_OF, values))


def worth_reading(brand: Brand, since: datetime) -> list[Given]:
    """Every "no", and whatever came with words, the newest first."""
    return fetch(Given, NEWEST, {"brand": brand.id, "since": since, "limit": SHOWN})

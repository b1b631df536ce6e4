"""Judging messages again that are kept: as if they came now, with what was said then and what is known by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.tickets.models import Early
from aftercart.triage.judging import Heard, judge, understood

WROTE = """
SELECT m.id, e.heard_at, m.at, e.customer_id, m.nature, m.category, m.confidence, m.language, m.order_id, m.order_how,
    m.signals, m.channel, b.subject, b.text, e.claimed, e.order_number, e.category, e.answers
FROM tickets_early e JOIN tickets_message m ON m.id = e.id JOIN tickets_body b ON b.id = e.id
WHERE e.brand_id = %s AND e.id = ANY(%s::uuid[]) AND m.id BETWEEN %s AND %s AND b.id BETWEEN %s AND %s
ORDER BY e.id FOR UPDATE OF e
"""
SAY = """
UPDATE tickets_message SET category = %s, confidence = %s, language = %s, order_id = %s, order_how = %s, signals = %s
WHERE id = %s
"""
TELL = "UPDATE tickets_body SET reading = reading || %s::jsonb WHERE id = %s"


def judge_again(brand: Brand, wanted: set[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Those of these messages that wait: whose say something else now, and of whom it is new who they are."""
    changed, joined = set[UUID](), set[UUID]()
    for came, written in _waiting(brand, wanted):
        joined |= judge(brand, [one.heard for one in written], came)
        changed |= {one.heard.party for one in written if _write(one)}
    return changed, joined


@dataclass(frozen=True, slots=True)
class _Written:
    """A message as it was judged when it came, and what is to be judged of it."""

    id: UUID
    was: tuple[object, ...]
    heard: Heard
    category: str
    call: bool

    @property
    def says(self) -> tuple[object, ...]:
        reading = self.heard.reading
        if reading is None:
            return self.was
        said = list(dict.fromkeys(bulk.fit(signal.name, 40) for signal in reading.signals))
        return (
            bulk.fit(self.category or reading.category.label, 60), reading.category.confidence,
            bulk.fit(reading.language.language, 8), self.heard.order_id, self.heard.order_how, said,
        )  # fmt: skip


def _waiting(brand: Brand, wanted: set[UUID]) -> Iterator[tuple[datetime, list[_Written]]]:
    """By when they came: judged as if at that time. Nobody else judges them until the caller's commit."""
    span = (min(wanted, key=lambda one: one.int), max(wanted, key=lambda one: one.int))
    with bulk.cursor() as cursor:
        rows = cursor.execute(WROTE, [brand.id, bulk.array(wanted), *span, *span], binary=True).fetchall()
    found: defaultdict[datetime, list[_Written]] = defaultdict(list)
    for id_, heard_at, at, party, nature, *was, channel, subject, text, claimed, named, category, answers in rows:
        heard = Heard(
            party=party, text="\n".join(filter(None, (subject, text))), speaks=nature == "person", at=at,
            claimed=claimed, order_number=named, answers=answers,
        )  # fmt: skip
        found[heard_at].append(_Written(id_, tuple(was), heard, category, channel == "voice"))
    yield from sorted(found.items())


def _write(one: _Written) -> bool:
    """What is judged now in the place of what was; whether that is something else."""
    if one.heard.placed and (one.heard.text or not one.call):
        Early.objects.filter(id=one.id).delete()
    if one.says == one.was:
        return False
    told = msgspec.json.encode(understood(one.heard)).decode()
    with bulk.cursor() as cursor:
        cursor.execute(SAY, [*one.says, one.id])
        cursor.execute(TELL, [told, one.id])
    return True

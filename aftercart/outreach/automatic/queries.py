"""What is asked of answers by machine: of a ticket's messages, and how many of them did not help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aftercart.brands.models import Brand
from aftercart.outreach.automatic.models import MachineAnswer, id_of
from aftercart.plumbing import bulk

# Whoever writes again in the ticket, or otherwise, has not been helped; who says thanks has.
COUNTED = """
SELECT a.category, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM tickets_message m WHERE m.brand_id = a.brand_id AND m.customer_id = a.customer_id
        AND m.direction = 'in' AND m.nature = 'person' AND NOT m.pleasant AND m.at > a.at AND m.at <= a.at + %(within)s
) OR EXISTS (
    SELECT FROM tickets_message r JOIN tickets_message m ON m.brand_id = r.brand_id AND m.ticket_id = r.ticket_id
    WHERE r.id = a.reply_id AND m.direction = 'in' AND m.nature = 'person' AND NOT m.pleasant
        AND m.at > a.at AND m.at <= a.at + %(within)s
))
FROM outreach_machineanswer a WHERE a.brand_id = %(brand)s AND a.answered AND a.at > %(since)s
GROUP BY a.category ORDER BY count(*) DESC, a.category
"""

BY_WEEK = """
SELECT date_trunc('week', at AT TIME ZONE %(zone)s)::date, count(*) FROM outreach_machineanswer
WHERE brand_id = %(brand)s AND answered AND at >= %(since)s AND at < %(until)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one category: how many messages a machine answered, and how many of those customers wrote again."""

    category: str
    answered: int
    again: int


def counted(brand: Brand, since: datetime, within: timedelta) -> list[Counted]:
    asked = {"brand": brand.id, "since": since, "within": within}
    with bulk.cursor() as cursor:
        return [Counted(*row) for row in cursor.execute(COUNTED, asked).fetchall()]


def by_week(brand: Brand, since: datetime, until: datetime, zone: ZoneInfo) -> dict[date, int]:
    """How many messages a machine answered, by the Monday of each week of the brand's calendar that has any."""
    asked = {"brand": brand.id, "since": since, "until": until, "zone": zone.key}
    with bulk.cursor() as cursor:
        return dict(cursor.execute(BY_WEEK, asked).fetchall())


def of_messages(brand: Brand, messages: Iterable[UUID]) -> dict[UUID, MachineAnswer]:
    """What was decided about these, and by which message it was answered: under the ids of both."""
    rows = MachineAnswer.objects.filter(brand=brand, id__in=[id_of(one) for one in messages])
    return {id_: row for row in rows for id_ in (row.message_id, row.reply_id) if id_ is not None}

"""Which numbers are asked for: those of parcels that left lately, by carriers that the brand has a line to.

Where the shop names no carrier, the fold has recognised it by its number; what fits several is decided here, by lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.connectors.registry import TRACKERS
from aftercart.facts import State
from aftercart.orders import rules as parcels
from aftercart.orders.models import Parcel
from aftercart.orders.numbers import recognised
from aftercart.orders.polling.lines import Line
from aftercart.orders.polling.models import CarrierLine, Poll
from aftercart.orders.polling.rules import GIVEN_UP_AFTER, OVER, Road
from aftercart.plumbing import bulk, ids

# Longer ones are no tracking numbers, and would not fit behind one another in a topic.
LONGEST_NUMBER = 60
AT_A_TIME = 5000
MISSING = """
SELECT p.number FROM orders_parcel p
WHERE p.brand_id = %s AND p.shipped_at > %s AND p.carrier = ANY(%s) AND p.number <> '' AND NOT p.cancelled
  AND length(p.number) <= %s AND NOT p.state = ANY(%s)
  AND NOT EXISTS (
    SELECT FROM orders_poll o WHERE o.brand_id = p.brand_id AND o.source = %s AND o.number = p.number
      AND (o.due_at IS NOT NULL OR coalesce(o.asked_at, o.answered_at) > p.shipped_at)
  )
GROUP BY p.number ORDER BY max(p.shipped_at) DESC LIMIT %s
"""
NOBODY = [""]
# A number that is used again is asked for again.
ADD = """
INSERT INTO orders_poll (id, brand_id, source, number, due_at)
SELECT id, %s, %s, number, %s FROM unnest(%s::uuid[], %s::text[]) AS n (id, number)
ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, failures = 0, error = '' WHERE orders_poll.due_at IS NULL
"""


def enrol(line: Line, now: datetime) -> int:
    """Begin to ask for what left since; how many numbers. Running it again changes nothing."""
    numbers = sorted({*_missing(line, sorted(line.tracker.CARRIERS), now), *_of_nobody(line, now)})
    if numbers:
        rows = bulk.array(poll_id(line, number) for number in numbers)
        with bulk.cursor() as cursor:
            cursor.execute(ADD, [line.brand_id, line.source, now, rows, numbers])
    return len(numbers)


def _of_nobody(line: Line, now: datetime) -> list[str]:
    """Numbers without a carrier's name that fit several, of which this is the only one that the brand has a line to.

    Those that fit nobody are looked at again each time: the newest first, so that they never hide what is new.
    """
    sources = CarrierLine.objects.filter(brand_id=line.brand_id).values_list("source", flat=True)
    connected = frozenset(carrier for source in sources for carrier in TRACKERS[source].CARRIERS)
    return [number for number in _missing(line, NOBODY, now) if recognised(number, connected) in line.tracker.CARRIERS]


def _missing(line: Line, carriers: list[str], now: datetime) -> list[str]:
    """What left with one of these and is not asked for yet."""
    over = sorted(state.value for state in OVER)
    since = now - GIVEN_UP_AFTER
    asked = [line.brand_id, since, carriers, LONGEST_NUMBER, over, line.source, AT_A_TIME]
    with bulk.cursor() as cursor:
        return [number for (number,) in cursor.execute(MISSING, asked)]


def forget(now: datetime) -> int:
    """Let go of numbers that have been over for so long that nobody would ask for them again."""
    return Poll.objects.filter(due_at=None, asked_at__lt=now - 3 * GIVEN_UP_AFTER).delete()[0]


def poll_id(line: Line, number: str) -> UUID:
    return ids.mirrored(line.brand_id, "poll", line.source, number)


def roads(brand_id: UUID, numbers: Iterable[str]) -> dict[str, Road]:
    """Where each number's newest parcel stands. A number that no parcel bears any more has none."""
    tracks = [parcels.track_id(brand_id, number) for number in numbers]
    rows = (
        Parcel.objects.filter(brand_id=brand_id, track_id__in=tracks, cancelled=False)
        .order_by("shipped_at")
        .values_list("number", "state", "shipped_at", "last_scan_at", "estimate_latest")
    )
    return {
        number: Road(State(state), shipped_at, last_scan_at, expected)
        for number, state, shipped_at, last_scan_at, expected in rows
    }

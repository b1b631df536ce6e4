"""From rows to what the rules see: a subject, its siblings, and what customers said of what was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.plumbing import bulk
from aftercart.promises.queries import Subject
from aftercart.promises.rules import FREE, Held
from aftercart.watch.disruptions.standing import Disruption, disruption_of
from aftercart.watch.rules import View
from aftercart.watch.worries.view import MOVING

REPORTS = """
SELECT order_id, number, reported_at, found FROM orders_notreceived
WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) ORDER BY version
"""
# Lines of which more was ordered than left, where the shop names the lines of what left; and when the last part was
# packed.
RESTS = """
SELECT o.id, max(left_.at)
FROM orders_order o
JOIN orders_orderline l ON l.brand_id = o.brand_id AND l.order_id = o.id AND l.version = o.version AND l.ships
CROSS JOIN LATERAL (
    SELECT max(f.shipped_at) AS at, bool_and(jsonb_array_length(f.lines) > 0) AS named
    FROM orders_fulfilment f WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND NOT f.cancelled
) left_
CROSS JOIN LATERAL (
    SELECT coalesce(sum((e->>1)::int), 0) AS quantity
    FROM orders_fulfilment f CROSS JOIN LATERAL jsonb_array_elements(f.lines) e
    WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND NOT f.cancelled AND e->>0 = l.external_id
) sent
WHERE o.brand_id = %s AND o.id = ANY(%s::uuid[]) AND left_.named AND l.quantity > sent.quantity
GROUP BY o.id
"""


# What we hear of later has no news in it: an import, or a carrier who was silent.
LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A parcel that was delivered lately. `last`: nothing of its order is still to come."""

    subject: Subject
    last: bool


def arrivals(found: Mapping[UUID, Sequence[Subject]], rests: Mapping[UUID, datetime], now: datetime) -> list[Arrival]:
    """What arrived lately of these orders, once for each parcel. `rests`: the orders of which a part has not left."""
    return [
        Arrival(one, order not in rests and all(other.row.delivered_at for other in watched))
        for order, watched in found.items()
        for one in watched
        if (came := one.row.delivered_at) and now - came < LATELY and not one.cancelled
    ]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of orders of which something was delivered."""

    reports: Mapping[tuple[UUID, str], tuple[datetime, bool]] = field(default_factory=dict)  # by order and number
    rests: Mapping[UUID, datetime] = field(default_factory=dict)

    def of(self, subject: Subject) -> tuple[datetime | None, bool]:
        """When its customer said that it is not there, and whether they found it: the newest of what they said."""
        if not self.reports or subject.row.delivered_at is None:
            return None, False
        order = subject.order_id
        told = [
            self.reports[key] for key in ((order, subject.row.track_number or ""), (order, "")) if key in self.reports
        ]
        if not told:
            return None, False
        at, found = max(told)
        return (None if found else at), found


NOTHING = Around()


def around(brand_id: UUID, found: Mapping[UUID, Sequence[Subject]]) -> Around:
    """Read only for orders of which something was delivered: what is on the road costs nothing here."""
    delivered = [order for order, parts in found.items() if any(part.row.delivered_at for part in parts)]
    if not delivered:
        return NOTHING
    with bulk.cursor() as at:
        listed = bulk.array(delivered)
        at.execute(REPORTS, [brand_id, listed], binary=True)
        reports = {(order, number): (told, back) for order, number, told, back in at.fetchall()}
        at.execute(RESTS, [brand_id, listed], binary=True)
        return Around(reports, dict(at.fetchall()))


def with_rest(parts: Sequence[Subject], rest_since: datetime | None) -> Sequence[Subject]:
    """What no parcel holds is watched as the order itself."""
    return parts if rest_since is None else [*parts, parts[0].rest(rest_since)]


def first_arrival(parts: Iterable[Subject]) -> datetime | None:
    return min((part.row.delivered_at for part in parts if part.row.delivered_at), default=None)


def slowed_by(open_ones: tuple[Disruption, ...], subject: Subject) -> Disruption | None:
    """The disruption that it is in: only what is on the road is slowed."""
    row = subject.row
    if not open_ones or subject.done or row.handed_over_at is None or subject.state not in MOVING:
        return None
    return disruption_of(open_ones, subject.lane, row.carrier or "", row.city or "")


def held(disruption: Disruption | None, subject: Subject, now: datetime) -> Held:
    left = subject.row.handed_over_at
    if disruption is None or left is None:
        return FREE
    return disruption.held(left.astimezone(subject.zone).date(), now.astimezone(subject.zone).date())


def view(
    subject: Subject, *, waits_since: datetime, promised_by: date | None, open_kinds: frozenset[str], around: Around,
    first_at: datetime | None,
) -> View:  # fmt: skip
    """`waits_since`: from when it can have been packed. `first_at`: when the first parcel of its order arrived."""
    row = subject.row
    missing_at, back = around.of(subject)
    return View(
        placed_at=waits_since,
        lane=subject.lane,
        zone=subject.zone,
        international=subject.international,
        promised_by=promised_by,
        state=subject.state,
        state_at=row.state_at,
        reason=row.reason or "",
        attention=subject.attention,
        label_at=row.shipped_at,
        handed_over_at=row.handed_over_at,
        first_scan_at=row.first_scan_at,
        last_scan_at=row.last_scan_at,
        moved_at=row.moved_at,
        delivered_at=row.delivered_at,
        cancelled=subject.cancelled,
        open=open_kinds,
        here_at=row.here_at,
        again_at=row.again_at,
        circles=row.circles or 0,
        collect_by=row.collect_by,
        country=row.country,
        region=row.region,
        place_city=row.city or "",
        place_region=row.state_region or "",
        place_country=row.state_country or "",
        missing_at=missing_at,
        found=back,
        sibling_at=None if row.delivered_at else first_at,
        rest_since=around.rests.get(row.order_id) if row.parcel_id is None else None,
    )

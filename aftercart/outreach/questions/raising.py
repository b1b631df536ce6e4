"""Questions wait as decisions whose time is still to come. Which there are, and how each stands when it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.facts import State
from aftercart.orders.models import NotReceived
from aftercart.outreach.models import Decision
from aftercart.outreach.questions.rules import CHECK, DELIVERY, Asking, Delivery, doubt
from aftercart.outreach.questions.terms import asking_of
from aftercart.plumbing import bulk, ids
from aftercart.plumbing.money import decimals
from aftercart.promises.queries import Subject
from aftercart.watch.episodes import Episode
from aftercart.watch.judging import Opened, Standing
from aftercart.watch.seeing import Arrival

COLUMNS = (
    "id", "brand_id", "concern_id", "order_id", "customer_id", "kind", "spoken", "reason", "channel", "since", "at",
    "waits_until", "held_out", "outgoing_id",
)  # fmt: skip
# Of parcels: the days that were told of their orders, what worried about them before, whether their customers have
# missed something else that was delivered, and what their orders are worth.
HISTORY = """
SELECT p.id,
    (SELECT min(t.earliest) FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id),
    (SELECT max(t.latest) FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id),
    ARRAY(SELECT c.kind FROM watch_concern c
        WHERE c.brand_id = o.brand_id AND c.order_id = o.id AND c.subject_id = p.id),
    EXISTS (
        SELECT FROM orders_order e JOIN orders_notreceived r ON r.brand_id = e.brand_id AND r.order_id = e.id
        WHERE e.brand_id = o.brand_id AND e.customer_id = o.customer_id AND e.id <> o.id AND r.reported_at > %(year)s
    ),
    o.total, o.currency
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id
WHERE p.brand_id = %(brand)s AND p.id = ANY(%(parcels)s::uuid[])
"""


def after_arrivals(brand: Brand, arrivals: Sequence[Arrival], now: datetime) -> int:
    """Ask later about what has just arrived, as the brand wants it asked. How many questions wait, new or known."""
    if not arrivals or brand.speaks_since is None:
        return 0
    asking = asking_of(brand, now)
    rows = []
    doubts = doubts_of(brand, [one.subject for one in arrivals], asking, now)
    for one in arrivals:
        came = one.subject.row.delivered_at
        if came is None:
            continue
        if why := doubts.get(one.subject.id):
            rows.append(_row(brand, CHECK, one.subject, one.subject.id, came, asking.check_hours, why, now))
        if one.last and DELIVERY in asking.ask:
            hours, order = asking.ask[DELIVERY], one.subject.order_id
            rows.append(_row(brand, DELIVERY, one.subject, order, came, hours, "its time has not come", now))
    bulk.merge("outreach_decision", COLUMNS, rows)
    return len(rows)


def _row(
    brand: Brand, kind: str, about: Subject, episode: UUID, came: datetime, hours: float, why: str, now: datetime
) -> bulk.Row:
    own = ids.mirrored(brand.id, "decision", episode, kind)
    until = came + timedelta(hours=hours)
    return (
        own, brand.id, episode, about.order_id, about.row.customer_id, kind, False, why[:200], "", came, now, until,
        False, None,
    )  # fmt: skip


def doubts_of(brand: Brand, parcels: Sequence[Subject], asking: Asking, now: datetime) -> dict[UUID, str]:
    """By parcel, why its customer is asked whether it arrived; those who are not are left out."""
    about = {one.id: one for one in parcels if one.row.parcel_id and one.state is State.DELIVERED}
    if not about:
        return {}
    with bulk.cursor() as at:
        at.execute(HISTORY, {"brand": brand.id, "year": now - timedelta(days=365), "parcels": bulk.array(about)})
        found = {row[0]: doubt(_delivery(about[row[0]], *row[1:]), asking) for row in at.fetchall()}
    return {parcel: why for parcel, why in found.items() if why}


def _delivery(
    about: Subject, first: date | None, last: date | None, worries: Iterable[str], missed: bool, total: int | None,
    currency: str,
) -> Delivery:  # fmt: skip
    came = about.row.delivered_at
    assert came is not None
    return Delivery(
        on=came.astimezone(about.zone).date(),
        first=first,
        last=last,
        left=about.row.reason or "",
        worries=frozenset(worries),
        missed_before=missed,
        value=total // 10 ** decimals(currency) if total is not None and currency else None,
    )


def again(brand: Brand, row: Decision, standing: Mapping[UUID, Standing], now: datetime) -> Opened | None:
    """The question as it stands now; None where there is nothing to ask any more."""
    parts = [one for one in standing.values() if one.subject.order_id == row.order_id]
    asking = asking_of(brand, now)
    about: Standing | None
    if row.kind == CHECK:
        about = next((one for one in parts if one.subject.id == row.concern_id), None)
        why = doubts_of(brand, [about.subject], asking, now).get(row.concern_id, "") if about else ""
        if about is None or not why or _answered(brand, about.subject):
            return None
    else:
        about, why = _last(parts), "it may be asked"
        undone = row.kind == DELIVERY and not all(one.subject.row.delivered_at for one in parts)
        if about is None or row.kind not in asking.ask or undone or about.subject.cancelled:
            return None
    since = row.since or row.at
    episode = Episode.about(
        about.subject, row.kind, {"since": since.isoformat(), "why": why}, id=row.concern_id, at=since
    )
    kinds = frozenset(kind for one in parts for kind in one.worries)
    return Opened(episode, about.subject, None, None, kinds)


def _last(parts: Sequence[Standing]) -> Standing | None:
    """What came last of an order, or is still to come."""
    return max(parts, key=lambda one: one.subject.row.delivered_at or one.subject.row.placed_at, default=None)


def _answered(brand: Brand, parcel: Subject) -> bool:
    """Its customer has said already whether they have it."""
    said = NotReceived.objects.filter(brand=brand, order_id=parcel.order_id)
    return said.filter(number__in=["", parcel.row.track_number or ""]).exists()

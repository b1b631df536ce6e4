from __future__ import annotations

from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from uuid import UUID

from django.db import connection

from aftercart.plumbing import clock, ids

LONG_OVERDUE = timedelta(hours=1)
POLLS = """
SELECT count(*), count(*) FILTER (WHERE due_at <= %s), count(*) FILTER (WHERE due_at < %s),
    count(*) FILTER (WHERE failures > 0)
FROM orders_poll WHERE due_at IS NOT NULL
"""
TROUBLED = """
SELECT b.slug, l.source, l.refused_at, l.closed_until, l.error FROM orders_carrierline l
JOIN brands_brand b ON b.id = l.brand_id WHERE l.failures > 0 ORDER BY b.slug, l.source
"""
LINES = """
SELECT b.slug, l.channel, l.name, l.open_until, l.error FROM outbox_line l
JOIN brands_brand b ON b.id = l.brand_id WHERE l.enabled AND l.error <> '' ORDER BY b.slug, l.channel, l.position
"""

MAILBOXES = """
SELECT b.slug, m.name, m.refused_at, m.closed_until, m.error FROM intake_mailbox m
JOIN brands_brand b ON b.id = m.brand_id WHERE m.enabled AND m.error <> '' ORDER BY b.slug, m.name
"""


def status() -> dict[str, object]:
    """Depths of the queues, the age of the oldest unprocessed delivery in seconds, and versions."""
    now = clock.machine()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(id::text) FROM intake_delivery WHERE state = 'waiting'")
        waiting, oldest = cursor.fetchone() or (0, None)
        cursor.execute("SELECT count(*) FROM intake_delivery WHERE state = 'quarantined'")
        (quarantined,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT count(*) FILTER (WHERE state = 'due'), count(*) FILTER (WHERE state = 'parked')"
                       " FROM outbox_outgoing WHERE state IN ('due', 'parked')")  # fmt: skip
        due, parked = cursor.fetchone() or (0, 0)
        cursor.execute("SELECT count(*) FROM watch_concern WHERE closed_at IS NULL")
        (concerns,) = cursor.fetchone() or (0,)
        cursor.execute(POLLS, [now, now - LONG_OVERDUE])
        asked_for, polls_due, overdue, alone = cursor.fetchone() or (0, 0, 0, 0)
        cursor.execute(TROUBLED)
        troubled = [_trouble(*row) for row in cursor.fetchall()]
        cursor.execute(LINES)
        lines = [_line(*row) for row in cursor.fetchall()]
        cursor.execute(MAILBOXES)
        mailboxes = [_trouble(brand, f"mailbox {name}", *more) for brand, name, *more in cursor.fetchall()]
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone() or ("",)
    return {
        "aftercart": release(),
        "postgresql": postgres,
        "deliveries_waiting": waiting,
        "oldest_waiting_seconds": _age(oldest),
        "deliveries_quarantined": quarantined,
        "messages_due": due,
        "messages_parked": parked,
        "concerns_open": concerns,
        "numbers_asked_for": asked_for,
        "polls_due": polls_due,
        "polls_an_hour_overdue": overdue,
        "polls_failing": alone,
        "carriers_failing": troubled,
        "lines_failing": lines,
        "mailboxes_failing": mailboxes,
    }


def _trouble(brand: str, carrier: str, refused_at: datetime | None, closed_until: datetime | None, error: str) -> str:
    since = f"refuses our credentials since {refused_at:%Y-%m-%d %H:%M} UTC" if refused_at else "is in trouble"
    until = f", asked again at {closed_until:%Y-%m-%d %H:%M} UTC" if closed_until else ""
    return f"{carrier} of {brand} {since}{until}: {error}"


def _line(brand: str, channel: str, name: str, open_until: datetime | None, error: str) -> str:
    until = f" until {open_until:%Y-%m-%d %H:%M:%S} UTC" if open_until else ""
    return f"{channel} of {brand} through {name} is in trouble{until}: {error}"


def _age(delivery_id: str | None) -> float:
    if delivery_id is None:
        return 0.0
    return round((clock.machine() - ids.moment(UUID(delivery_id))).total_seconds(), 1)


def release() -> str:
    """The installed version; a checkout has none of its own."""
    try:
        return version("aftercart")
    except PackageNotFoundError:
        return "checkout"

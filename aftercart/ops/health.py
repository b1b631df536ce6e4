from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from uuid import UUID

from django.db import connection

from aftercart.plumbing import clock, ids


def status() -> dict[str, object]:
    """Depths of the queues, the age of the oldest unprocessed delivery in seconds, and versions."""
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
    }


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

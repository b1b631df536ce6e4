"""How often somebody may guess a password: counted in PostgreSQL, so that every web process counts together.

By name and address: a stranger who guesses at a name elsewhere does not lock its owner out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from aftercart.ops.models import LogInFailures
from aftercart.plumbing import clock, ids

ALLOWED = 10
WINDOW = timedelta(minutes=15)

COUNT = """
INSERT INTO ops_loginfailures (id, count, since) VALUES (%(id)s, 1, %(now)s)
ON CONFLICT (id) DO UPDATE SET
  count = CASE WHEN ops_loginfailures.since < %(start)s THEN 1 ELSE ops_loginfailures.count + 1 END,
  since = CASE WHEN ops_loginfailures.since < %(start)s THEN excluded.since ELSE ops_loginfailures.since END
"""


def _key(username: str, address: str) -> UUID:
    return ids.mirrored("log-in", username.strip().casefold(), address)


def closed_until(username: str, address: str) -> datetime | None:
    """Until when nobody may try this name from this address again; None: now."""
    found = LogInFailures.objects.filter(id=_key(username, address), count__gte=ALLOWED).first()
    until = found.since + WINDOW if found else None
    return until if until and until > clock.machine() else None


def failed(username: str, address: str) -> None:
    now = clock.machine()
    LogInFailures.objects.filter(since__lt=now - 2 * WINDOW).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"id": _key(username, address), "now": now, "start": now - WINDOW})


def succeeded(username: str, address: str) -> None:
    LogInFailures.objects.filter(id=_key(username, address)).delete()

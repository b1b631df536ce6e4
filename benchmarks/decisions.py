"""Deciding: concerns a second, with their words written and owed, beside a bare loop that writes the same rows.

Ours asks of each concern whether its customer is to hear of it (consent, reachability, what they were told and have
seen, caps, hours, experiments), writes the text in the customer's language and owes it: 500 concerns in one
transaction, as the sweep does. The bare loop is given the texts, and inserts decisions, messages and their words, one
by one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.measuring import Cost, cost, installation
from benchmarks.sweep import LIVELY, NOW, SILENT, learned_brand, tell_one_story

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.watch.judging import Opened

BATCH = 500
TABLES = ("outreach_decision", "outbox_outgoing", "outbox_outgoingbody")


def run(quick: bool = False) -> dict[str, Any]:
    concerns, rounds = (200, 1) if quick else (10_000, 3)
    with installation(AFTERCART_MAIL="console") as cluster:
        from django.db import connection

        brand = learned_brand()
        opened = _worried(brand, concerns)
        costs: dict[str, list[Cost]] = {"ours": [], "bare": []}
        app = psutil.Process()
        for _ in range(rounds):
            _forget()
            costs["ours"].append(cost(cluster, app, lambda: _decide(brand, opened)))
            written = _written()
            costs["bare"].append(cost(cluster, app, partial(_write_alone, written)))
        connection.close()
    if len(written["outreach_decision"]) != concerns:
        raise RuntimeError(f"of {concerns} concerns {len(written['outreach_decision'])} were decided")
    # Of several rounds the best: what others do on the machine only ever adds.
    wall = {name: min(one.wall for one in found) for name, found in costs.items()}
    cpu = {name: min(one.cpu for one in found) for name, found in costs.items()}
    return {
        "concerns": concerns,
        "messages": len(written["outbox_outgoing"]),
        "decisions_per_second": {name: round(concerns / seconds) for name, seconds in wall.items()},
        "cpu_ms_per_decision": {name: round(seconds / concerns * 1e3, 3) for name, seconds in cpu.items()},
        "ours_to_bare": round(wall["bare"] / wall["ours"], 3),
    }


def _worried(brand: Brand, concerns: int) -> list[Opened]:
    """So many orders whose parcels have been silent for too long, each with a concern that begins now."""
    from django.db import transaction

    from aftercart.watch import services as watch
    from aftercart.watch.models import Watch
    from benchmarks import sweep_rows

    tell_one_story(brand)
    sweep_rows.multiply(brand.id, concerns, silent_ones=1, earlier=SILENT - LIVELY, look_at=NOW)
    orders = list(Watch.objects.order_by("id").values_list("id", flat=True))
    opened: list[Opened] = []
    for at in range(0, len(orders), BATCH):
        with transaction.atomic():
            opened += watch.reassess(brand, orders[at : at + BATCH], NOW).opened
    if len(opened) != concerns:
        raise RuntimeError(f"of {concerns} silent parcels {len(opened)} worry")
    return opened


def _decide(brand: Brand, opened: Sequence[Opened]) -> None:
    from django.db import transaction

    from aftercart.outreach import services as outreach

    for at in range(0, len(opened), BATCH):
        with transaction.atomic():
            outreach.consider(brand, opened[at : at + BATCH], NOW)


def _forget() -> None:
    from aftercart.plumbing import bulk

    with bulk.cursor() as at:
        for table in TABLES:
            at.execute(f"TRUNCATE {table}")
            at.execute(f"DROP TABLE IF EXISTS bare_{table}")
            at.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")


def _written() -> dict[str, list[tuple[Any, ...]]]:
    """What ours has written, to be written again by the bare loop."""
    from aftercart.plumbing import bulk

    found = {}
    with bulk.cursor() as at:
        for table in TABLES:
            # As text, which every column takes.
            at.execute(f"SELECT * FROM {table}")
            names = [column.name for column in at.description or ()]
            at.execute(f"SELECT {', '.join(f'{name}::text' for name in names)} FROM {table} ORDER BY id")
            found[table] = at.fetchall()
    return found


def _write_alone(written: dict[str, list[tuple[Any, ...]]]) -> None:
    from django.db import transaction

    from aftercart.plumbing import bulk

    for table, rows in written.items():
        statement = f"INSERT INTO bare_{table} VALUES ({', '.join(['%s'] * len(rows[0]))})"
        for first in range(0, len(rows), BATCH):
            with transaction.atomic(), bulk.cursor() as at:
                for row in rows[first : first + BATCH]:
                    at.execute(statement, row)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))

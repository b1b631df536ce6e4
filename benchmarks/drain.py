"""Draining the inbox: scans a second from stored deliveries to folded parcels, beside a bare COPY-and-merge of them.

A delivery is a carrier's push of three scans. Both sides claim batches of 500 with SKIP LOCKED, parse, write the same
rows and mark the deliveries, on one PostgreSQL, in turns. The bare side keeps a parcel's newest state and nothing
else: no identity by content, no fold, no promise, no watch.

"drain" takes pushes within two days of their scans, as carriers send them, of parcels that do well. "worried" takes the
same three weeks late: each parcel is found lost, stalled and past its date at once, and settles when it is delivered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psutil

from aftercart.plumbing import ids
from benchmarks.measuring import installation

BATCH = 500
SCANS = 3
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)
TOO_LATE = START + timedelta(days=22)
STATES = ("accepted", "in_transit", "in_transit", "in_transit", "out_for_delivery", "delivered")
TOWNS = ("Rotterdam", "Utrecht", "Venlo", "Duisburg", "Köln", "Bonn")


def run(quick: bool = False) -> dict[str, Any]:
    with installation(AFTERCART_MAIL="console"):
        return _measure(parcels=60 if quick else 2000, rounds=1 if quick else 3)


def _measure(*, parcels: int, rounds: int) -> dict[str, Any]:
    from django.db import connection

    brand_id = _prepare(parcels)
    steps = {"bare": _bare, "record": _record, "drain": _drain, "worried": _worried}
    cost: dict[str, list[Cost]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            _refill(brand_id)
            cost[name].append(_cost(step))
    connection.close()
    scans = parcels * len(STATES)
    # Of several rounds the best: what others do on the machine only ever adds.
    wall = {name: min(one.wall for one in costs) for name, costs in cost.items()}
    cpu = {name: min(one.python + one.postgres for one in costs) for name, costs in cost.items()}
    return {
        "deliveries": scans // SCANS,
        "scans": scans,
        "scans_per_second": {name: round(scans / seconds) for name, seconds in wall.items()},
        "cpu_microseconds_per_scan": {name: round(seconds / scans * 1e6, 1) for name, seconds in cpu.items()},
        "of_which_python": {
            name: round(min(one.python for one in costs) / scans * 1e6, 1) for name, costs in cost.items()
        },
        "record_to_bare": round(cpu["bare"] / cpu["record"], 3),
        "drain_to_bare": round(cpu["bare"] / cpu["drain"], 3),
        "worried_to_bare": round(cpu["bare"] / cpu["worried"], 3),
        "drain_to_bare_by_wall": round(wall["bare"] / wall["drain"], 3),
    }


class Cost(NamedTuple):
    """In seconds. The processor's time is the steadier measure on a machine that others use too."""

    wall: float
    python: float
    postgres: float


def _cost(step: Callable[[], int]) -> Cost:
    from django.db import connection

    backend = psutil.Process(connection.connection.info.backend_pid)
    wall, python, postgres = time.perf_counter(), time.process_time(), sum(backend.cpu_times()[:2])
    while step():
        pass
    return Cost(time.perf_counter() - wall, time.process_time() - python, sum(backend.cpu_times()[:2]) - postgres)


def _prepare(parcels: int) -> UUID:
    """Orders and consignments are there already, and the pushes wait in the inbox."""
    from django.db import connection, transaction

    from aftercart import pipeline
    from aftercart.brands.models import Brand
    from aftercart.intake.services import arrival, store

    brand = Brand.objects.create(
        slug="bench", name="Bench", from_email="b@bench.example", country="NL", speaks_since=NOW
    )
    _teach(brand.id)
    bodies = [_left(str(key)) for key in range(parcels)]
    with transaction.atomic():
        store([arrival(brand.id, "aftercart", body, START) for body in bodies])
    pipeline.settle(START)
    with transaction.atomic():
        # Each parcel's first push comes before any parcel's second, as in life.
        pushes = [_push(key, first) for first in range(0, len(STATES), SCANS) for key in range(parcels)]
        milliseconds = map(timedelta(milliseconds=1).__mul__, range(len(pushes)))
        store([arrival(brand.id, "aftercart", body, NOW + n) for body, n in zip(pushes, milliseconds, strict=True)])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_scan (LIKE orders_scan INCLUDING ALL)")
        cursor.execute("CREATE TABLE bare_parcel (number text PRIMARY KEY, state text, at timestamptz)")
    return brand.id


def _teach(brand_id: UUID) -> None:
    """Two months in which an order took four to seven days: who has seen nothing arrive believes nothing."""
    from aftercart.promises import learning
    from aftercart.promises.lanes import Lane
    from aftercart.promises.models import Learned
    from aftercart.promises.pace import Exposure, Pace

    pace, lane = Pace(), Lane(carrier="dhl", origin="NL", destination="DE")
    for day in range(60, 0, -1):
        ages = [Exposure(lane=lane, age=age, open=20, arrived=12 if age >= 4 else 0) for age in range(1, 8)]
        pace.observe(START.date() - timedelta(days=day), ages)
    for stage in (Learned.ORDER, Learned.TRANSIT):
        learning.keep(brand_id, stage, pace.to_dict())


def _left(key: str) -> bytes:
    """An order and the consignment in which it left."""
    from aftercart.connectors import aftercart as our_json
    from aftercart.facts import Line, OrderPlaced, ParcelsShipped, Person, Place

    told: dict[str, Any] = {"source": "aftercart", "happened_at": START, "reported_at": START, "as_of": START}
    order = OrderPlaced(
        **told,
        order_id=key,
        number=key,
        customer=Person(external_id=key),
        lines=(Line(external_id="1", title="Linen throw", quantity=1),),
        ship_to=Place(country="DE", city="Bonn"),
        ship_from=Place(country="NL"),
    )
    left = ParcelsShipped(**told, fulfilment_id=key, order_id=key, carrier="DHL", numbers=(f"3S{key:0>12}",))
    return our_json.encode([order, left])


def _push(key: int, first: int) -> bytes:
    scans = []
    for step in range(first, first + SCANS):
        at = START + timedelta(hours=7 * step + key % 5, minutes=key % 60)
        scans.append(
            {
                "kind": "parcel_scanned",
                "number": f"3S{key:0>12}",
                "carrier": "DHL",
                "at": at.isoformat(),
                "happened_at": at.isoformat(),
                "reported_at": (at + timedelta(minutes=9)).isoformat(),
                "state": STATES[step],
                "code": f"{STATES[step].upper()}-{step}",
                "description": f"The shipment has been processed in the parcel center of {TOWNS[step]}",
                "place": {"city": TOWNS[step], "country": "NL" if step < 3 else "DE", "postal_code": "53111"},
            }
        )
    return json.dumps({"facts": scans}).encode()


def _refill(brand_id: UUID) -> None:
    """As before the drain: no scans, parcels unscanned and not worrying, the pushes waiting."""
    from django.db import connection, transaction

    from aftercart.brands.models import Brand
    from aftercart.orders import threads
    from aftercart.watch import services as watch

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bare_scan, bare_parcel, orders_scan, watch_concern, outreach_decision")
        cursor.execute("UPDATE intake_delivery SET state = 'waiting' WHERE received_at >= %s", [NOW])
        cursor.execute("SELECT id FROM orders_track WHERE brand_id = %s", [brand_id])
        every = {row[0] for row in cursor.fetchall()}
        with transaction.atomic():
            orders = {order for order, _ in threads.refold(brand_id, every, every)}
            watch.reassess(Brand.objects.get(id=brand_id), orders, START)
        for table in ("intake_delivery", "orders_parcel", "orders_track", "watch_watch", "promises_forecast"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def _drain() -> int:
    from aftercart import pipeline

    return pipeline.drain(NOW, limit=BATCH).taken


def _worried() -> int:
    from aftercart import pipeline

    return pipeline.drain(TOO_LATE, limit=BATCH).taken


def _record() -> int:
    from django.db import transaction

    from aftercart.intake import services as intake
    from aftercart.orders import services as orders
    from aftercart.plumbing.garbage import uncollected

    with uncollected(), transaction.atomic():
        claimed = intake.claim(BATCH)
        if claimed:
            facts: list[Any] = [fact for one in claimed for fact in intake.read(one)]
            orders.record(claimed[0].brand_id, facts)
            intake.mark_applied([intake.Applied(one.id, SCANS) for one in claimed], NOW)
    return len(claimed)


BARE_MERGE = """
INSERT INTO bare_scan (id, brand_id, track_id, source, carrier, at, local, offset_minutes, zone, state, code,
    description, city, country, reported_at)
SELECT * FROM bare_staged ON CONFLICT (id) DO NOTHING
"""
BARE_PARCEL = """
INSERT INTO bare_parcel SELECT DISTINCT ON (track_id) track_id::text, state, at FROM bare_staged
ORDER BY track_id, at DESC
ON CONFLICT (number) DO UPDATE SET state = excluded.state, at = excluded.at WHERE excluded.at > bare_parcel.at
"""


def _bare() -> int:
    from django.db import transaction

    from aftercart.intake import services as intake
    from aftercart.plumbing import bulk

    with transaction.atomic(), bulk.cursor() as at:
        claimed = intake.claim(BATCH)
        if not claimed:
            return 0
        at.execute(
            "CREATE TEMP TABLE IF NOT EXISTS bare_staged ON COMMIT DELETE ROWS AS SELECT id, brand_id, track_id,"
            " source, carrier, at, local, offset_minutes, zone, state, code, description, city, country, reported_at"
            " FROM bare_scan WITH NO DATA"
        )
        with at.copy("COPY bare_staged FROM STDIN") as copy:
            for one in claimed:
                for scan in json.loads(one.content)["facts"]:
                    copy.write_row(_bare_row(one.brand_id, scan))
        at.execute(BARE_MERGE)
        at.execute(BARE_PARCEL)
        intake.mark_applied([intake.Applied(one.id, SCANS) for one in claimed], NOW)
    return len(claimed)


def _bare_row(brand_id: UUID, scan: dict[str, Any]) -> tuple[Any, ...]:
    number, when = scan["number"], datetime.fromisoformat(scan["at"])
    return (
        ids.mirrored_event(when, number, scan["code"]),
        brand_id,
        ids.mirrored(number),
        "aftercart",
        scan["carrier"],
        scan["at"],
        scan["at"][:19],
        0,
        "explicit",
        scan["state"],
        scan["code"],
        scan["description"],
        scan["place"]["city"],
        scan["place"]["country"],
        scan["reported_at"],
    )


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))

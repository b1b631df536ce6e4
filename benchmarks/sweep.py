"""The sweep: looking at what is due among a million watched orders, beside one set-based statement over the same rows.

Every order has one parcel, a promise and a belief. Once nothing is due; then 37,000 orders are, most for their daily
look, a tenth because their parcels have been silent for too long: for them a concern opens and a notice is owed. The
bare statement sets all of them to be looked at tomorrow and writes one outbox row for each silent parcel; it knows no
belief, no calendar, no words, no decision.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psutil

from aftercart import facts
from benchmarks.measuring import Cost, cost, installation

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.plumbing.postgres import Cluster

# A Wednesday, so that four days ago was a working day too.
NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
LIVELY, SILENT = timedelta(hours=20), timedelta(days=8)
SILENT_ONES = 10  # one in so many
DUE_SHARE = 0.037
IDLE_LOOKS = 200

BARE = """
WITH due AS (
    UPDATE bare_watch SET look_at = %(tomorrow)s WHERE look_at <= %(now)s RETURNING id
)
INSERT INTO bare_outbox (id, parcel_id, state, due_at)
SELECT gen_random_uuid(), p.id, 'due', %(now)s FROM due JOIN orders_parcel p ON p.order_id = due.id
WHERE p.brand_id = %(brand)s AND p.delivered_at IS NULL AND p.moved_at < %(silent)s
"""


def run(quick: bool = False) -> dict[str, Any]:
    with installation(AFTERCART_MAIL="console") as cluster:
        return _measure(cluster, watched=5_000 if quick else 1_000_000)


def _measure(cluster: Cluster, *, watched: int) -> dict[str, Any]:
    from django.db import connection

    from benchmarks import sweep_rows

    brand = learned_brand()
    tell_one_story(brand)
    sweep_rows.multiply(brand.id, watched, silent_ones=SILENT_ONES, earlier=SILENT - LIVELY, look_at=NOW)
    me, due = psutil.Process(), round(watched * DUE_SHARE)
    idle = _nothing_due(cluster, me, brand)
    sweep_rows.make_due(due, NOW)
    bare = cost(cluster, me, lambda: _bare(brand))
    done: list[int] = []
    ours = cost(cluster, me, lambda: done.extend(_sweep()))
    connection.close()
    looked, owed = done
    if looked < due or owed != due // SILENT_ONES:
        raise RuntimeError(f"of {due} due orders {looked} were looked at, and {owed} messages were owed")
    return {
        "watched": watched,
        **idle,
        "due": due,
        "looks": looked,  # a notice that names a new date has its order looked at once more
        "notices": owed,
        "seconds": _rounded(ours),
        "bare_seconds": _rounded(bare),
        "ms_per_look": round(ours.wall / looked * 1000, 3),
        "cpu_ms_per_look": round(ours.cpu / looked * 1000, 3),
        "looks_per_second": round(looked / ours.wall),
        "to_bare": round(ours.wall / bare.wall, 1),
    }


def _rounded(spent: Cost) -> dict[str, float]:
    return {"clock": round(spent.wall, 3), "app_cpu": round(spent.app, 2), "postgres_cpu": round(spent.pg, 2)}


def _nothing_due(cluster: Cluster, me: psutil.Process, brand: Brand) -> dict[str, float]:
    """Milliseconds of one look when there is nothing to do: median, and processor time; and the bare statement's."""
    from aftercart import pipeline

    waits: list[float] = []

    def many(look: Callable[[], object]) -> float:
        waits.clear()
        spent = cost(cluster, me, lambda: waits.extend(_timed(look) for _ in range(IDLE_LOOKS)))
        return round(spent.cpu / IDLE_LOOKS * 1000, 2)

    pipeline.look(NOW)  # the first one also connects and loads code
    cpu, median = many(lambda: pipeline.look(NOW)), round(statistics.median(waits) * 1000, 2)
    bare_cpu, bare_median = many(lambda: _bare(brand)), round(statistics.median(waits) * 1000, 2)
    return {
        "nothing_due_ms": median,
        "nothing_due_cpu_ms": cpu,
        "nothing_due_bare_ms": bare_median,
        "nothing_due_bare_cpu_ms": bare_cpu,
    }


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _bare(brand: Brand) -> None:
    from django.db import connection

    known: dict[str, Any] = {
        "now": NOW,
        "tomorrow": NOW + timedelta(days=1),
        "brand": brand.id,
        "silent": NOW - timedelta(days=4),
    }
    with connection.cursor() as cursor:
        cursor.execute(BARE, known)


def _sweep() -> tuple[int, int]:
    """Orders looked at and messages owed."""
    from aftercart import pipeline

    looked = owed = 0
    while (step := pipeline.look(NOW)).looked:
        looked += step.looked
        owed += step.owed
    return looked, owed


def learned_brand() -> Brand:
    """It has learned how long its orders take, so that each look judges chances too."""
    from aftercart.brands.models import Brand
    from aftercart.promises import learning
    from aftercart.promises.lanes import NETWORK
    from aftercart.promises.models import Learned
    from aftercart.promises.pace import Exposure, Pace

    brand = Brand.objects.create(
        slug="bench", name="Bench", from_email="b@bench.example", country="NL", speaks_since=NOW - timedelta(days=30)
    )
    pace, first = Pace(), NOW.date() - timedelta(days=60)
    for day in (first + timedelta(days=n) for n in range(60)):
        pace.observe(day, [Exposure(lane=NETWORK, age=n, open=20, arrived=12 if n >= 4 else 0) for n in range(1, 8)])
    learning.keep(brand.id, Learned.ORDER, pace.to_dict())
    learning.keep(brand.id, Learned.TRANSIT, pace.to_dict())
    return brand


def tell_one_story(brand: Brand) -> None:
    """One order through the real pipeline: the pattern for all the others."""
    from django.db import transaction

    from aftercart import pipeline
    from aftercart.connectors import aftercart as our_json
    from aftercart.intake.services import arrival, store

    with transaction.atomic():
        store([arrival(brand.id, "aftercart", our_json.encode(_story()), NOW)])
    pipeline.settle(NOW - timedelta(hours=1))


def _story() -> list[facts.Fact]:
    """Placed, promised, shipped, and seen in Duisburg yesterday."""
    placed, moved = NOW - timedelta(days=9), NOW - LIVELY
    local, explicit = moved.replace(tzinfo=None), facts.ZoneSource.EXPLICIT
    told: dict[str, Any] = {"source": "aftercart", "happened_at": placed, "reported_at": placed}
    order = facts.OrderPlaced(
        **told,
        as_of=placed,
        order_id="1",
        number="1",
        customer=facts.Person(external_id="1", email="noor@example.com", name="Noor Haddad", locale="es-ES"),
        lines=(facts.Line(external_id="1", title="Linen throw", quantity=1),),
        ship_to=facts.Place(country="DE", city="Bonn", postal_code="53111"),
        ship_from=facts.Place(country="NL"),
    )
    scan = facts.ParcelScanned(
        source="aftercart",
        happened_at=moved,
        reported_at=moved,
        at=facts.Clocked(instant=moved, local=local, offset_minutes=0, zone=explicit),
        state=facts.State.IN_TRANSIT,
        code="in_transit",
        number="3S1",
        carrier="DHL",
        place=facts.Place(city="Duisburg", country="DE"),
    )
    return [
        order,
        facts.PromiseMade(**told, order_id="1", latest=date(2026, 3, 20), surface="checkout"),
        facts.ParcelsShipped(**told, as_of=placed, fulfilment_id="1", order_id="1", carrier="DHL", numbers=("3S1",)),
        scan,
    ]


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))

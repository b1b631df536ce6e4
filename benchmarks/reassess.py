"""A disruption of a million open parcels: until each of them is believed anew and those to judge are due.

The parcels left on a dozen days for forty regions, and a tenth of their promises are in danger by it. The bare
statement finds the same parcels and writes the same number of beliefs, each two days later, knowing nothing of lanes,
speeds or promises.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psutil

from benchmarks import sweep, sweep_rows
from benchmarks.measuring import cost, installation
from benchmarks.sweep import NOW

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.plumbing.postgres import Cluster

REGIONS, DAYS = 40, 12
LEFT = f"t.handed_over_at - (n %% {DAYS}) * interval '1 day'"
OWN: Mapping[str, Mapping[str, str]] = {
    **sweep_rows.OWN,
    "orders_order": {**sweep_rows.OWN["orders_order"], "region": f"'R' || (n %% {REGIONS})"},
    "orders_parcel": {
        **{name: sweep_rows.OWN["orders_parcel"][name] for name in ("id", "order_id", "fulfilment_id", "track_id")},
        "number": "'3S' || n",
        "handed_over_at": LEFT,
    },
    "promises_promise": {
        **sweep_rows.OWN["promises_promise"],
        "latest": "(t.latest + CASE WHEN n %% 10 = 0 THEN -7 ELSE 3 END)::date",
    },
}
BARE = """
INSERT INTO promises_forecast (id, brand_id, order_id, made_at, earliest, latest, likely, basis, version)
SELECT p.id, p.brand_id, p.order_id, %(now)s, f.earliest + 2, f.latest + 2, f.likely + 2, f.basis, f.version
FROM orders_parcel p JOIN orders_order o ON o.id = p.order_id JOIN promises_forecast f ON f.id = p.id
WHERE p.brand_id = %(brand)s AND p.carrier = 'dhl' AND p.delivered_at IS NULL ORDER BY p.id
ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, earliest = excluded.earliest, latest = excluded.latest,
    likely = excluded.likely
"""


def run(quick: bool = False) -> dict[str, Any]:
    with installation(AFTERCART_MAIL="console") as cluster:
        return _measure(cluster, parcels=5_000 if quick else 1_000_000)


def _measure(cluster: Cluster, *, parcels: int) -> dict[str, Any]:
    from aftercart.watch.models import Watch

    brand = sweep.learned_brand()
    sweep.tell_one_story(brand)
    sweep_rows.multiply(
        brand.id, parcels, silent_ones=10, earlier=timedelta(), look_at=NOW + timedelta(hours=1), own=OWN
    )
    me = psutil.Process()
    bare = cost(cluster, me, lambda: _bare(brand))
    sweep_rows._settle_down()
    reached: list[int] = []
    ours = cost(cluster, me, lambda: reached.append(_open(brand)))
    due = Watch.objects.filter(brand=brand, look_at__lte=NOW).count()
    if reached != [parcels] or not 0 < due < parcels / 2:
        raise RuntimeError(f"of {parcels} parcels {reached} were reached, and {due} orders are due")
    return {
        "parcels": parcels,
        "due": due,
        "seconds": sweep._rounded(ours),
        "bare_seconds": sweep._rounded(bare),
        "to_bare": round(ours.wall / bare.wall, 1),
    }


def _bare(brand: Brand) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BARE, {"brand": brand.id, "now": NOW})


def _open(brand: Brand) -> int:
    from django.db import transaction

    from aftercart.watch.disruptions.reassess import reassess_scope
    from aftercart.watch.disruptions.series import Series
    from aftercart.watch.disruptions.standing import Disruption

    began = NOW.date() - timedelta(days=3)
    slow = Disruption(id=UUID(int=1), kind="carrier", series=Series("carrier", "dhl"), began=began, slow=0.3)
    with transaction.atomic():
        return reassess_scope(brand, slow, NOW)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))

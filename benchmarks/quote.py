"""What a shop's pages ask: quotes over thousands of lanes beside an empty Django view in the same server process.

Each question is another destination, service and product; the tables, the calendar and the key are a real brand's. A
first round, not counted, works each lane out once, as the first shopper of a day does.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks import page
from benchmarks.measuring import installation

ORIGIN = "https://shop.example"
LANES = 5000


def run(quick: bool = False) -> dict[str, Any]:
    count, rounds, lanes = (80, 1, 80) if quick else (2000, 5, LANES)
    with installation(AFTERCART_MAIL="file", AFTERCART_DATABASE_POOL="8"):
        paths = _questions(lanes)
        with page._served() as (_, port):
            waits: dict[str, list[float]] = {"cold": _ask(port, paths), "quote": [], "empty": []}
            for n in range(rounds):
                waits["quote"] += _ask(port, random.Random(n).sample(paths, min(count, lanes)))
                waits["empty"] += _ask(port, [page.EMPTY] * count)
    return {"lanes": lanes} | _summary(waits)


def _ask(port: int, paths: list[str]) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.page_load", str(port), "1", f"origin: {ORIGIN}"]
    done = subprocess.run(command, input=json.dumps(paths), stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    found: list[float] = json.loads(done.stdout)
    return found


def _questions(lanes: int) -> list[str]:
    """A brand that has delivered to many places, its calendar and its key; a question for each lane."""
    from django.db import connection

    from aftercart.brands import calendar, storefronts
    from aftercart.brands.models import Brand
    from aftercart.promises import learning
    from aftercart.promises.lanes import Lane
    from aftercart.promises.models import Learned
    from aftercart.promises.pace import Exposure, Pace

    today = datetime.now(UTC).date()
    brand = Brand.objects.create(slug="quoted", name="Quoted", country="US", from_email="a@b.example")
    places = [(f"R{n % (lanes // 4):04}", ("", "Express", "Standard", "Economy")[n % 4]) for n in range(lanes)]
    pace = Pace()
    for n in range(3):
        seen = [
            Exposure(lane=Lane(service=service, origin="US", destination=f"US-{region}"), age=age, open=9, arrived=age)
            for region, service in places
            for age in (2, 4)
        ]
        pace.observe(today - timedelta(days=3 - n), seen)
    learning.keep(brand.id, Learned.ORDER, pace.to_dict())
    calendar.add(brand, _year(today), at=datetime.now(UTC), by="bench")
    door = storefronts.add(brand, [ORIGIN], at=datetime.now(UTC), by="bench", per_minute=100_000)
    connection.close()
    asked = [{"key": door.key, "country": "US", "region": region, "service": service} for region, service in places]
    return [f"/api/v1/promises/quote?{urlencode(one)}&sku=POT-{n}" for n, one in enumerate(asked)]


def _year(today: date) -> list[Any]:
    from aftercart.brands.calendar import Entry

    peak = Entry(kind="peak", name="Peak", begins=today, handling_days=1, service="Economy")
    preorders = [
        Entry(kind="preorder", name=f"P{n}", begins=today, sku=f"POT-{n}", ships_from=today + timedelta(days=9))
        for n in range(20)
    ]
    return [peak, *preorders]


def _summary(waits: dict[str, list[float]]) -> dict[str, Any]:
    ordered = {name: sorted(found) for name, found in waits.items()}
    p50 = {name: round(found[len(found) // 2], 2) for name, found in ordered.items()}
    p99 = {name: round(found[len(found) * 99 // 100], 2) for name, found in ordered.items()}
    return {
        "p50_ms": p50,
        "p99_ms": p99,
        "p50_to_empty": round(p50["quote"] / p50["empty"], 2),
        "p99_to_empty": round(p99["quote"] / p99["empty"], 2),
    }

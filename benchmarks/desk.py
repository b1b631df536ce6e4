"""The desk at a million tickets: a queue, a search and a ticket by the real pages, beside bare statements that answer
the same question, in turns in one run.

`view` is the whole page as a browser gets it, over HTTP; `read` is the part that asks PostgreSQL, as the page does, and
`bare` the same answer by hand-written statements through psycopg.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks import desk_bare, page
from benchmarks.desk_rows import COMMON, NOW, fill
from benchmarks.measuring import installation

if TYPE_CHECKING:
    from aftercart.brands.models import Brand

TICKETS, QUICK = 1_000_000, 20_000
ROUNDS = 60
ASKED = ("list", "common", "number", "ticket")


def run(quick: bool = False) -> dict[str, Any]:
    count, rounds = (QUICK, 10) if quick else (TICKETS, ROUNDS)
    with installation(AFTERCART_DATABASE_POOL="8", AFTERCART_MAIL="file") as cluster:
        brand, me, cookie = _founded()
        began = time.monotonic()
        fill(brand.id, me, count)
        filled = time.monotonic() - began
        chosen = random.Random(7).sample(range(2, count, 2), rounds)
        bare = desk_bare.Bare(cluster.url("aftercart"), brand.id, me)
        with page._served() as (_, port):
            found = {
                name: _measured(_reads(brand, me, name, chosen), _bares(bare, name, chosen))
                | _viewed(port, cookie, name, chosen)
                for name in ASKED
            }
    return {"tickets": count, "filled_seconds": round(filled), **{name: _rounded(found[name]) for name in ASKED}}


def _founded() -> tuple[Brand, int, str]:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from aftercart.brands.models import Brand, Member
    from aftercart.brands.services import set_clock

    brand = Brand.objects.create(slug="desk", name="Desk", country="DE", from_email="a@b.example")
    set_clock(brand, NOW, rate=1)
    user = User.objects.create_user("ana")
    Member.objects.create(brand=brand, user=user, role="agent")
    client = Client()
    client.force_login(user)
    return brand, user.id, client.cookies[settings.SESSION_COOKIE_NAME].value


def _path(name: str, n: int) -> str:
    match name:
        case "list":
            return "/desk/desk/queues/unassigned/"
        case "common":
            return f"/desk/desk/search/?q={COMMON}"
        case "number":
            return f"/desk/desk/search/?q={100000 + n}"
        case _:
            return f"/desk/desk/tickets/{1000 + n}/?in=unassigned"


def _reads(brand: Brand, me: int, name: str, chosen: list[int]) -> list[Callable[[], object]]:
    """What the page reads for its main part, as it does."""
    from aftercart.desk.queries import messages, queues, searching, tickets

    def of_ticket(n: int) -> object:
        row = tickets.by_number(brand, 1000 + n)
        assert row is not None
        return messages.said(brand, row), tickets.around(brand, row)

    reads: dict[str, Callable[[int], object]] = {
        "list": lambda n: (queues.listed(brand, queues.BY_KEY["unassigned"], me), queues.counts(brand, me)),
        "common": lambda n: searching.search(brand, COMMON),
        "number": lambda n: searching.search(brand, str(100000 + n)),
        "ticket": of_ticket,
    }
    return [lambda n=n: reads[name](n) for n in chosen]  # type: ignore[misc]


def _bares(bare: desk_bare.Bare, name: str, chosen: list[int]) -> list[Callable[[], object]]:
    asks: dict[str, Callable[[int], object]] = {
        "list": lambda n: bare.listed(),
        "common": lambda n: bare.words(COMMON),
        "number": lambda n: bare.number(str(100000 + n)),
        "ticket": lambda n: bare.ticket(1000 + n),
    }
    return [lambda n=n: asks[name](n) for n in chosen]  # type: ignore[misc]


def _measured(reads: list[Callable[[], object]], bares: list[Callable[[], object]]) -> dict[str, float]:
    """Medians in milliseconds, one after the other in turns; a first of each warms up."""
    times: dict[str, list[float]] = {"read": [], "bare": []}
    for read, bare in [(reads[0], bares[0]), *zip(reads, bares, strict=True)]:
        for name, work in (("read", read), ("bare", bare)):
            begun = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - begun) * 1000)
    middle = {name: sorted(found[1:])[(len(found) - 1) // 2] for name, found in times.items()}
    return middle | {"read_to_bare": middle["read"] / middle["bare"]}


def _viewed(port: int, cookie: str, name: str, chosen: list[int]) -> dict[str, float]:
    paths = [_path(name, n) for n in [*chosen[:5], *chosen]]
    command = [sys.executable, "-m", "benchmarks.page_load", str(port), "1", f"cookie: sessionid={cookie}"]
    done = subprocess.run(command, input=json.dumps(paths), stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    waits = sorted(json.loads(done.stdout)[5:])
    return {"view": waits[len(waits) // 2], "view_p90": waits[len(waits) * 9 // 10]}


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in (found | {"view_to_bare": found["view"] / found["bare"]}).items()}


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))

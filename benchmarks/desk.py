"""The desk at a million tickets: a queue, a search and a ticket by the real pages, beside bare statements that answer
the same question, in turns in one run.

`view` is the whole page, from its address to its last byte; `read` is the part that asks PostgreSQL, as the page does,
and `bare` the same answer by hand-written statements through psycopg.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks import desk_bare
from benchmarks.desk_rows import COMMON, NOW, fill
from benchmarks.measuring import installation

if TYPE_CHECKING:
    from django.test import Client

    from aftercart.brands.models import Brand

TICKETS, QUICK = 1_000_000, 2_000
ROUNDS = 60
ASKED = ("list", "common", "number", "ticket")


def run(quick: bool = False) -> dict[str, Any]:
    count, rounds = (QUICK, 3) if quick else (TICKETS, ROUNDS)
    with installation(AFTERCART_DATABASE_POOL="8", AFTERCART_MAIL="file"):
        brand, me, client = _founded()
        began = time.monotonic()
        fill(brand.id, me, count)
        filled = time.monotonic() - began
        chosen = random.Random(7).sample(range(20, count, 20), rounds)
        bare = desk_bare.Bare(os.environ["DATABASE_URL"], brand.id, me)
        found = {
            name: _measured(_reads(brand, me, name, chosen), _bares(bare, name, chosen), _views(client, name, chosen))
            for name in ASKED
        }
    return {"tickets": count, "filled_seconds": round(filled), **{name: _rounded(found[name]) for name in ASKED}}


def _founded() -> tuple[Brand, int, Client]:
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
    return brand, user.id, client


def _path(name: str, n: int) -> str:
    match name:
        case "list":
            return "/desk/desk/queues/unassigned/"
        case "common":
            return f"/desk/desk/search/?q={COMMON}"
        case "number":
            return f"/desk/desk/search/?q={5_000_000 + n}"
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
        "number": lambda n: searching.search(brand, str(5_000_000 + n)),
        "ticket": of_ticket,
    }
    return [lambda n=n: reads[name](n) for n in chosen]  # type: ignore[misc]


def _bares(bare: desk_bare.Bare, name: str, chosen: list[int]) -> list[Callable[[], object]]:
    asks: dict[str, Callable[[int], object]] = {
        "list": lambda n: bare.listed(),
        "common": lambda n: bare.words(COMMON),
        "number": lambda n: bare.number(str(5_000_000 + n)),
        "ticket": lambda n: bare.ticket(1000 + n),
    }
    return [lambda n=n: asks[name](n) for n in chosen]  # type: ignore[misc]


def _views(client: Client, name: str, chosen: list[int]) -> list[Callable[[], object]]:
    """The whole page: from the address through the view and its template to the last byte."""

    def get(n: int) -> bytes:
        response = client.get(_path(name, n), HTTP_HOST="127.0.0.1")
        assert response.status_code == 200, response.status_code
        return response.content

    return [lambda n=n: get(n) for n in chosen]  # type: ignore[misc]


def _measured(*works: list[Callable[[], object]]) -> dict[str, float]:
    """Medians in milliseconds, all in turns; a first of each warms up."""
    times: dict[str, list[float]] = {name: [] for name in ("read", "bare", "view")}
    turns = [tuple(one[0] for one in works), *zip(*works, strict=True)]
    for turn in turns:
        for name, work in zip(times, turn, strict=True):
            begun = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - begun) * 1000)
    ordered = {name: sorted(found[1:]) for name, found in times.items()}
    middle = {name: found[len(found) // 2] for name, found in ordered.items()}
    view = ordered["view"]
    return middle | {"read_to_bare": middle["read"] / middle["bare"], "view_p90": view[len(view) * 9 // 10]}


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in (found | {"view_to_bare": found["view"] / found["bare"]}).items()}


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))

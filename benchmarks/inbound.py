"""Mail to a ticket: raw mails wait in the inbox, one worker reads, understands, places and indexes them.

Beside it the least that a desk can do with the same mails: the standard library takes them apart, and one ticket, one
message and its words are inserted for each, mail by mail, in a transaction of its own. That loop joins nothing,
understands nothing, folds nothing away, and finds nobody's order.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default
from typing import Any
from uuid import uuid4

import psutil

from benchmarks.mail import _mail as mail
from benchmarks.measuring import Cost, cost, installation

ASKED = (
    "where is my order, the tracking has not moved for days", "I would like to return the blue dress, how do I do that",
    "please change my delivery address", "is this bowl safe in the dishwasher", "my card was charged twice",
    "Wo bleibt mein Paket?", "Je veux annuler ma commande", "still nothing, please help", "¿Dónde está mi pedido?",
)  # fmt: skip


def run(quick: bool = False) -> dict[str, Any]:
    count, warm = (100, 40) if quick else (6_000, 1_000)
    with installation() as cluster:
        from aftercart.brands.models import Brand
        from aftercart.tickets.models import Message, Ticket

        brand = Brand.objects.create(slug="nordwind", name="Nordwind", from_email="help@nordwind.example", country="DE")
        app = psutil.Process()
        mails = _mails(count + warm)
        _store(brand, mails[:warm])
        _drain()
        _store(brand, mails[warm:])
        ours = cost(cluster, app, _drain)
        placed = Message.objects.filter(brand=brand).count()
        tickets = Ticket.objects.filter(brand=brand).exclude(state=Ticket.GONE).count()
        bare = cost(cluster, app, lambda: _bare(brand, mails[warm:]))
    problems = [] if placed == len(mails) else [f"{placed} of {len(mails)} mails are in tickets"]
    return {
        "mails": count,
        "tickets": tickets,
        "mails_per_second": {"ours": round(count / ours.wall), "bare": round(count / bare.wall)},
        "cpu_ms_per_mail": {"ours": _each(ours, count), "bare": _each(bare, count)},
        "ours_to_bare": round(bare.wall / ours.wall, 2),
        "problems": problems,
    }


def _each(found: Cost, count: int) -> float:
    return round(found.cpu / count * 1e3, 3)


def _mails(count: int) -> list[bytes]:
    """Most of them from somebody who has written before, each about one of a few things."""
    chance, mails = random.Random(7), []
    for number in range(count):
        raw = mail(number).replace(b"anna%d@" % number, b"anna%d@" % chance.randrange(count // 3 + 1))
        mails.append(raw.replace(b"Wo_ist_mein_P=C3=A4ckchen_", chance.choice(ASKED).replace(" ", "_").encode()[:40]))
    return mails


def _store(brand: Any, mails: list[bytes]) -> None:
    from aftercart.connectors.mail import source
    from aftercart.intake import services as intake
    from aftercart.plumbing import clock

    now = clock.machine() - timedelta(seconds=1)
    for begin in range(0, len(mails), 500):
        some = mails[begin : begin + 500]
        intake.store([intake.arrival(brand.id, "mail", raw, now, key=source.delivery_id(raw, {})) for raw in some])


def _drain() -> None:
    from aftercart import pipeline

    while not pipeline.drain().idle:
        pass


def _bare(brand: Any, mails: list[bytes]) -> None:
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    assert raw is not None
    for content in mails:
        read = BytesParser(policy=default).parsebytes(content)
        body = read.get_body(("plain", "html"))
        text = body.get_content() if body is not None else ""
        ticket, message, at = uuid4(), uuid4(), time.time()
        with raw.transaction():
            raw.execute(
                "INSERT INTO tickets_ticket (id, brand_id, number, customer_id, title, opened_at, last_at, changed_at)"
                " VALUES (%s, %s, nextval('tickets_number'), %s, %s, to_timestamp(%s), to_timestamp(%s), now())",
                (ticket, brand.id, uuid4(), str(read["subject"])[:200], at, at),
            )
            raw.execute(
                "INSERT INTO tickets_message (id, brand_id, ticket_id, customer_id, direction, channel, at, known_at)"
                " VALUES (%s, %s, %s, %s, 'in', 'email', to_timestamp(%s), now())",
                (message, brand.id, ticket, uuid4(), at),
            )
            raw.execute(
                "INSERT INTO tickets_body (id, brand_id, subject, text, sender) VALUES (%s, %s, %s, %s, %s)",
                (message, brand.id, str(read["subject"])[:1000], text, str(read["from"])[:320]),
            )

"""The history of a large brand's desk: tickets, five messages each, the words to find them by, and their orders.

Made inside PostgreSQL. Tickets are spread over two years; the newest of them are open. Two tickets are about one order,
with its parcel and promise, each tenth order with scans; of the words few are everywhere and most are rare.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

MESSAGES = 5
VOCABULARY = 5_000
SPAN = timedelta(days=730)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COMMON = "parcel"  # the first word of all

_AT = "(%(now)s::timestamptz - %(span)s::interval * ((%(count)s - n)::float8 / %(count)s))"
SENTENCES, LENGTH = 20_000, 16
# One of the sentences, as good as drawn: joined by its number.
_DRAWN = f"JOIN bench_sentences {{name}} ON {{name}}.at = ({{by}}) %% {SENTENCES}"
_CUSTOMER = "md5('c' || n %% 300000)::uuid"
_ORDER = "md5('o' || n - n %% 2)::uuid"
_EVENT = (
    "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '8' || substr(md5({name}), 1, 3) || '8'"
    " || substr(md5({name}), 4, 15))::uuid"
)
_SENT = f"({_AT} - make_interval(hours => 3 * ({MESSAGES} - k)))"
_MESSAGE = _EVENT.format(at=_SENT, name="n || '-' || k")
_SCANNED = f"({_AT} - make_interval(hours => 20 * k))"

STATEMENTS: dict[str, str] = {
    "customers": """
INSERT INTO people_customer (id, brand_id, source, external_id, version, name, email)
SELECT md5('c' || n)::uuid, %(brand)s, 'shopify', n::text, md5('c' || n)::uuid, 'Customer ' || n,
    'customer' || n || '@mail.example'
FROM generate_series(0, least(%(count)s, 300000) - 1) n
""",
    "orders": f"""
INSERT INTO orders_order (id, brand_id, source, external_id, version, number, number_key, customer_id, placed_at,
    country, city)
SELECT md5('o' || n)::uuid, %(brand)s, 'shopify', n::text, md5('o' || n)::uuid, (5000000 + n)::text,
    (5000000 + n)::text, {_CUSTOMER}, {_AT} - interval '6 days', 'DE', 'Dresden'
FROM generate_series(2, %(count)s, 2) n
""",
    "lines": """
INSERT INTO orders_orderline (id, brand_id, order_id, external_id, version, title)
SELECT md5('l' || n)::uuid, %(brand)s, md5('o' || n)::uuid, '1', md5('o' || n)::uuid, 'Salt-glazed mug'
FROM generate_series(2, %(count)s, 2) n
""",
    "promises": f"""
INSERT INTO promises_promise (id, brand_id, order_id, latest, made_by, surface, told_at, basis, why,
    version)
SELECT md5('p' || n)::uuid, %(brand)s, md5('o' || n)::uuid, ({_AT})::date, 'us', 'checkout', {_AT} - interval '6 days',
    'lane', '', 1
FROM generate_series(2, %(count)s, 2) n
""",
    "parcels": f"""
INSERT INTO orders_parcel (id, brand_id, order_id, fulfilment_id, version, track_id, number, carrier, shipped_at, state,
    city, scans, last_scan_at)
SELECT md5('k' || n)::uuid, %(brand)s, md5('o' || n)::uuid, md5('f' || n)::uuid, md5('f' || n)::uuid,
    md5('t' || n)::uuid, 'JD' || (10000000 + n), 'dhl', {_AT} - interval '5 days', 'in_transit',
    'Leipzig', 4, {_AT} - interval '1 day'
FROM generate_series(2, %(count)s, 2) n
""",
    "scans": f"""
INSERT INTO orders_scan (id, brand_id, track_id, source, carrier, at, local, zone, state, city, country, reported_at)
SELECT {_EVENT.format(at=_SCANNED, name="n || 's' || k")}, %(brand)s, md5('t' || n)::uuid, 'easypost', 'dhl',
    {_SCANNED}, '2026-01-01T00:00:00', 'assumed', 'in_transit', 'Leipzig', 'DE', {_SCANNED}
FROM generate_series(20, %(count)s, 20) n, generate_series(1, 4) k
""",
    "tickets": f"""
INSERT INTO tickets_ticket (id, brand_id, number, customer_id, order_id, cause, state, title, snippet, who, language,
    channel, opened_at, last_at, last_in_at, waiting_since, messages, contacts, assignee_id, signals, tags, changed_at)
SELECT md5('x' || n)::uuid, %(brand)s, 1000 + n, {_CUSTOMER}, {_ORDER}, 'wismo_shipping_status',
    CASE WHEN n > %(count)s * 0.98 THEN 'open' WHEN n > %(count)s * 0.97 THEN 'waiting'
        WHEN n > %(count)s * 0.965 THEN 'snoozed' ELSE 'resolved' END,
    'Where is it', s.words, 'Customer ' || n %% 300000, 'en',
    (ARRAY['email', 'chat', 'sms'])[1 + n %% 3], {_AT} - interval '12 hours', {_AT}, {_AT},
    CASE WHEN n > %(count)s * 0.98 THEN {_AT} END, {MESSAGES}, 1, CASE WHEN n %% 3 > 0 THEN %(me)s END, '{{}}', '{{}}',
    {_AT}
FROM generate_series(1, %(count)s) n {_DRAWN.format(name="s", by="n * 7919::bigint")}
""",
    "messages": f"""
INSERT INTO tickets_message (id, brand_id, ticket_id, customer_id, direction, channel, at, known_at, category)
SELECT {_MESSAGE}, %(brand)s, md5('x' || n)::uuid, {_CUSTOMER}, CASE WHEN k %% 2 = 1 THEN 'in' ELSE 'out' END,
    'email', {_SENT}, {_SENT}, 'wismo_shipping_status'
FROM generate_series(1, %(count)s) n CROSS JOIN generate_series(1, {MESSAGES}) k
""",
    "bodies": f"""
INSERT INTO tickets_body (id, brand_id, subject, text, sender, sender_name)
SELECT {_MESSAGE}, %(brand)s, 'Where is it', s.words,
    'customer' || n %% 300000 || '@mail.example', 'Customer ' || n %% 300000
FROM generate_series(1, %(count)s) n CROSS JOIN generate_series(1, {MESSAGES}) k
{_DRAWN.format(name="s", by="n * 7919::bigint + k * 104729")}
""",
    "search": f"""
INSERT INTO tickets_search (id, brand_id, last_at, words)
SELECT md5('x' || n)::uuid, %(brand)s, {_AT}, to_tsvector('simple', (1000 + n) || ' '
    || (5000000 + n - n %% 2) || ' jd' || (10000000 + n - n %% 2) || ' customer' || n %% 300000
    || '@mail.example ' || a.words || ' ' || b.words || ' ' || c.words)
FROM generate_series(1, %(count)s) n
{_DRAWN.format(name="a", by="n * 7919::bigint")} {_DRAWN.format(name="b", by="n * 6101::bigint + 5")}
{_DRAWN.format(name="c", by="n * 4999::bigint + 77")}
""",
}


def sentences() -> list[str]:
    """Made of words of which few are everywhere and most are rare."""
    chance = random.Random(1)
    made = {"".join(chance.choices("abcdefghiklmnoprstuvwz", k=chance.randint(3, 9))) for _ in range(2 * VOCABULARY)}
    words = [COMMON, *sorted(made, key=lambda _: chance.random())[: VOCABULARY - 1]]
    return [" ".join(words[int(chance.random() ** 4 * VOCABULARY)] for _ in range(LENGTH)) for _ in range(SENTENCES)]


def fill(brand_id: Any, me: int, count: int) -> None:
    """`count` tickets, `MESSAGES` times as many messages. Indexes of words are made afterwards, which is quicker."""
    from django.db import connection

    from aftercart.plumbing.partitions import ensure_months

    for table in ("tickets_message", "tickets_body", "orders_scan"):
        ensure_months(table, NOW - SPAN - timedelta(days=31), NOW)
    known = {"brand": brand_id, "me": me, "count": count, "now": NOW, "span": SPAN}
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'tickets_search_words'")
        (index,) = cursor.fetchone() or ("",)
        cursor.execute("DROP INDEX tickets_search_words")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("CREATE TEMP TABLE bench_sentences (at bigint, words text)")
        cursor.execute(
            "INSERT INTO bench_sentences SELECT at - 1, words FROM unnest(%s::text[]) WITH ORDINALITY AS s (words, at)",
            [sentences()],
        )
        cursor.execute("ANALYZE bench_sentences")
        for name, statement in STATEMENTS.items():
            begun = time.monotonic()
            cursor.execute(statement, known)
            print(f"  {cursor.rowcount:,} {name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        cursor.execute(index)
        cursor.execute("VACUUM ANALYZE")

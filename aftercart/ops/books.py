"""Do the books balance? What came in, what was decided and what left must account for each other."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from aftercart.outreach.manners import MILESTONES, USUAL
from aftercart.outreach.terms import KIND as OUTREACH

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A rule that does not hold: for how many rows, and the ids of the first few."""

    rule: str
    count: int
    examples: tuple[str, ...]


# A message says what it was owed for, and whatever else was decided to go with it.
TWICE_SAID = """
SELECT min(id::text)::uuid AS id FROM (
    SELECT o.id, o.brand_id, o.episode, o.kind, o.channel = 'event' AS theirs FROM outbox_outgoing o
    WHERE o.state NOT IN ('cancelled', 'void')
    UNION ALL
    SELECT o.id, d.brand_id, d.concern_id, d.kind, o.channel = 'event' FROM outreach_decision d
    JOIN outbox_outgoing o ON o.id = d.outgoing_id WHERE d.spoken AND o.state NOT IN ('cancelled', 'void')
) said
GROUP BY brand_id, episode, kind HAVING bool_or(theirs) AND NOT bool_and(theirs)
"""
# Of two versions of a policy at one instant, either may have been read.
UNCHOSEN = f"""
SELECT o.id FROM outbox_outgoing o
JOIN (VALUES {", ".join(f"('{kind}', '{USUAL.says[kind]}')" for kind in MILESTONES)}) m (kind, usual) ON m.kind = o.kind
WHERE o.state NOT IN ('cancelled', 'void') AND m.usual <> CASE o.channel WHEN 'event' THEN 'event' ELSE 'us' END
AND NOT EXISTS (
    SELECT FROM policies_policy p WHERE p.brand_id = o.brand_id AND p.kind = '{OUTREACH}'
    AND coalesce(p.body->'says'->>o.kind, m.usual) = CASE o.channel WHEN 'event' THEN 'event' ELSE 'us' END
    AND (p.valid_from = o.created_at OR p.version = (
        SELECT max(q.version) FROM policies_policy q
        WHERE q.brand_id = o.brand_id AND q.kind = '{OUTREACH}' AND q.valid_from <= o.created_at
    ))
)
"""
# Each finds the ids of the rows for which the rule in front of it does not hold.
RULES: tuple[tuple[str, str], ...] = (
    (
        "every delivery that was acknowledged is in the inbox",
        "SELECT s.id FROM intake_seen s LEFT JOIN intake_delivery d ON d.id = s.id WHERE d.id IS NULL",
    ),
    (
        "every delivery in the inbox still has its bytes",
        "SELECT d.id FROM intake_delivery d LEFT JOIN intake_payload p ON p.id = d.id WHERE p.id IS NULL",
    ),
    (
        "every delivery is applied, quarantined or waiting",
        "SELECT id FROM intake_delivery WHERE state NOT IN ('applied', 'quarantined', 'waiting')"
        " OR (state = 'applied') <> (applied_at IS NOT NULL)",
    ),
    (
        "every quarantined delivery says why",
        "SELECT d.id FROM intake_delivery d WHERE d.state = 'quarantined' AND NOT EXISTS ("
        " SELECT 1 FROM intake_fault f WHERE f.brand_id = d.brand_id AND f.delivery_id = d.id)",
    ),
    (
        "every order that is known is watched",
        "SELECT o.id FROM orders_order o LEFT JOIN watch_watch w ON w.id = o.id WHERE w.id IS NULL",
    ),
    (
        "every concern was decided about",
        "SELECT c.id FROM watch_concern c LEFT JOIN outreach_decision d"
        " ON d.brand_id = c.brand_id AND d.concern_id = c.id WHERE d.id IS NULL",
    ),
    (
        "every decision to speak has its message in the outbox",
        "SELECT d.id FROM outreach_decision d LEFT JOIN outbox_outgoing o ON o.id = d.outgoing_id"
        " WHERE d.spoken AND o.id IS NULL",
    ),
    ("what is said of an order is said by us or by the shop's sender, never by both", TWICE_SAID),
    ("what an order has reached is said by whom the brand chose for it", UNCHOSEN),
    (
        "every gesture that is owed or granted has its message to the brand's system, and no other has",
        "SELECT g.id FROM outreach_gesture g LEFT JOIN outbox_outgoing o ON o.id = g.outgoing_id"
        " WHERE CASE g.state WHEN 'owed' THEN o.id IS NULL WHEN 'granted' THEN o.state IS DISTINCT FROM 'sent'"
        " WHEN 'refused' THEN o.state IS DISTINCT FROM 'cancelled' ELSE o.id IS NOT NULL END",
    ),
    (
        "nobody was told of a gesture that was not granted",
        "SELECT d.id FROM outreach_decision d LEFT JOIN outreach_gesture g ON g.brand_id = d.brand_id"
        " AND g.concern_id = d.concern_id AND g.state = 'granted' WHERE d.kind = 'gesture_granted' AND g.id IS NULL",
    ),
    (
        "each month's budget of gestures has spent what its gestures cost",
        "SELECT b.id FROM outreach_gesture_budget b WHERE b.spent <> (SELECT coalesce(sum(g.cost), 0)"
        " FROM outreach_gesture g WHERE g.brand_id = b.brand_id AND g.month = b.month AND g.currency = b.currency"
        " AND g.state IN ('owed', 'granted'))",
    ),
    (
        "everything that a customer told the courier was told to the brand",
        "SELECT c.id FROM outreach_correction c LEFT JOIN outbox_outgoing o ON o.id = c.outgoing_id"
        " AND o.brand_id = c.brand_id AND o.episode = c.id WHERE o.id IS NULL",
    ),
    (
        "every message is sent, due, being sent, parked, cancelled or void, and says when or why",
        "SELECT id FROM outbox_outgoing WHERE CASE state WHEN 'due' THEN false"
        " WHEN 'sending' THEN lease_until IS NULL WHEN 'sent' THEN sent_at IS NULL"
        " WHEN 'parked' THEN reason = '' WHEN 'cancelled' THEN reason = ''"
        " WHEN 'void' THEN reason = '' ELSE true END",
    ),
    (
        "every message has its words and its address",
        "SELECT o.id FROM outbox_outgoing o LEFT JOIN outbox_outgoingbody b ON b.id = o.id WHERE b.id IS NULL",
    ),
    (
        "every message of a customer has its words and is in a ticket that there is",
        "SELECT m.id FROM tickets_message m LEFT JOIN tickets_body b ON b.id = m.id"
        " LEFT JOIN tickets_ticket t ON t.id = m.ticket_id AND t.brand_id = m.brand_id"
        " WHERE b.id IS NULL OR t.id IS NULL OR t.state = 'gone'",
    ),
    (
        "every ticket counts its messages, and is found by its words",
        "SELECT t.id FROM tickets_ticket t LEFT JOIN tickets_search s ON s.id = t.id"
        " LEFT JOIN (SELECT ticket_id, count(*) AS there FROM tickets_message GROUP BY ticket_id) m"
        " ON m.ticket_id = t.id WHERE CASE t.state WHEN 'gone' THEN m.there > 0 OR s.id IS NOT NULL"
        " ELSE t.messages IS DISTINCT FROM m.there OR s.id IS NULL END",
    ),
    (
        "every answer that leaves by a channel of ours is in the outbox, and every file has its bytes",
        "SELECT m.id FROM tickets_message m LEFT JOIN outbox_outgoing o ON o.id = m.outgoing_id"
        " WHERE m.outgoing_id IS NOT NULL AND o.id IS NULL"
        " UNION ALL SELECT f.id FROM tickets_file f LEFT JOIN tickets_blob b ON b.id = f.blob_id WHERE b.id IS NULL",
    ),
)


def imbalances() -> list[Imbalance]:
    """Every rule that does not hold, over all brands; empty: the books balance."""
    found = []
    with connection.cursor() as cursor:
        for rule, query in RULES:
            cursor.execute(f"SELECT count(*) OVER (), id FROM ({query}) AS broken ORDER BY id LIMIT {SHOWN}")
            if rows := cursor.fetchall():
                found.append(Imbalance(rule, rows[0][0], tuple(str(row[1]) for row in rows)))
    return found


def totals() -> dict[str, dict[str, int]]:
    """How many deliveries and messages are in each state."""
    with connection.cursor() as cursor:
        counted = {}
        for name, table in (("deliveries", "intake_delivery"), ("messages", "outbox_outgoing")):
            cursor.execute(f"SELECT state, count(*) FROM {table} GROUP BY state ORDER BY state")
            counted[name] = dict(cursor.fetchall())
    return counted

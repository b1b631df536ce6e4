"""What providers tell of messages that left: folded into the message and into what is known of its address.

Each report only ever adds to what is known: the gravest outcome counts, and the latest of each kind for an address. So
they may come in any order and any number of times.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from aftercart.facts import Fact, MessageReported, Outcome
from aftercart.outbox.models import Outgoing
from aftercart.plumbing import bulk, ids
from aftercart.plumbing.addresses import address_hash

PLACED: frozenset[type[Fact]] = frozenset({MessageReported})

# For good, or so that writing again would do harm.
UNREACHABLE = frozenset({Outcome.HARD_BOUNCED, Outcome.COMPLAINED})
GRAVITY = list(Outcome)
# A message of which anything is reported has left, whatever a crash let us believe.
REPORT = """
UPDATE outbox_outgoing SET
    outcome = CASE WHEN {graver} THEN %(outcome)s ELSE outcome END,
    outcome_at = CASE WHEN {graver} THEN %(at)s WHEN outcome = %(outcome)s THEN least(outcome_at, %(at)s)
        ELSE outcome_at END,
    outcome_why = CASE WHEN {graver} THEN %(why)s WHEN outcome = %(outcome)s THEN greatest(outcome_why, %(why)s)
        ELSE outcome_why END,
    provider_id = CASE WHEN provider_id = '' THEN %(provider_id)s ELSE provider_id END,
    sent_at = CASE WHEN state IN ('due', 'sending', 'parked') THEN %(now)s ELSE sent_at END,
    lease_until = CASE WHEN state = 'sending' THEN NULL ELSE lease_until END,
    reason = CASE WHEN state IN ('due', 'sending', 'parked') THEN '' ELSE reason END,
    state = CASE WHEN state IN ('due', 'sending', 'parked') THEN 'sent' ELSE state END
WHERE brand_id = %(brand)s AND id = %(id)s
""".format(graver="coalesce(array_position(%(gravity)s::text[], outcome), 0) < %(grave)s")
REACH = """
INSERT INTO outbox_reach AS r (id, brand_id, channel, address_hash, failed_at, why, delivered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET
    why = CASE WHEN excluded.failed_at IS NULL OR r.failed_at > excluded.failed_at THEN r.why
        WHEN r.failed_at = excluded.failed_at THEN greatest(r.why, excluded.why) ELSE excluded.why END,
    failed_at = greatest(r.failed_at, excluded.failed_at),
    delivered_at = greatest(r.delivered_at, excluded.delivered_at)
"""


def record(brand_id: UUID, facts: Iterable[Fact], now: datetime) -> None:
    """In the caller's transaction. `now`: the brand's time, for messages of which we did not know that they left."""
    reports = [fact for fact in facts if isinstance(fact, MessageReported)]
    if not reports:
        return
    rows = _rows(brand_id, reports)
    found = [(_find(rows, fact), fact) for fact in reports]
    # In the order of their ids, so that two workers never wait for each other.
    for row, fact in sorted(((r, f) for r, f in found if r), key=lambda pair: pair[0].id):
        _report(brand_id, row.id, fact, now)
    reaches = [(_hash(brand_id, row, fact), fact) for row, fact in found]
    for hashed, fact in sorted(((h, f) for h, f in reaches if h), key=lambda pair: (pair[1].channel, pair[0])):
        _reach(brand_id, hashed, fact)


def _rows(brand_id: UUID, reports: list[MessageReported]) -> dict[str, Outgoing]:
    """The messages by our name of them, by their provider's, and by their Message-ID, which is all a bounce tells."""
    mine = Outgoing.objects.filter(brand_id=brand_id)
    mine = mine.only("id", "provider_id", "message_id", "address_hash", "channel")
    named = {UUID(f.reference) for f in reports if _is_uuid(f.reference)}
    theirs = {f.message_id for f in reports if f.message_id}
    called = mine.filter(message_id__in=[f"<{one}>" for one in theirs]).exclude(state=Outgoing.VOID)
    found = {row.message_id.strip("<>"): row for row in called}
    found |= {row.provider_id: row for row in mine.filter(provider_id__in=theirs)}
    return found | {row.id.hex: row for row in mine.filter(id__in=named)}


def _find(rows: dict[str, Outgoing], fact: MessageReported) -> Outgoing | None:
    row = rows.get(fact.reference.replace("-", "").lower()) or rows.get(fact.message_id)
    return row if row and fact.channel in (row.channel, "event") else None


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _report(brand_id: UUID, row: UUID, fact: MessageReported, now: datetime) -> None:
    with bulk.cursor() as cursor:
        cursor.execute(
            REPORT,
            {
                "brand": brand_id, "id": row, "outcome": fact.outcome.value, "at": fact.happened_at,
                "why": bulk.fit(fact.reason, 300), "provider_id": bulk.fit(fact.message_id, 200), "now": now,
                "gravity": [one.value for one in GRAVITY], "grave": GRAVITY.index(fact.outcome) + 1,
            },
        )  # fmt: skip


def _hash(brand_id: UUID, row: Outgoing | None, fact: MessageReported) -> str:
    if row and row.address_hash:
        return row.address_hash
    return address_hash(brand_id, fact.address) if fact.address else ""


def _reach(brand_id: UUID, hashed: str, fact: MessageReported) -> None:
    gone, arrived = fact.outcome in UNREACHABLE, fact.outcome is Outcome.DELIVERED
    if not (gone or arrived):
        return
    with bulk.cursor() as cursor:
        cursor.execute(
            REACH,
            (
                ids.mirrored(brand_id, "reach", fact.channel, hashed), brand_id, fact.channel, hashed,
                fact.happened_at if gone else None,
                bulk.fit(fact.reason or fact.outcome.value, 300) if gone else "",
                fact.happened_at if arrived else None,
            ),
        )  # fmt: skip

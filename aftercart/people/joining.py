"""Customers who are one person: what proves it is written down, and can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import F

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.connectors.contract import UNDATED
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import MessageReceived
from aftercart.people import circles
from aftercart.people.circles import MOST
from aftercart.people.models import Join
from aftercart.people.proving import Claim, Proven, best, of_claim, of_message, proof_id, proven
from aftercart.people.rules import party
from aftercart.plumbing import clock, ids
from aftercart.plumbing.bulk import array, cursor, texts

# Sources whose customers have the ids of a shop, because the shop signs for them.
VOUCHED = ("chat",)

# Which of these say something new, or prove it better: nearly every order tells what is known.
NEWS = """
SELECT t.n - 1 FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY AS t (id, proof, n)
LEFT JOIN LATERAL (SELECT proof FROM people_join WHERE id = t.id OFFSET 0) k ON true
WHERE k.proof IS NULL OR t.proof > k.proof
"""
WRITE = """
INSERT INTO people_join AS j (brand_id, id, customer_id, other_id, way, proof, version, evidence)
SELECT %s, t.id, t.customer_id, t.other_id, t.way, t.proof, t.version, t.evidence::jsonb
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[])
    AS t (id, customer_id, other_id, way, proof, version, evidence)
ON CONFLICT (id) DO UPDATE SET proof = excluded.proof, version = excluded.version, evidence = excluded.evidence
WHERE excluded.proof > j.proof
RETURNING j.customer_id, j.other_id
"""
# From these customers on to all whom the proofs name. What has more proofs than count is followed no further.
REACH = f"""
WITH RECURSIVE reach (node) AS (
    SELECT unnest(%(customers)s::uuid[])
    UNION
    SELECT near.node FROM reach r CROSS JOIN LATERAL (
        (SELECT other_id FROM people_join WHERE brand_id = %(brand)s AND customer_id = r.node AND undone_at IS NULL
            AND proof = 'order' LIMIT {MOST + 1})
        UNION ALL
        (SELECT other_id FROM people_join WHERE brand_id = %(brand)s AND customer_id = r.node AND undone_at IS NULL
            AND proof <> 'order')
        UNION ALL
        (SELECT customer_id FROM people_join WHERE brand_id = %(brand)s AND other_id = r.node AND undone_at IS NULL
            AND proof = 'order' LIMIT {MOST + 1})
        UNION ALL
        (SELECT customer_id FROM people_join WHERE brand_id = %(brand)s AND other_id = r.node AND undone_at IS NULL
            AND proof <> 'order')
    ) near (node)
)
SELECT j.customer_id, j.other_id, j.way, j.proof, j.way <> 'hand' AND (
    (SELECT count(*) FROM (SELECT FROM people_join o WHERE o.brand_id = %(brand)s AND o.other_id = j.other_id
        AND o.undone_at IS NULL AND (j.proof = 'order' OR o.proof <> 'order') LIMIT {MOST + 1}) s) > {MOST}
    OR j.proof = 'order' AND (SELECT count(*) FROM (SELECT FROM people_join o WHERE o.brand_id = %(brand)s
        AND o.customer_id = j.customer_id AND o.undone_at IS NULL AND o.proof = 'order' LIMIT {MOST + 1}) s) > {MOST})
FROM reach r CROSS JOIN LATERAL (
    SELECT * FROM people_join WHERE brand_id = %(brand)s AND customer_id = r.node AND undone_at IS NULL OFFSET 0
) j
"""
ACCOUNTS = """
SELECT kind, value, customer_id FROM people_identity
WHERE brand_id = %s AND kind = ANY(%s) AND value = ANY(%s::text[]) ORDER BY id
"""
PROVEN_ADDRESS = """
SELECT id FROM people_join
WHERE id = ANY(%s::uuid[]) AND brand_id = %s AND undone_at IS NULL
"""


class JoinError(ValueError):
    """Why two customers cannot be joined, or a join not be undone."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A message by `party_id`, who says that an address is theirs, names an order, and that is `customer_id`'s.

    `claimed`: the address, by its `address_id`.
    """

    party_id: UUID
    claimed: UUID
    order_id: UUID
    customer_id: UUID
    at: datetime


def parties(brand_id: UUID, facts: Iterable[MessageReceived]) -> list[UUID]:
    """Who wrote each of these messages: what to keep it under. `roots` tells who that is."""
    return [party(brand_id, fact) for fact in facts]


def roots(brand_id: UUID, customers: Collection[UUID]) -> dict[UUID, UUID]:
    """Of each of these customers, who stands for the person that they are: themselves, where nothing is proven."""
    found = everybody(brand_id, customers)
    return {one: found[one] for one in customers}


def circle(brand_id: UUID, customer: UUID) -> set[UUID]:
    """All customers who are the same person as this one, itself among them."""
    found = everybody(brand_id, [customer])
    return {one for one, root in found.items() if root == found[customer]}


def everybody(brand_id: UUID, customers: Collection[UUID]) -> dict[UUID, UUID]:
    """As `roots`, of all customers too whom any proof leads to: the whole circle of each, and its neighbours."""
    if not customers:
        return {}
    with cursor() as at:
        rows = at.execute(REACH, {"brand": brand_id, "customers": array(customers)}, binary=True).fetchall()
    return circles.roots(customers, [circles.Proof(*row) for row in rows])


def record(brand_id: UUID, claims: Sequence[Claim], messages: Sequence[MessageReceived]) -> set[UUID]:
    """Write down what these prove, in the caller's transaction. Of whom something new is known.

    Their circles may be others now, and those of all in `everybody` of them.
    """
    rows = [proof for one in claims for proof in of_claim(brand_id, one)]
    rows += [proof for one in messages for proof in of_message(brand_id, one)]
    return _write(brand_id, best([*rows, *_accounts(brand_id, claims, messages)]))


def quoted(brand_id: UUID, quotes: Iterable[Quote]) -> set[UUID]:
    """Whoever quotes an order with the address that its customer gave is that customer. Of whom that is new.

    To be told again when an order turns up later than the message; twice is once.
    """
    said = list(quotes)
    return _write(brand_id, _proven_quotes(brand_id, said)) if said else set()


def join(brand: Brand, one: UUID, other: UUID, *, by: str, why: str) -> Join:
    """Somebody knows that these are the same person. Raises JoinError."""
    if not why.strip():
        raise JoinError("why: say how you know.")
    if one == other or (known := roots(brand.id, [one, other]))[one] == known[other]:
        raise JoinError("other: they are the same person already.")
    first, second = sorted((one, other), key=ids.as_number)
    now = clock.machine()
    made = Join.objects.create(
        brand=brand, customer_id=first, other_id=second, way=circles.HAND, proof=circles.BY_HAND, version=ids.new(now),
        evidence={"by": by, "why": why.strip()[:200]},
    )  # fmt: skip
    audit(brand, actor=by, action="people.join", subject=str(made.id))
    return made


def undo(brand: Brand, join_id: UUID, *, by: str, why: str = "") -> Join:
    """Take a proof back for good: facts that say the same again change nothing. Raises JoinError."""
    done = {"undone_at": clock.machine(), "undone_by": by, "undone_why": why.strip()[:200]}
    if not Join.objects.filter(brand=brand, id=join_id, undone_at=None).update(**done):
        raise JoinError("join: there is none, or it was undone before.")
    audit(brand, actor=by, action="people.join.undone", subject=str(join_id))
    return Join.objects.get(brand=brand, id=join_id)


def why(brand: Brand, customer: UUID) -> list[Join]:
    """All proofs about this customer's circle, undone ones too, the oldest first."""
    members = circle(brand.id, customer)
    rows = Join.objects.filter(brand=brand).exclude(customer_id=F("other_id"))
    found = {row.id: row for row in rows.filter(customer_id__in=members)}
    found |= {row.id: row for row in rows.filter(other_id__in=members)}
    return sorted(found.values(), key=lambda row: row.version.int)


def _write(brand_id: UUID, rows: Sequence[Proven]) -> set[UUID]:
    if not rows:
        return set()
    proofs = texts(one.proof for one in rows)
    with cursor() as at:
        at.execute(NEWS, (array(one.id for one in rows), proofs))
        new = [rows[n] for (n,) in at]
        if not new:
            return set()
        new.sort(key=lambda one: one.id.int)  # so that two workers never wait for each other
        told = (
            array(one.id for one in new),
            array(one.customer_id for one in new),
            array(one.other_id for one in new),
            texts(one.way for one in new),
            texts(one.proof for one in new),
            array(ids.mirrored_event(one.at, *one.evidence.values()) for one in new),
            texts(msgspec.json.encode(one.evidence).decode() for one in new),
        )
        return {end for row in at.execute(WRITE, (brand_id, *told), binary=True) for end in row}


def _accounts(brand_id: UUID, claims: Sequence[Claim], messages: Sequence[MessageReceived]) -> list[Proven]:
    """Whom a shop has signed for, by its own id of them, is the customer that it tells of elsewhere by that id."""
    named = {one.customer.external_id for one in messages if one.proven and one.source in VOUCHED}
    named |= {one.person.external_id for one in claims}
    signed = _identities(brand_id, VOUCHED, named - {""})
    if not signed:
        return []
    shops = [kind for kind in FACT_SOURCES if kind not in VOUCHED]
    return [
        proven(customer, circles.ACCOUNT, chatter, circles.BY_TOKEN, UNDATED, {"source": source, "shop": shop})
        for shop, value, customer in _identities(brand_id, shops, {value for _, value, _ in signed})
        for source, same, chatter in signed
        if same == value
    ]


def _identities(brand_id: UUID, kinds: Collection[str], values: Collection[str]) -> list[tuple[str, str, UUID]]:
    if not values:
        return []
    with cursor() as at:
        return at.execute(ACCOUNTS, (brand_id, list(kinds), texts(sorted(values))), binary=True).fetchall()


def _proven_quotes(brand_id: UUID, quotes: Sequence[Quote]) -> list[Proven]:
    """Those whose address is one of the order's customer."""
    wanted = [proof_id(quote.customer_id, circles.ADDRESS, quote.claimed) for quote in quotes]
    with cursor() as at:
        known = {id for (id,) in at.execute(PROVEN_ADDRESS, (array(wanted), brand_id), binary=True)}
    return best(
        proven(one.customer_id, circles.QUOTE, one.party_id, circles.BY_NUMBER, one.at, {"order": str(one.order_id)})
        for one, claim in zip(quotes, wanted, strict=True)
        if claim in known and one.party_id != one.customer_id
    )

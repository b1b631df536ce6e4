from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from psycopg import sql

from aftercart.brands.models import Brand
from aftercart.connectors.contract import UNDATED
from aftercart.facts import CustomerSeen, Fact, MessageReceived, Nature, OrderPlaced, Person
from aftercart.people import consent, hearing, joining
from aftercart.people.proving import Claim, claim
from aftercart.people.rules import normal_email, party, recognised
from aftercart.plumbing import ids
from aftercart.plumbing.bulk import Table, cursor, fit, merge, stage

PLACED: frozenset[type[Fact]] = frozenset({CustomerSeen, OrderPlaced}) | consent.PLACED

IDENTITY = Table(
    "people_identity", ("id", "brand_id", "customer_id", "kind", "value", "proof"), ("proof", "customer_id")
)
# Where two customers claim one address, the stronger proof wins: they compare as text, the greater is stronger. The
# weakest is to have written from it.
BY_MESSAGE = "message"

PARTS = (("name", 200), ("email", 320), ("phone", 40), ("locale", 20))
CUSTOMER = (
    "id",
    "brand_id",
    "source",
    "external_id",
    "version",
    *(column for part, _ in PARTS for column in (part, f"{part}_version")),
)
VISIT = ("id", "brand_id", "order_id", "surface", "visitor", "at")


def record(brand_id: UUID, facts: Iterable[Fact]) -> set[UUID]:
    """Customers, the addresses that they are known by and what they agreed to, in the caller's transaction.

    Of whom it is new who they are: `joining.record`.
    """
    customers: dict[UUID, _Customer] = {}
    known: list[tuple[object, ...]] = []
    claims: list[Claim] = []
    heard = list(facts)
    for fact in heard:
        if isinstance(fact, MessageReceived):
            known += _stranger(brand_id, fact, customers)
        elif said := claim(brand_id, fact):
            claims.append(said)
            merged = customers.setdefault(said.customer_id, _Customer(said.customer_id, brand_id))
            merged.see(fact.source, said.person, ids.mirrored_event(said.at, fact.source, repr(said.person)))
            known += (
                (_identity(brand_id, kind, value), brand_id, said.customer_id, kind, fit(value, 320), said.proof)
                for kind, value in said.known
            )
    _merge_customers([customers[key].row() for key in sorted(customers)])
    merge(IDENTITY.name, IDENTITY.columns, known, newer_by=IDENTITY.newer_by)
    consent.record(brand_id, heard)
    hearing.record(brand_id, heard)
    return joining.record(brand_id, claims, [fact for fact in heard if isinstance(fact, MessageReceived)])


def _identity(brand_id: UUID, kind: str, value: str) -> UUID:
    return ids.mirrored(brand_id, "identity", kind, value)


def _stranger(brand_id: UUID, fact: MessageReceived, customers: dict[UUID, _Customer]) -> list[tuple[object, ...]]:
    """Whoever writes is somebody, too. What they say of themselves gives way to all that a shop says of them."""
    if fact.nature is Nature.BOUNCE:
        return []
    customer, (kind, value) = party(brand_id, fact), recognised(fact)
    # Whoever is doubted has no address: it would be found where others look for its owner.
    email, phone = ("" if fact.doubted or kind != way else value for way in ("email", "phone"))
    claimed = Person(name=fact.customer.name, locale=fact.customer.locale, email=email, phone=phone)
    merged = customers.setdefault(customer, _Customer(customer, brand_id))
    merged.see(fact.source, claimed, ids.mirrored_event(UNDATED, fact.source, repr(claimed)))
    if fact.doubted or not value:
        return []
    return [(_identity(brand_id, kind, value), brand_id, customer, kind, fit(value, 320), BY_MESSAGE)]


class _Customer:
    """One customer as several facts of a batch describe them: of each part, the newest that says anything."""

    def __init__(self, customer: UUID, brand_id: UUID) -> None:
        self.key = (customer, brand_id)
        self.told: tuple[UUID, str, str] | None = None
        self.parts: dict[str, tuple[UUID, str]] = {}

    def see(self, source: str, person: Person, version: UUID) -> None:
        self.told = max(filter(None, (self.told, (version, source, person.external_id))))
        for part, longest in PARTS:
            written = getattr(person, part).strip()
            value = fit(normal_email(written) if part == "email" else written, longest)
            if value and (part not in self.parts or self.parts[part][0] < version):
                self.parts[part] = version, value

    def row(self) -> tuple[object, ...]:
        version, source, external_id = self.told or (None, "", "")
        parts = (self.parts.get(part, (None, "")) for part, _ in PARTS)
        return (
            *self.key,
            fit(source, 40),
            fit(external_id, 120),
            version,
            *(cell for known_by, value in parts for cell in (value, known_by)),
        )


def _newer(columns: tuple[str, ...], by: str) -> sql.Composed:
    newer = sql.SQL("coalesce(excluded.{0} > t.{0}, t.{0} IS NULL)").format(sql.Identifier(by))
    return sql.SQL(", ").join(
        sql.SQL("{0} = CASE WHEN {1} THEN excluded.{0} ELSE t.{0} END").format(sql.Identifier(column), newer)
        for column in columns
    )


def _merge_customers(rows: list[tuple[object, ...]]) -> None:
    if not rows:
        return
    staged = stage("people_customer", CUSTOMER, rows)
    groups: list[tuple[tuple[str, ...], str]] = [(("source", "external_id", "version"), "version")]
    groups += [((part, f"{part}_version"), f"{part}_version") for part, _ in PARTS]
    listed = sql.SQL(", ").join(map(sql.Identifier, CUSTOMER))
    with cursor() as at:
        at.execute(
            sql.SQL(
                "INSERT INTO people_customer AS t ({}) SELECT {} FROM {} ORDER BY id ON CONFLICT (id) DO UPDATE SET {}"
            ).format(listed, listed, staged, sql.SQL(", ").join(_newer(*group) for group in groups))
        )


def record_visits(brand_id: UUID, visits: Iterable[tuple[UUID, str, str, datetime]]) -> None:
    """(order, surface, visitor, at): looks at the pages of orders. The same look twice is one."""
    merge("people_pagevisit", VISIT, [_visit(brand_id, *visit) for visit in visits])


def _visit(brand_id: UUID, order_id: UUID, surface: str, visitor: str, at: datetime) -> tuple[object, ...]:
    visit_id = ids.mirrored_event(at, order_id, surface, visitor)
    return visit_id, brand_id, order_id, fit(surface, 20), fit(visitor, 64), at


def record_visit(brand: Brand, order_id: UUID, surface: str, visitor: str, at: datetime) -> None:
    """One look, as it happens; needs no transaction."""
    with cursor() as one:
        one.execute(
            "INSERT INTO people_pagevisit (id, brand_id, order_id, surface, visitor, at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            _visit(brand.id, order_id, surface, visitor, at),
        )

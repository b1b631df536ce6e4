"""Folding the messages of circles of customers into tickets, and writing down what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from aftercart.plumbing import bulk, ids
from aftercart.tickets import circles
from aftercart.tickets.folding import fold
from aftercart.tickets.models import Act, Ticket
from aftercart.tickets.rules import Case, Deed, Done, Matter, Piece, Terms, Why
from aftercart.tickets.storing import names_of

LOAD = """
SELECT id, ticket_id, customer_id, direction, channel, at, known_at, nature, category, language, order_id, return_id,
    keys, answers, pleasant, asks, public, signals
FROM tickets_message WHERE brand_id = %s AND customer_id = ANY(%s::uuid[])
"""
# What people set beside the fold, as that it sleeps, is neither read before it is written nor written over.
ROWS = "SELECT * FROM tickets_ticket WHERE brand_id = %s AND id = ANY(%s::uuid[]) FOR UPDATE"
HERE = """
UPDATE tickets_message m SET ticket_id = r.ticket_id FROM unnest(%s::uuid[], %s::uuid[]) AS r (id, ticket_id)
WHERE m.id = r.id AND m.id BETWEEN %s AND %s
"""
OTHER = "other"  # a category that says nothing about the problem
BY_HAND = frozenset({Why.MERGED, Why.SPLIT})


@dataclass(frozen=True, slots=True)
class Told:
    """A message as it is in the table, without its words."""

    id: UUID
    ticket_id: UUID
    customer_id: UUID
    direction: str
    channel: str
    at: datetime
    known_at: datetime
    nature: str
    category: str
    language: str
    order_id: UUID | None
    return_id: UUID | None
    keys: list[UUID]
    answers: list[UUID]
    pleasant: bool
    asks: bool
    public: bool
    signals: list[str]

    @property
    def piece(self) -> Piece:
        return Piece(
            id=self.id,
            at=self.at,
            known_at=self.known_at,
            direction=self.direction,
            matter=Matter(self.order_id, self.return_id, "" if self.category == OTHER else self.category),
            keys=tuple(self.keys),
            answers=tuple(self.answers),
            speaks=self.nature == "person",
            pleasant=self.pleasant,
            asks=self.asks,
        )


@dataclass(slots=True)
class Placed:
    """A ticket as it is folded now, by the name that it has."""

    id: UUID
    customer_id: UUID
    case: Case
    messages: list[Told]
    row: Ticket | None  # as it was
    follows_id: UUID | None = None


@dataclass(slots=True)
class Folded:
    """What a fold of some circles came to: all their tickets, those that are no more, and the messages that moved."""

    placed: list[Placed] = field(default_factory=list)
    gone: dict[UUID, UUID] = field(default_factory=dict)  # by the ticket that has its messages now
    moved: list[tuple[UUID, UUID]] = field(default_factory=list)


def refold(brand_id: UUID, customers: Iterable[UUID], terms: Terms) -> Folded:
    """Fold the circles of these customers anew, in the caller's transaction, which alone does so until its end."""
    circle = circles.locked(brand_id, customers)
    told = _load(brand_id, circle.members)
    acts = circles.acts(brand_id, circle.members)
    parts: defaultdict[UUID, list[Told]] = defaultdict(list)
    for one in told:
        parts[circle.roots[one.customer_id]].append(one)
    rows = _rows(brand_id, [name for one in told for name in names_of(one.id)])
    done = Folded()
    for root in sorted(parts, key=ids.as_number):
        mine = [act for act in acts if circle.roots.get(act.parties[0]) == root]
        _fold_one(done, root, parts[root], mine, rows, terms)
    if done.moved:
        named = [one for one, _ in done.moved]
        span = min(named, key=ids.as_number), max(named, key=ids.as_number)
        with bulk.cursor() as cursor:
            cursor.execute(HERE, [bulk.array(named), bulk.array(to for _, to in done.moved), *span])
    return done


def _rows(brand_id: UUID, names: Sequence[UUID]) -> dict[UUID, Ticket]:
    return {row.id: row for row in Ticket.objects.raw(ROWS, [brand_id, bulk.array(names)])}


def _load(brand_id: UUID, customers: Sequence[UUID]) -> list[Told]:
    with bulk.cursor() as cursor:
        rows = cursor.execute(LOAD, [brand_id, bulk.array(customers)], binary=True).fetchall()
    return [Told(*row) for row in rows]


def _fold_one(
    done: Folded, root: UUID, told: Sequence[Told], acts: Sequence[Act], rows: Mapping[UUID, Ticket], terms: Terms
) -> None:
    by_id = {one.id: one for one in told}
    cases = fold((one.piece for one in told), map(_done, acts), terms)
    # A ticket is called after a message of this circle, whoever else's tickets it was in meanwhile.
    own = {name: rows[name] for one in told for name in names_of(one.id) if name in rows}
    names = named(cases, {one.id: (one.known_at, one.id) for one in told})
    of_case = {id(case): name for case, name in zip(cases, names, strict=True)}
    for case, name in zip(cases, names, strict=True):
        messages = [by_id[one] for one in case.why]
        follows = of_case.get(id(case.follows)) if case.follows else None
        done.placed.append(Placed(name, messages[0].customer_id, case, messages, own.get(name), follows))
        done.moved += [(one.id, name) for one in messages if one.ticket_id != name]
    kept = set(names)
    became = {name: to for case, to in zip(cases, names, strict=True) for one in case.why for name in names_of(one)}
    done.gone |= {
        old: became[old] for old, row in own.items()
        if old not in kept and (row.state, row.became_id) != (Ticket.GONE, became[old])
    }  # fmt: skip


def named(cases: Sequence[Case], known: Mapping[UUID, tuple[datetime, UUID]]) -> list[UUID]:
    """What each of these tickets is called: after the message of it that we had first, so that it keeps its name.

    What came by hand names nothing, and what was split off leaves its name behind: so an act that is undone leaves no
    trace here either. `known`: by message, by what it sorts among those that we had.
    """
    names: dict[int, UUID] = {}
    taken: set[UUID] = set()
    for by_hand in (False, True):
        for n, case in enumerate(cases):
            own = [one for one, why in case.why.items() if why not in BY_HAND]
            if bool(own) is by_hand:
                continue
            founders = sorted({*(own or case.why), *(case.lost if own else ())}, key=known.__getitem__)
            possible = [name for turn in zip(*map(names_of, founders), strict=True) for name in turn]
            names[n] = next(name for name in possible if name not in taken)
            taken.add(names[n])
    return [names[n] for n in range(len(cases))]


def _done(act: Act) -> Done:
    detail: Mapping[str, Any] = act.detail
    matter = Matter(
        UUID(detail["order"]) if detail.get("order") else None,
        UUID(detail["return"]) if detail.get("return") else None,
        str(detail.get("cause", "")),
    )
    return Done(
        id=act.id,
        at=act.at,
        kind=Deed(act.kind),
        about=act.about,
        other=act.other,
        pieces=tuple(map(UUID, detail.get("messages", ()))),
        matter=matter,
    )

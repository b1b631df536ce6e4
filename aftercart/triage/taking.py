"""Taking messages in: who wrote, what it says, which order it is about; tickets then place it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL
from aftercart.facts import MessageReceived, Nature
from aftercart.facts.tellings import name_of, together, words
from aftercart.orders.rules import order_number
from aftercart.people import joining
from aftercart.plumbing import bulk
from aftercart.tickets import services as tickets
from aftercart.tickets import tokens
from aftercart.tickets.models import Ticket
from aftercart.tickets.storing import Arrival, anchor, key
from aftercart.triage.blanking import blanked
from aftercart.triage.circumstances import Circumstances, circumstances
from aftercart.understanding import services as understanding
from aftercart.understanding.closing import closes
from aftercart.understanding.reading import Reading, Text

# Why an order is taken for the one that is meant.
NAMED, QUOTED, BY_PARCEL = "named", "quoted", "parcel"
KNOWN, DOUBTED = "proven", "doubted"
OURS = """
SELECT k.id, m.id, m.customer_id FROM tickets_known k JOIN tickets_message m ON m.id = k.message_id
WHERE k.id = ANY(%s::uuid[]) AND m.brand_id = %s
"""
# A guest of the shop is known by the address alone: by their order.
BUYERS = "SELECT DISTINCT customer_id FROM orders_order WHERE brand_id = %s AND customer_id = ANY(%s::uuid[])"
BY_ID = "SELECT id, customer_id FROM tickets_message WHERE id = ANY(%s::uuid[]) AND brand_id = %s"
ORDERS = """
SELECT number_key, id, customer_id FROM orders_order
WHERE brand_id = %s AND number_key = ANY(%s) AND customer_id IS NOT NULL
"""
PARCELS = """
SELECT t.number, o.id, o.customer_id FROM orders_track t
JOIN orders_parcel p ON p.brand_id = t.brand_id AND p.track_id = t.id JOIN orders_order o ON o.id = p.order_id
WHERE t.brand_id = %s AND t.number = ANY(%s) AND o.customer_id IS NOT NULL
"""


@dataclass(slots=True)
class _Taken:
    """A message on its way in."""

    delivery_id: UUID | None
    fact: MessageReceived
    party: UUID
    reading: Reading | None = None
    order_id: UUID | None = None
    order_how: str = ""
    answered: UUID | None = None  # the message that a token of ours names


def take_in(brand: Brand, told: Iterable[tuple[UUID | None, MessageReceived]], now: datetime) -> list[Ticket]:
    """Understand these messages and place them, in the caller's transaction. The tickets that changed."""
    ours = [(delivery, fact) for delivery, fact in _whole(told) if _is_ours(brand, fact)]
    if not ours:
        return []
    facts = blanked(brand, [fact for _, fact in ours])
    parties = joining.parties(brand.id, facts)
    taken = [_Taken(delivery, fact, party) for (delivery, _), fact, party in zip(ours, facts, parties, strict=True)]
    _follow_tokens(brand, taken)
    people = _People(brand, [one.party for one in taken], now)
    _read(brand, taken, people)
    _find_orders(brand, taken, people)
    return tickets.place(brand, [_arrival(brand, one, now) for one in taken], now)


def _whole(told: Iterable[tuple[UUID | None, MessageReceived]]) -> Iterable[tuple[UUID | None, MessageReceived]]:
    """Each message once, with all that is told of it here."""
    found: dict[tuple[str, ...], tuple[UUID | None, MessageReceived]] = {}
    for delivery, fact in told:
        name = name_of(fact)
        first, said = found.get(name, (delivery, fact))
        found[name] = first, (fact if said is fact else together(said, fact))
    return found.values()


def _is_ours(brand: Brand, fact: MessageReceived) -> bool:
    """Not what was settled before we came, nor a mere count of somebody else's."""
    says = fact.text or fact.subject or fact.html or fact.files or fact.call or fact.notes
    return bool(says) and (brand.speaks_since is None or fact.happened_at >= brand.speaks_since)


class _People:
    """Who the writers are, and what is known of them."""

    def __init__(self, brand: Brand, parties: Sequence[UUID], now: datetime) -> None:
        self.brand, self.now, self.parties = brand, now, set(parties)
        self.look()

    def look(self) -> None:
        self.roots = joining.everybody(self.brand.id, self.parties)
        self.circles: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for one, root in self.roots.items():
            self.circles[root].add(one)
        found = circumstances(self.brand, self.roots, self.now)
        self.known = {root: _together([found[one] for one in members]) for root, members in self.circles.items()}

    def of(self, party: UUID) -> Circumstances:
        return self.known[self.roots[party]]

    def owns(self, party: UUID, customer: UUID) -> bool:
        return self.roots.get(customer) == self.roots[party]


def _together(known: Sequence[Circumstances]) -> Circumstances:
    """Of one person who is several customers of the shop."""
    order = next((one.order for one in known if one.order is not None), None)
    return Circumstances(frozenset().union(*(one.facts for one in known)), order)


def _follow_tokens(brand: Brand, taken: Sequence[_Taken]) -> None:
    """Whoever shows a token of ours got our answer; a machine's report is about the mail that it names.

    Somebody whom we know by a proof of their own stays themselves, whatever they show: mail is passed on.
    """
    named = {id(one): [m for t in one.fact.tokens if (m := tokens.read(brand.id, t))] for one in taken}
    reports = {
        key(brand.id, EMAIL, answered): one
        for one in taken if one.fact.nature is Nature.BOUNCE for answered in one.fact.answers
    }  # fmt: skip
    wanted = [message for messages in named.values() for message in messages]
    if not wanted and not reports:
        return
    with bulk.cursor() as cursor:
        theirs = dict(cursor.execute(BY_ID, [bulk.array(wanted), brand.id], binary=True).fetchall()) if wanted else {}
        parties = bulk.array({one.party for one in taken})
        buyers = {who for (who,) in cursor.execute(BUYERS, [brand.id, parties], binary=True).fetchall()}
        ours = cursor.execute(OURS, [bulk.array(reports), brand.id], binary=True).fetchall() if reports else []
    known = joining.roots(brand.id, {one.party for one in taken} | set(theirs.values()))
    for one in taken:
        message = next((m for m in named[id(one)] if m in theirs), None)
        if message is None:
            continue
        stranger = known[one.party] == one.party and one.party not in buyers
        if stranger or known[one.party] == known[theirs[message]]:
            one.party, one.answered = theirs[message], message
    for named_by, message, customer in ours:
        reports[named_by].answered, reports[named_by].party = message, customer


def _read(brand: Brand, taken: Sequence[_Taken], people: _People) -> None:
    spoken = [one for one in taken if one.fact.nature is Nature.PERSON]
    reader = understanding.reader_for(brand)
    texts = [
        Text("\n".join(filter(None, (one.fact.subject, words(one.fact)))), people.of(one.party).facts) for one in spoken
    ]
    for one, reading in zip(spoken, reader.read(texts), strict=True):
        one.reading = reading


def _find_orders(brand: Brand, taken: Sequence[_Taken], people: _People) -> None:
    """The sender's own order that they name, or most likely mean. What is another's is never theirs by being named."""
    numbers = {id(one): _numbers(one) for one in taken}
    orders = _owned(ORDERS, brand.id, {number for named, _ in numbers.values() for number in named})
    parcels = _owned(PARCELS, brand.id, {number for _, named in numbers.values() for number in named})
    quotes = [
        joining.Quote(one.party, one.fact.customer.email, order, customer, one.fact.happened_at)
        for one in taken if not one.fact.doubted
        for number in numbers[id(one)][0] for order, customer in orders.get(number, ())
        if not people.owns(one.party, customer)
    ]  # fmt: skip
    if quotes and joining.quoted(brand.id, quotes):
        people.look()
    for one in taken:
        named, tracked = numbers[id(one)]
        found = [(order, NAMED, c) for number in named for order, c in orders.get(number, ())]
        found += [(order, BY_PARCEL, c) for number in tracked for order, c in parcels.get(number, ())]
        mine = [(order, how) for order, how, customer in found if people.owns(one.party, customer)]
        if mine:
            one.order_id, one.order_how = mine[0]
        elif not found and one.fact.nature is Nature.PERSON and _means_one(one):
            likely = people.of(one.party).order
            if likely is not None:
                one.order_id, one.order_how = likely.order_id, likely.why


# What is asked without an order in mind.
ABOUT_NO_ORDER = frozenset({"product_question", "technical_checkout", "loyalty", "subscription", "other"})


def _means_one(one: _Taken) -> bool:
    """Whether whoever wrote this has one of their orders in mind."""
    return one.answered is None and one.reading is not None and one.reading.category.label not in ABOUT_NO_ORDER


def _numbers(one: _Taken) -> tuple[list[str], list[str]]:
    """Order and parcel numbers in it, as they are compared."""
    found = one.reading.entities if one.reading else ()
    orders = [order_number(e.value) for e in found if e.kind == "order"]
    if one.fact.order_number:
        orders.insert(0, order_number(one.fact.order_number))
    return [number for number in dict.fromkeys(orders) if number], [e.value for e in found if e.kind == "parcel"]


def _owned(statement: str, brand_id: UUID, numbers: set[str]) -> Mapping[str, list[tuple[UUID, UUID]]]:
    """By number, the orders that it names, each with whose it is."""
    found: defaultdict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    if numbers:
        with bulk.cursor() as cursor:
            for number, order, customer in cursor.execute(statement.encode(), [brand_id, sorted(numbers)]).fetchall():
                found[number].append((order, customer))
    return found


def _arrival(brand: Brand, one: _Taken, now: datetime) -> Arrival:
    fact, reading = one.fact, one.reading
    label = reading.category.label if reading else ""
    return Arrival(
        brand_id=brand.id, source=fact.source, known_by=f"{fact.message_id} {fact.digest}".rstrip(),
        customer_id=one.party, channel=fact.channel,
        at=min(fact.happened_at, now), known_at=now, text=words(fact), subject=fact.subject, quoted=fact.quoted,
        html=fact.html, sender=fact.customer.email or fact.customer.phone, sender_name=fact.customer.name,
        handle=fact.handle, sent_to=fact.to, thread=fact.thread, nature=fact.nature.value,
        category=fact.category or label, confidence=reading.category.confidence if reading else 0.0,
        language=reading.language.language if reading else "", order_id=one.order_id, order_how=one.order_how,
        keys=_keys(brand, fact), answers=_answers(brand, one), pleasant=reading is not None and closes(fact.text),
        public=fact.public, trust=KNOWN if fact.proven else DOUBTED if fact.doubted else "",
        signals=tuple(dict.fromkeys(signal.name for signal in reading.signals)) if reading else (),
        reading=_told(one), notes=fact.notes, files=fact.files, call=fact.call, delivery_id=one.delivery_id,
    )  # fmt: skip


def _keys(brand: Brand, fact: MessageReceived) -> tuple[UUID, ...]:
    """By what an answer may name it."""
    thread = (key(brand.id, fact.channel, f"thread {fact.thread}"),) if fact.thread else ()
    return (key(brand.id, fact.channel, fact.message_id), *thread)


def _answers(brand: Brand, one: _Taken) -> tuple[UUID, ...]:
    fact = one.fact
    token = (anchor(brand.id, one.answered),) if one.answered else ()
    thread = (key(brand.id, fact.channel, f"thread {fact.thread}"),) if fact.thread else ()
    return (*token, *(key(brand.id, fact.channel, named) for named in fact.answers), *thread)


def _told(one: _Taken) -> dict[str, object]:
    """What was understood, for people to read; and what an answer by mail has to name."""
    fact, reading = one.fact, one.reading
    told: dict[str, object] = {}
    if fact.channel == EMAIL:
        told |= {"message_id": fact.message_id, "references": list(reversed(fact.answers))}
    if reading:
        told |= {
            "likeliest": reading.category.likeliest, "confidence": reading.category.confidence,
            "entities": [{"kind": e.kind, "value": e.value, "confidence": e.confidence} for e in reading.entities],
            "signals": [{"name": s.name, "cues": list(s.cues)} for s in reading.signals],
        }  # fmt: skip
    return told

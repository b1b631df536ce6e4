"""Taking messages in: who wrote, what it says, which order it is about; tickets then place it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL
from aftercart.facts import MessageReceived, Nature
from aftercart.facts.tellings import name_of, together, words
from aftercart.people import joining
from aftercart.people.rules import address_id, normal_email
from aftercart.plumbing import bulk
from aftercart.tickets import services as tickets
from aftercart.tickets import tokens
from aftercart.tickets.models import Ticket
from aftercart.tickets.storing import Arrival, anchor, key
from aftercart.triage import early
from aftercart.triage.blanking import blanked
from aftercart.triage.judging import Heard, judge, understood
from aftercart.understanding.closing import closes

KNOWN, DOUBTED = "proven", "doubted"
OURS = """
SELECT k.id, m.id, m.customer_id FROM tickets_known k JOIN tickets_message m ON m.id = k.message_id
WHERE k.id = ANY(%s::uuid[]) AND m.brand_id = %s
"""
# A guest of the shop is known by the address alone: by their order.
BUYERS = "SELECT DISTINCT customer_id FROM orders_order WHERE brand_id = %s AND customer_id = ANY(%s::uuid[])"
BY_ID = "SELECT id, customer_id FROM tickets_message WHERE id = ANY(%s::uuid[]) AND brand_id = %s"


@dataclass(slots=True)
class _Taken:
    """A message on its way in."""

    delivery_id: UUID | None
    fact: MessageReceived
    party: UUID
    answered: UUID | None = None  # the message that a token of ours names

    def heard(self, brand: Brand) -> Heard:
        fact, email = self.fact, normal_email(self.fact.customer.email)
        return Heard(
            party=self.party, text="\n".join(filter(None, (fact.subject, words(fact)))),
            speaks=fact.nature is Nature.PERSON, at=fact.happened_at, order_number=fact.order_number,
            claimed=address_id(brand.id, email) if email and not fact.doubted else None,
            answers=self.answered is not None,
        )  # fmt: skip


def take_in(brand: Brand, told: Iterable[tuple[UUID | None, MessageReceived]], now: datetime) -> list[Ticket]:
    """Understand these messages and place them, in the caller's transaction. The tickets that changed."""
    ours = [(delivery, fact) for delivery, fact in _whole(told) if _is_ours(brand, fact)]
    if not ours:
        return []
    facts = blanked(brand, [fact for _, fact in ours])
    parties = joining.parties(brand.id, facts)
    taken = [_Taken(delivery, fact, party) for (delivery, _), fact, party in zip(ours, facts, parties, strict=True)]
    _follow_tokens(brand, taken)
    heard = [one.heard(brand) for one in taken]
    joined = judge(brand, heard, now)
    arrivals = [_arrival(brand, one, said, now) for one, said in zip(taken, heard, strict=True)]
    changed = tickets.place(brand, arrivals, now)
    again = early.judge_calls(brand, arrivals, now) | early.judge_people(brand, joined, now)
    return changed + tickets.regroup(brand, again, now) if again else changed


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


def _follow_tokens(brand: Brand, taken: Sequence[_Taken]) -> None:
    """Whoever shows a token of ours got our answer; a machine's report is about the mail that it names.

    Somebody whom we know by a proof of their own stays themselves, whatever they show: mail is passed on.
    """
    named = {id(one): [m for t in one.fact.tokens if (m := tokens.read(brand.id, t))] for one in taken}
    # Of each, by what it may name, the nearest first. Several may be about one mail: delayed, then given up.
    reports = [
        (one, [key(brand.id, EMAIL, answered) for answered in one.fact.answers])
        for one in taken if one.fact.nature is Nature.BOUNCE and one.fact.answers
    ]  # fmt: skip
    wanted = [message for messages in named.values() for message in messages]
    if not wanted and not reports:
        return
    with bulk.cursor() as cursor:
        theirs = dict(cursor.execute(BY_ID, [bulk.array(wanted), brand.id], binary=True).fetchall()) if wanted else {}
        parties = bulk.array({one.party for one in taken})
        buyers = {who for (who,) in cursor.execute(BUYERS, [brand.id, parties], binary=True).fetchall()}
        keys = bulk.array({name for _, names in reports for name in names})
        rows = cursor.execute(OURS, [keys, brand.id], binary=True).fetchall() if reports else []
    known = joining.roots(brand.id, {one.party for one in taken} | set(theirs.values()))
    for one in taken:
        message = next((m for m in named[id(one)] if m in theirs), None)
        if message is None:
            continue
        stranger = known[one.party] == one.party and one.party not in buyers
        if stranger or known[one.party] == known[theirs[message]]:
            one.party, one.answered = theirs[message], message
    ours = {name: (message, customer) for name, message, customer in rows}
    for one, names in reports:
        one.answered, one.party = next((ours[name] for name in names if name in ours), (one.answered, one.party))


def _arrival(brand: Brand, one: _Taken, said: Heard, now: datetime) -> Arrival:
    fact, reading = one.fact, said.reading
    label = reading.category.label if reading else ""
    return Arrival(
        brand_id=brand.id, source=fact.source, known_by=f"{fact.message_id} {fact.digest}".rstrip(),
        customer_id=one.party, channel=fact.channel,
        at=min(fact.happened_at, now), known_at=now, text=words(fact), subject=fact.subject, quoted=fact.quoted,
        html=fact.html, sender=fact.customer.email or fact.customer.phone, sender_name=fact.customer.name,
        handle=fact.handle, sent_to=fact.to, thread=fact.thread, nature=fact.nature.value,
        category=fact.category or label, confidence=reading.category.confidence if reading else 0.0,
        language=reading.language.language if reading else "", order_id=said.order_id, order_how=said.order_how,
        keys=_keys(brand, fact), answers=_answers(brand, one), 
        pleasant=reading is not None and closes(fact.text, fact.customer.name),
        public=fact.public, trust=KNOWN if fact.proven else DOUBTED if fact.doubted else "",
        signals=tuple(dict.fromkeys(signal.name for signal in reading.signals)) if reading else (),
        reading=_mail(one) | understood(said), notes=fact.notes, files=fact.files, call=fact.call,
        delivery_id=one.delivery_id, early=early.of(said, fact),
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


def _mail(one: _Taken) -> dict[str, object]:
    """What an answer by mail has to name."""
    fact = one.fact
    if fact.channel != EMAIL:
        return {}
    return {"message_id": fact.message_id, "references": list(reversed(fact.answers))}

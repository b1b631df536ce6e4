"""A date that was told gives way to a new one: an occasion to say so, once for each entry of the ledger that does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from aftercart.plumbing import ids
from aftercart.promises.keeping import Entry
from aftercart.promises.queries import Subject
from aftercart.promises.rules import Window
from aftercart.promises.services import Belief
from aftercart.watch.rules import SLIPPED
from aftercart.watch.worries.view import NEARLY_THERE, NOT_COMING


@dataclass(frozen=True, slots=True)
class Slip:
    """`told`: what gives way. `window`: what is to be told instead. `kinds`: what worries about this part of it."""

    told: Entry
    subject: Subject
    window: Window
    kinds: frozenset[str]

    def episode(self, brand_id: UUID) -> UUID:
        return ids.mirrored(brand_id, SLIPPED, self.told.id)


def slip(belief: Belief, told: Entry | None, said: Window | None, kinds: frozenset[str]) -> Slip | None:
    """None where the date stands, or where a date is no answer: at the door, at a pick-up point, or not coming."""
    if belief.renewed is None or told is None or said is None:
        return None
    if belief.subject.state in NEARLY_THERE or belief.subject.state in NOT_COMING:
        return None
    return Slip(told, belief.subject, said, kinds)


def slowest(slips: Iterable[Slip]) -> list[Slip]:
    """One for each entry that gives way: of several parts of an order, that which comes last."""
    found: dict[UUID, Slip] = {}
    for one in slips:
        known = found.get(one.told.id)
        if known is None or (one.window.latest, one.subject.id.int) > (known.window.latest, known.subject.id.int):
            found[one.told.id] = one
    return list(found.values())

"""Which messages are one problem: a fold over the messages and the acts of one circle of customers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from aftercart.tickets.rules import IN, OUT, Case, Deed, Done, Matter, Piece, Terms, Why

TICK = timedelta(microseconds=1)


def fold(pieces: Iterable[Piece], acts: Iterable[Done], terms: Terms | None = None) -> list[Case]:
    """The tickets of one circle, oldest first, each with at least one message."""
    folding = _Folding(terms or Terms())
    once = _after_what_they_answer({piece.id: piece for piece in pieces})
    events: list[tuple[datetime, int, UUID, Piece | Done]] = [(one.at, 0, one.id, one) for one in once.values()]
    # What somebody did, they did to what they knew: it comes after the messages of its instant.
    events += [(max(act.at, folding.known(act, once)), 1, act.id, act) for act in acts]
    for *_, event in sorted(events, key=lambda one: one[:3]):
        if isinstance(event, Piece):
            folding.take(event)
        else:
            folding.do(event)
    return [case for case in folding.cases if case.why]


def _after_what_they_answer(pieces: dict[UUID, Piece]) -> dict[UUID, Piece]:
    """No answer comes before what we said, however its sender's clock runs, and mails tell whole seconds only."""
    said: dict[UUID, datetime] = {}
    for one in pieces.values():
        if one.direction == OUT:
            said |= {key: max(one.at, said.get(key, one.at)) for key in one.keys}
    for one in list(pieces.values()):
        before = max((said[key] for key in one.answers if key in said), default=None)
        if one.direction == IN and before is not None and one.at <= before:
            pieces[one.id] = replace(one, at=before + TICK)
    return pieces


class _Folding:
    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.cases: list[Case] = []
        self.pieces: dict[UUID, Piece] = {}
        self.homes: dict[UUID, Case] = {}
        self.keyed: dict[UUID, UUID] = {}

    def known(self, act: Done, pieces: Mapping[UUID, Piece]) -> datetime:
        """An act follows all the messages that it names, however their clocks ran."""
        named = (pieces.get(one) for one in (act.about, act.other or act.about, *act.pieces))
        return max((piece.at for piece in named if piece), default=act.at)

    def take(self, piece: Piece) -> None:
        case, why = self._place(piece)
        if case is None:
            case = Case(opened_at=piece.at, follows=self._before(piece))
            self.cases.append(case)
        self._put(piece, case, why)
        if piece.direction == IN:
            self._hear(piece, case)
        elif piece.direction == OUT:
            case.waiting_since, case.asked = None, piece.asks

    def _put(self, piece: Piece, case: Case, why: Why) -> None:
        self.pieces[piece.id], self.homes[piece.id] = piece, case
        self.keyed |= dict.fromkeys(piece.keys, piece.id)
        case.why[piece.id] = why
        if piece.matter.said and piece.matter not in case.matters:
            case.matters.append(piece.matter)
        case.last_at = max(filter(None, (case.last_at, piece.at)))

    def _hear(self, piece: Piece, case: Case) -> None:
        case.last_in_at = piece.at
        if not piece.speaks or (piece.pleasant and len(case.why) > 1):
            return
        if case.resolved_at is not None and piece.known_at > case.resolved_at:
            case.resolved_at = None
        case.waiting_since = case.waiting_since or piece.at
        before, case.spoke_at = case.spoke_at, piece.at
        answers = case.asked
        case.asked = False
        if before is None or (piece.at - before > self.terms.one_contact and not answers):
            case.contacts += 1
            case.counted.add(piece.id)
            if before is not None and piece.at - before <= self.terms.repeat:
                case.repeats += 1
                case.repeated.add(piece.id)

    def _place(self, piece: Piece) -> tuple[Case | None, Why]:
        answered = next((self.homes[self.keyed[key]] for key in piece.answers if key in self.keyed), None)
        if piece.direction != IN:
            return (answered, Why.WITH_IT) if answered else (None, Why.FIRST)
        if not piece.speaks:
            return (answered, Why.ANSWERS) if answered else (None, Why.FIRST)
        if piece.pleasant:
            closed = answered or self._latest(piece.at, lambda case: True)
            return (closed, Why.THANKS) if closed else (None, Why.FIRST)
        if answered and not _apart(answered, piece.matter) and self._lives(answered, piece.at):
            return answered, Why.ANSWERS
        return self._same(piece)

    def _same(self, piece: Piece) -> tuple[Case | None, Why]:
        matter = piece.matter
        if matter.order or matter.returned:
            found = self._latest(piece.at, lambda case: _names(case, matter) and _one_cause(case, matter))
            if found:
                return found, Why.SAME_ORDER
        if matter.cause:
            found = self._latest(piece.at, lambda c: _about(c, matter.cause) and not _apart(c, matter))
            return (found, Why.SAME_CAUSE) if found else (None, Why.FIRST)
        found = self._latest(piece.at, lambda c: not _apart(c, matter), within=self.terms.unsaid)
        return (found, Why.LATEST) if found and not matter.said else (None, Why.FIRST)

    def _latest(self, at: datetime, fits: Callable[[Case], bool], *, within: timedelta | None = None) -> Case | None:
        living = [case for case in self.cases if case.why and case.contacts and self._lives(case, at) and fits(case)]
        if within is not None:
            living = [case for case in living if case.spoke_at and at - case.spoke_at <= within]
        # Of those that fit, one that is still open rather than one that would have to be opened again.
        return max(living, key=lambda case: (case.resolved_at is None, case.last_at, case.opened_at), default=None)

    def _lives(self, case: Case, at: datetime) -> bool:
        return case.resolved_at is None or at - case.resolved_at <= self.terms.reopens

    def _before(self, piece: Piece) -> Case | None:
        """Of a problem that comes back: the ticket that was resolved too long ago."""
        matter = piece.matter
        if piece.direction != IN or not piece.speaks or not (matter.order or matter.returned):
            return None
        same = [c for c in self.cases if c.why and c.contacts and _names(c, matter) and _one_cause(c, matter)]
        return same[-1] if same else None

    def do(self, act: Done) -> None:
        case = self.homes.get(act.about)
        if case is None:
            return
        if act.kind is Deed.RESOLVE:
            # What nobody had seen yet is not resolved by it.
            unseen = [p for p in self._heard(case) if p.known_at > act.at]
            case.resolved_at = None if unseen else act.at
            case.waiting_since = min((p.at for p in unseen), default=None)
        elif act.kind is Deed.REOPEN:
            self._recount(case, resolved_at=None)
        elif act.kind is Deed.RELABEL:
            case.labelled = _over(case.labelled, act.matter)
        elif act.kind is Deed.MERGE and act.other in self.homes:
            self._merge(case, self.homes[act.other])
        elif act.kind is Deed.SPLIT:
            self._split(case, [one for one in act.pieces if self.homes.get(one) is case], act.matter)

    def _heard(self, case: Case) -> list[Piece]:
        told = (self.pieces[one] for one in case.why)
        return [piece for piece in told if piece.direction == IN and piece.speaks and not piece.pleasant]

    def _merge(self, into: Case, other: Case) -> None:
        if into is other:
            return
        for one in other.why:
            self.homes[one] = into
        into.matters += [matter for matter in other.matters if matter not in into.matters]
        moved, other.why = dict.fromkeys(other.why, Why.MERGED), {}
        into.why = self._in_order(into.why | moved)
        opened = other.resolved_at is None and other.contacts
        self._recount(into, resolved_at=None if opened else into.resolved_at)

    def _split(self, case: Case, pieces: Sequence[UUID], matter: Matter) -> None:
        if not pieces or len(pieces) == len(case.why):
            return
        off = Case(opened_at=min(self.pieces[one].at for one in pieces), labelled=matter if matter.said else None)
        self.cases.append(off)
        for one in pieces:
            case.lost.add(one)
            del case.why[one]
            self.homes[one] = off
        off.why = self._in_order(dict.fromkeys(pieces, Why.SPLIT))
        for part in (case, off):
            part.matters = _matters(self.pieces[one].matter for one in part.why)
            self._recount(part, resolved_at=case.resolved_at)

    def _in_order(self, why: Mapping[UUID, Why]) -> dict[UUID, Why]:
        return dict(sorted(why.items(), key=lambda item: (self.pieces[item[0]].at, item[0])))

    def _recount(self, case: Case, *, resolved_at: datetime | None) -> None:
        """As if its messages had always been these."""
        fresh = Case(why={}, matters=case.matters)
        for one in case.why:
            piece = self.pieces[one]
            fresh.why[one] = case.why[one]
            fresh.last_at = piece.at
            if piece.direction == IN:
                self._hear(piece, fresh)
            elif piece.direction == OUT:
                fresh.waiting_since, fresh.asked = None, piece.asks
        case.opened_at = min(self.pieces[one].at for one in case.why)
        case.last_at, case.last_in_at, case.spoke_at = fresh.last_at, fresh.last_in_at, fresh.spoke_at
        case.contacts, case.repeats, case.asked = fresh.contacts, fresh.repeats, fresh.asked
        case.counted, case.repeated = fresh.counted, fresh.repeated
        case.resolved_at = resolved_at
        case.waiting_since = None if resolved_at else fresh.waiting_since


def _names(case: Case, matter: Matter) -> bool:
    """Whether they name one order or return."""
    own = case.matters if case.labelled is None else [*case.matters, case.labelled]
    by_order = matter.order is not None and any(one.order == matter.order for one in own)
    return by_order or (matter.returned is not None and any(one.returned == matter.returned for one in own))


def _apart(case: Case, matter: Matter) -> bool:
    """Whether it names an order or return, and the ticket is about others."""
    named = (matter.order or matter.returned) is not None
    return named and bool(case.matter.order or case.matter.returned) and not _names(case, matter)


def _causes(case: Case) -> set[str]:
    by_hand = case.labelled.cause if case.labelled else ""
    return {by_hand} if by_hand else {one.cause for one in case.matters if one.cause}


def _about(case: Case, cause: str) -> bool:
    return cause in _causes(case)


def _one_cause(case: Case, matter: Matter) -> bool:
    causes = _causes(case)
    return not matter.cause or not causes or matter.cause in causes


def _over(before: Matter | None, said: Matter) -> Matter:
    """What was said last, of each part."""
    old = before or Matter()
    return Matter(said.order or old.order, said.returned or old.returned, said.cause or old.cause)


def _matters(said: Iterable[Matter]) -> list[Matter]:
    return list(dict.fromkeys(matter for matter in said if matter.said))

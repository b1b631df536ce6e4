"""The orders that worry in one of the rarer ways."""

from __future__ import annotations

from datetime import date

from aftercart.facts import Attention, State
from tests.browser.tales import _at, _sent, _told
from tests.browser.world import ALICE, BOWL, CUPS, THROW, VASE, Box, Seen, Tale


def _seen(state: State, day: int, hour: int, city: str = "Bristol", country: str = "GB") -> Seen:
    return Seen(state=state, at=_at(day, hour), city=city, country=country)


def _tale(
    number: str, *seen: Seen, concern: str = "", believed: tuple[date, date] | None = None, **box: object
) -> Tale:
    """An order of Alice's in one parcel: out of the workshop, and then `seen`."""
    concerns = (concern,) if concern else ()
    one = Box(things=(BOWL, CUPS), seen=(*_sent(18), *seen), concerns=concerns, believed=believed, **box)  # type: ignore[arg-type]
    return Tale(number=number, home=ALICE, placed=_at(17, 11, 30), boxes=(one,), told=(_told(None, 24, 17),))


LATER = (date(2026, 11, 27), date(2026, 11, 30))
OUT = _seen(State.OUT_FOR_DELIVERY, 23, 8)
DONE = _seen(State.DELIVERED, 23, 13)

MISSING = _tale("1061", OUT, DONE, missed=_at(23, 19))
NOT_RECEIVED = _tale("1062", _seen(State.DELIVERED, 20, 13), missed=_at(20, 19), concern="not_received")
ELSEWHERE = _tale("1063", _seen(State.DELIVERED, 23, 13, "Calais", "FR"), concern="wrong_region")
PAPERS = _tale(
    "1064",
    _seen(State.HELD, 23, 9, "East Midlands"),
    concern="customs_document",
    reason="customs_documents",
    attention=Attention.ACTION,
)
EXPIRING = _tale(
    "1065",
    _seen(State.AVAILABLE_FOR_PICKUP, 19, 17),
    concern="pickup_expiring",
    parcel=(("collect_by", date(2026, 11, 26)),),
)
CIRCLING = _tale(
    "1066",
    _seen(State.IN_TRANSIT, 20, 9, "Köln", "DE"),
    _seen(State.IN_TRANSIT, 21, 9, "Leipzig", "DE"),
    _seen(State.IN_TRANSIT, 23, 9, "Köln", "DE"),
    concern="circling",
    believed=LATER,
)
HELD_UP = _tale("1067", _seen(State.IN_CUSTOMS, 19, 9, "East Midlands"), concern="dwelling", believed=LATER)
IN_VAIN = _tale("1068", OUT, concern="dwelling", believed=LATER)
REFUSED = _tale("1069", _seen(State.RETURNING, 23, 13), concern="refused", reason="refused")
DAMAGED = _tale("1070", _seen(State.DAMAGED, 23, 6), concern="damaged")
MOVES_AGAIN = _tale("1071", _seen(State.IN_TRANSIT, 24, 9, "East Midlands"), over=("stalled",), believed=LATER)
BEHIND = Tale(
    number="1072",
    home=ALICE,
    placed=_at(14, 11, 30),
    boxes=(
        Box(things=(BOWL,), seen=(*_sent(16), _seen(State.DELIVERED, 19, 13))),
        Box(things=(THROW,), seen=_sent(17), concerns=("left_behind",), believed=LATER),
    ),
    unsent=(VASE,),
    concerns=("left_behind",),
    told=(_told(None, 20, 14),),
)
ADDRESS = _tale(
    "1073", _seen(State.FAILED, 23, 10), concern="address_problem", reason="moved", attention=Attention.WATCH
)
LOST = _tale("1074", concern="lost")
ALL = (
    MISSING, NOT_RECEIVED, ELSEWHERE, PAPERS, EXPIRING, CIRCLING, HELD_UP, IN_VAIN, REFUSED, DAMAGED, MOVES_AGAIN,
    BEHIND, ADDRESS, LOST,
)  # fmt: skip

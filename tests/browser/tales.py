"""The orders that the pages are looked at with: one for each thing that can be true."""

from __future__ import annotations

from datetime import UTC, date, datetime

from aftercart.facts import Attention, State
from tests.browser.world import (
    ALICE,
    BOWL,
    CUPS,
    DOLORES,
    HARU,
    THROW,
    VASE,
    WREN,
    Box,
    Seen,
    Tale,
)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _sent(day: int) -> tuple[Seen, ...]:
    """Out of the workshop and over the Atlantic."""
    return (
        Seen(state=State.LABEL_CREATED, at=_at(day, 14, 5), city="Hudson", country="US", region="NY"),
        Seen(state=State.ACCEPTED, at=_at(day, 20, 40), city="Newark", country="US", region="NJ"),
        Seen(state=State.IN_TRANSIT, at=_at(day + 1, 6, 12), city="Leipzig", country="DE"),
    )


_DOVER = Seen(state=State.IN_TRANSIT, at=_at(24, 4, 48), city="East Midlands", country="GB")


def _told(earliest: int | None, latest: int, day: int) -> tuple[date | None, date, str, datetime, str]:
    first = date(2026, 11, earliest) if earliest else None
    return first, date(2026, 11, latest), "checkout", _at(day, 11, 30), ""


ON_TIME = Tale(
    number="1042",
    home=ALICE,
    placed=_at(19, 11, 30),
    boxes=(Box(things=(BOWL, THROW), seen=(*_sent(20), _DOVER)),),
    told=(_told(None, 26, 19),),
)
WINDOW = Tale(
    number="1043",
    home=WREN,
    placed=_at(20, 17, 30),
    boxes=(Box(things=(CUPS,), carrier="ups", seen=_sent(21)[:2]),),
    told=(_told(26, 28, 20),),
)
LATE = Tale(
    number="1044",
    home=ALICE,
    placed=_at(16, 11, 30),
    boxes=(
        Box(
            things=(VASE, CUPS),
            seen=(*_sent(18), Seen(state=None, at=_at(20, 9, 30), city="Leipzig", country="DE", words="HUB BACKLOG 4")),
            concerns=("stalled",),
            believed=(date(2026, 11, 27), date(2026, 11, 28)),
        ),
    ),
    told=(
        _told(None, 26, 16),
        (date(2026, 11, 27), date(2026, 11, 28), "notice:stalled", _at(23, 9, 0), "stalled"),
    ),
)
SPLIT = Tale(
    number="1045",
    home=ALICE,
    placed=_at(17, 11, 30),
    boxes=(
        Box(
            things=(BOWL,),
            seen=(
                *_sent(18),
                Seen(state=State.OUT_FOR_DELIVERY, at=_at(23, 7, 31), city="Bristol", country="GB"),
                Seen(state=State.DELIVERED, at=_at(23, 13, 2), city="Bristol", country="GB"),
            ),
            reason="neighbour",
        ),
        Box(things=(THROW,), seen=(*_sent(20), _DOVER), believed=(date(2026, 11, 26), date(2026, 11, 26))),
    ),
    unsent=(VASE,),
    told=(_told(None, 27, 17),),
)
DELIVERED = Tale(
    number="1046",
    home=WREN,
    placed=_at(14, 17, 30),
    boxes=(
        Box(
            things=(THROW,),
            carrier="ups",
            seen=(
                *_sent(16)[:2],
                Seen(state=State.OUT_FOR_DELIVERY, at=_at(20, 15, 31), city="Portland", country="US", region="OR"),
                Seen(state=State.DELIVERED, at=_at(20, 22, 14), city="Portland", country="US", region="OR"),
            ),
        ),
    ),
    told=(_told(None, 21, 14),),
)
ASKED = Tale(
    number="1047",
    home=ALICE,
    placed=_at(17, 11, 30),
    boxes=(
        Box(
            things=(BOWL, CUPS),
            seen=(*_sent(18), Seen(state=State.HELD, at=_at(23, 10, 15), city="Bristol", country="GB")),
            reason="address",
            attention=Attention.ACTION,
            concerns=("exception",),
        ),
    ),
    told=(_told(None, 24, 17),),
)
PACKING = Tale(number="1048", home=WREN, placed=_at(24, 1, 30), unsent=(VASE,), told=(_told(28, 30, 24),))
SPANISH = Tale(
    number="1049",
    home=DOLORES,
    placed=_at(19, 11, 30),
    boxes=(
        Box(
            things=(BOWL, CUPS),
            carrier="correos",
            seen=(*_sent(20), Seen(state=State.OUT_FOR_DELIVERY, at=_at(24, 7, 20), city="Valencia", country="ES")),
        ),
    ),
    told=(_told(24, 26, 19),),
)
JAPANESE = Tale(
    number="1050",
    home=HARU,
    placed=_at(18, 3, 30),
    boxes=(
        Box(
            things=(CUPS, VASE),
            carrier="japan_post",
            seen=(*_sent(20)[:2], Seen(state=State.IN_CUSTOMS, at=_at(23, 2, 10), city="Tokyo", country="JP")),
        ),
    ),
    told=(_told(27, 30, 18),),
)
COLLECT = Tale(
    number="1051",
    home=ALICE,
    placed=_at(16, 11, 30),
    boxes=(
        Box(
            things=(THROW,),
            seen=(*_sent(18), Seen(state=State.AVAILABLE_FOR_PICKUP, at=_at(23, 17, 0), city="Bristol", country="GB")),
        ),
    ),
    told=(_told(None, 24, 16),),
)
ALL = (ON_TIME, WINDOW, LATE, SPLIT, DELIVERED, ASKED, PACKING, SPANISH, JAPANESE, COLLECT)

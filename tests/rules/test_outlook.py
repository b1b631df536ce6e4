from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aftercart.promises.arrivals.curves import SHARES
from aftercart.promises.arrivals.outlook import UNPROMISED, Parcels, outlook
from aftercart.promises.calendars import Calendar
from aftercart.promises.lanes import NETWORK, Lane
from aftercart.promises.rules import miss_probability, window
from tests.rules.test_promises import TO_LYON, TO_PORTO, taught

DAY = timedelta(days=1)
LANES = (TO_LYON, TO_PORTO, Lane(destination="FR"), NETWORK)
PACE = taught()
A_HOLIDAY = Calendar(holidays=frozenset({date(2024, 3, 8)}))

one = st.tuples(
    st.integers(0, len(LANES) - 1),
    st.integers(0, 90),
    st.one_of(st.just(UNPROMISED), st.integers(0, 200)),
    st.floats(0.05, 1.0),
)


@given(st.lists(one, min_size=1, max_size=20), st.dates(date(2024, 3, 1), date(2024, 3, 14)))
def test_many_parcels_at_once_are_told_what_each_would_be_told_alone(
    asked: list[tuple[int, int, int, float]], today: date
) -> None:
    lane, age, promised, slow = (np.array(column) for column in zip(*asked, strict=True))
    together = outlook(
        PACE,
        Parcels(lanes=LANES, lane=lane, age=age, promised=promised, slow=slow),
        today=today,
        calendar=A_HOLIDAY,
    )

    for at, (of, old, length, scale) in enumerate(asked):
        start = today - DAY * old
        due = None if length == UNPROMISED else start + DAY * length
        for column, share in enumerate(SHARES):
            alone = window(
                PACE, lane=LANES[of], start=start, today=today, promised=due, calendar=A_HOLIDAY,
                shares=(0.01, share), slow=scale,
            )  # fmt: skip
            assert today + DAY * int(together.days[at, column]) == alone.latest
        if due is None:
            assert np.isnan(together.missed[at])
        else:
            assert together.missed[at] == miss_probability(
                PACE, lane=LANES[of], start=start, promised=due, today=today, calendar=A_HOLIDAY, slow=scale
            )

"""What we assume of customers before a brand's own have taught it: figures with their sources. Pure data.

`docs/reference/risk.md` tells where each comes from and how it was worked out. Odds multiply: 1.0 is the usual.
"""

from __future__ import annotations

from collections.abc import Mapping

# The chance that a customer contacts us within a day on which nothing is unusual but that a concern is open.
DAILY = 0.03

# Ordered factors come first to last: what one level teaches, its neighbours believe a little too.
ODDS: Mapping[str, Mapping[str, float]] = {
    "kind": {
        "lost": 1.6,
        "returned_to_sender": 1.8,
        "exception": 1.4,
        "disruption": 0.9,
        "missed": 1.2,
        "attempt_failed": 1.2,
        "pickup_waiting": 0.6,
        "late": 0.9,
        "stalled": 1.0,
        "no_first_scan": 0.9,
        "not_shipped": 1.0,
        "damaged": 2.2,
        "refused": 1.0,
        "not_received": 1.8,
        "wrong_region": 1.2,
        "customs_document": 1.2,
        "address_problem": 1.3,
        "pickup_expiring": 0.9,
        "circling": 1.1,
        "left_behind": 1.1,
        "dwelling": 1.0,
        "other": 1.0,
    },
    "age": {"today": 1.0, "1 day": 1.1, "2-3 days": 1.0, "4-6 days": 0.9, "7 days or more": 0.7},
    "date": {
        "no date": 0.9,
        "in time": 0.7,
        "in danger": 1.0,
        "due today": 1.2,
        "1 day past": 1.4,
        "2-3 days past": 3.0,
        "4-7 days past": 2.0,
        "8 days past or more": 1.3,
    },
    "silence": {"up to 1 day": 0.8, "2 days": 1.0, "3-4 days": 1.3, "5-7 days": 1.6, "8 days or more": 1.6},
    "state": {"not left": 1.0, "label": 1.0, "on the road": 1.0, "nearly there": 0.7, "wrong": 1.2, "arrived": 1.4},
    "looks": {"none": 0.7, "1": 1.3, "2-3": 2.0, "4 or more": 3.0},
    "contacts": {"none": 1.0, "1": 1.8, "2 or more": 2.6},
    "told": {"nothing": 1.0, "today": 0.7, "before": 0.9},
    "weekday": {"Mon": 1.25, "Tue": 1.1, "Wed": 1.0, "Thu": 1.0, "Fri": 0.95, "Sat": 0.7, "Sun": 0.65},
}
FACTORS = tuple(ODDS)
ORDERED = frozenset({"age", "date", "silence", "looks", "contacts"})

# The chance that a concern ends within a day.
ENDS: Mapping[str, float] = {
    "lost": 0.06,
    "returned_to_sender": 0.06,
    "exception": 0.3,
    "disruption": 0.15,
    "missed": 0.25,
    "attempt_failed": 0.6,
    "pickup_waiting": 0.2,
    "late": 0.3,
    "stalled": 0.3,
    "no_first_scan": 0.35,
    "not_shipped": 0.35,
    "damaged": 0.08,
    "refused": 0.06,
    "not_received": 0.15,
    "wrong_region": 0.25,
    "customs_document": 0.12,
    "address_problem": 0.2,
    "pickup_expiring": 0.3,
    "circling": 0.3,
    "left_behind": 0.25,
    "dwelling": 0.3,
    "other": 0.25,
}

# The chance that what has not arrived is refunded or sent again: by what is wrong, and by days past the promise.
REFUNDED: Mapping[str, float] = {
    "lost": 0.9,
    "returned_to_sender": 0.8,
    "exception": 0.15,
    "disruption": 0.04,
    "missed": 0.05,
    "attempt_failed": 0.05,
    "pickup_waiting": 0.1,
    "late": 0.02,
    "stalled": 0.08,
    "no_first_scan": 0.06,
    "not_shipped": 0.04,
    "damaged": 0.9,
    "refused": 0.8,
    "not_received": 0.5,
    "wrong_region": 0.1,
    "customs_document": 0.1,
    "address_problem": 0.12,
    "pickup_expiring": 0.3,
    "circling": 0.08,
    "left_behind": 0.06,
    "dwelling": 0.08,
    "other": 0.05,
}
REFUNDED_PAST: Mapping[str, float] = {
    "1 day past": 0.03,
    "2-3 days past": 0.06,
    "4-7 days past": 0.12,
    "8 days past or more": 0.3,
}

# Customers made unhappy: 1-star reviews by days late, less those of orders in time (6.6 %), of 95,560 reviewed orders.
UNHAPPY: Mapping[str, float] = {
    "1 day past": 0.065,
    "2-3 days past": 0.28,
    "4-7 days past": 0.52,
    "8 days past or more": 0.63,
}
UNHAPPY_KIND: Mapping[str, float] = {"lost": 0.63, "damaged": 0.63, "returned_to_sender": 0.52, "not_received": 0.52}
# Of those with a poor experience, so many say that they would not come back.
LEAVES = 0.71

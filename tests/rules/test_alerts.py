from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aftercart.outreach.alerts.rules import OnCall, Trouble, due, subject, text
from tests.world import NOW

HOUR = timedelta(hours=1)
NEW_YORK = ZoneInfo("America/New_York")  # NOW is eight in the morning there, on a Tuesday


def trouble(key: str, *, urgent: bool = False, hours: int = 0) -> Trouble:
    return Trouble(
        key=key, what=f"{key} is slow", link=f"https://care.example/{key}", since=NOW - hours * HOUR, urgent=urgent
    )


SLOW, STUCK = trouble("hub", hours=5), trouble("outbox", urgent=True)


@pytest.mark.parametrize(
    ("on_call", "hours", "told", "expected"),
    [
        (OnCall(), 0, (), ["outbox", "hub"]),
        (OnCall(), 0, ("hub",), ["outbox"]),
        (OnCall(), 0, ("hub", "outbox"), []),
        (OnCall(begins=8 * 60, ends=20 * 60), 0, (), ["outbox", "hub"]),
        (OnCall(begins=8 * 60, ends=20 * 60), -1, (), ["outbox"]),
        (OnCall(days=(5, 6)), 0, (), ["outbox"]),
        (OnCall(days=(1,)), 0, (), ["outbox", "hub"]),
    ],
)
def test_what_is_new_is_told_when_somebody_is_there_and_what_is_urgent_at_any_hour(
    on_call: OnCall, hours: int, told: tuple[str, ...], expected: list[str]
) -> None:
    found = due([SLOW, STUCK], told, on_call, NOW + hours * HOUR, NEW_YORK)
    assert [one.key for one in found] == expected


def test_several_are_one_message_with_a_link_to_each() -> None:
    assert subject("Juniper", [STUCK]) == "Juniper: outbox is slow"
    assert subject("Juniper", [STUCK, SLOW]) == "Juniper: outbox is slow and 1 more"
    said = text([STUCK, SLOW], NEW_YORK)
    assert (
        "outbox is slow, since Tue 10 Mar, 08:00\nhttps://care.example/outbox" in said
        and "since Tue 10 Mar, 03:00" in said
    )


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"mail": ("nobody",)}, "mail: 'nobody' is no address"),
        ({"days": ()}, "days: name days from 0 (Monday) to 6 (Sunday)"),
        ({"days": (7,)}, "days: name days from 0 (Monday) to 6 (Sunday)"),
        ({"begins": 1440}, "begins: 1440 is not a minute of a day (0 to 1439)"),
    ],
)
def test_nobody_can_be_on_call_like_that(wrong: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError) as refused:
        OnCall(**wrong)
    assert str(refused.value) == error

"""The road of a parcel as milestones: what is past, where it is now, what is to come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aftercart.facts import State


class Stage(StrEnum):
    """The milestones of the road, in order."""

    ORDERED = "ordered"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    MOVING = "moving"
    OUT = "out"
    DELIVERED = "delivered"


class Mark(StrEnum):
    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """When each milestone was passed, where that is known; `now`: since when it is where it is."""

    ordered: datetime
    packed: datetime | None = None
    handed_over: datetime | None = None
    moved: datetime | None = None
    out: datetime | None = None
    delivered: datetime | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    stage: Stage
    mark: Mark
    at: datetime | None


_REACHED = {
    None: Stage.PACKED,  # being packed
    State.NOT_FOUND: Stage.PACKED,
    State.LABEL_CREATED: Stage.PACKED,
    State.ACCEPTED: Stage.HANDED_OVER,
    State.OUT_FOR_DELIVERY: Stage.OUT,
    State.ATTEMPT_FAILED: Stage.OUT,
    State.AVAILABLE_FOR_PICKUP: Stage.OUT,
    State.DELIVERED: Stage.DELIVERED,
}
_STAGES = tuple(Stage)
_NOT_ARRIVING = frozenset({State.RETURNING, State.RETURNED, State.LOST, State.DAMAGED, State.FAILED, State.CANCELLED})


def road(state: State | None, passed: Passed) -> tuple[Step, ...]:
    """The milestones of a parcel. A road that ends elsewhere than at the customer has no future."""
    reached = _STAGES.index(_REACHED.get(state, Stage.MOVING))
    moments = (passed.ordered, passed.packed, passed.handed_over, passed.moved, passed.out, passed.delivered)
    steps = []
    for place, (stage, at) in enumerate(zip(_STAGES, moments, strict=True)):
        if place > reached:
            steps.append(Step(stage, Mark.FUTURE, None))
        elif place == reached and stage is not Stage.DELIVERED:
            steps.append(Step(stage, Mark.PRESENT, passed.now))
        else:
            steps.append(Step(stage, Mark.PAST, at))
    return tuple(steps[: reached + 1] if state in _NOT_ARRIVING else steps)

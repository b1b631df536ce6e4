"""Short words: of states, milestones and scans."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aftercart.facts import State
from aftercart.selfservice.road import Mark, Stage, Step
from aftercart.selfservice.rules import Answer, Kind, Tone, Why


def pill(answer: Answer) -> str:
    """The word beside the colour and the icon."""
    ends = {
        Kind.DELIVERED: _("Delivered"),
        Kind.CANCELLED: _("Cancelled"),
        Kind.RETURNING: _("Coming back"),
        Kind.RETURNED: _("Back with us"),
        Kind.LOST: _("Lost"),
        Kind.DAMAGED: _("Damaged"),
        Kind.FAILED: _("Not delivered"),
        Kind.PACKING: _("Being packed"),
        Kind.UNDATED: _("On its way"),
        Kind.COLLECT: _("Ready to collect"),
    }
    if answer.kind in ends and answer.tone is not Tone.WATCH:
        return ends[answer.kind]
    return {
        Tone.GOOD: _("On time"),
        Tone.WATCH: _("We are watching it"),
        Tone.LATE: _("Late"),
        Tone.ACT: _("Needs you"),
        Tone.DONE: _("Delivered"),
    }[answer.tone]


def milestone(step: Step, state: State | None, answer: Answer) -> str:
    if step.mark is Mark.PRESENT:
        return _present(step.stage, state, answer)
    if step.mark is Mark.FUTURE and step.stage is Stage.DELIVERED:
        return _("Delivery")
    return {
        Stage.ORDERED: _("Ordered"),
        Stage.PACKED: _("Packed"),
        Stage.HANDED_OVER: _("With the carrier"),
        Stage.MOVING: _("On its way"),
        Stage.OUT: _("Out for delivery"),
        Stage.DELIVERED: _("Delivered"),
    }[step.stage]


def _present(stage: Stage, state: State | None, answer: Answer) -> str:
    if answer.kind is Kind.LOST:
        return _("Lost")
    if answer.why is Why.STALLED:
        return _("Standing still")
    if state is None:
        return _("Being packed")
    special = {
        State.IN_CUSTOMS: _("At customs"),
        State.DELAYED: _("Delayed"),
        State.HELD: _("On hold"),
        State.ATTEMPT_FAILED: _("Delivery tried"),
        State.AVAILABLE_FOR_PICKUP: _("Ready to collect"),
        State.RETURNING: _("On its way back"),
        State.RETURNED: _("Back with us"),
        State.DAMAGED: _("Damaged"),
        State.FAILED: _("Not delivered"),
        State.CANCELLED: _("Cancelled"),
    }
    return special.get(state) or milestone(Step(stage, Mark.PAST, None), state, answer)


def scan(state: State | None, carriers_words: str) -> tuple[str, bool]:
    """What a scan says, and whether these are the carrier's own words because we do not know its code."""
    if state is None:
        return carriers_words or _("The carrier noted something without saying what."), bool(carriers_words)
    return {
        State.NOT_FOUND: _("Announced to the carrier"),
        State.LABEL_CREATED: _("Label made"),
        State.ACCEPTED: _("Taken over by the carrier"),
        State.IN_TRANSIT: _("Passed on its way"),
        State.IN_CUSTOMS: _("At customs"),
        State.OUT_FOR_DELIVERY: _("Out for delivery"),
        State.ATTEMPT_FAILED: _("Delivery tried"),
        State.AVAILABLE_FOR_PICKUP: _("Ready to collect"),
        State.DELAYED: _("Delayed"),
        State.HELD: _("On hold"),
        State.DELIVERED: _("Delivered"),
        State.RETURNING: _("On its way back"),
        State.RETURNED: _("Back with us"),
        State.LOST: _("Lost"),
        State.DAMAGED: _("Damaged"),
        State.FAILED: _("Not delivered"),
        State.CANCELLED: _("Cancelled"),
    }[state], False

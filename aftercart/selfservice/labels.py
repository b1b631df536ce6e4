"""Short words: of states, milestones and scans."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from aftercart.facts import State
from aftercart.selfservice.road import Mark, Stage, Step
from aftercart.selfservice.rules import Answer, Kind, Tone, Why

_PILLS = {
    Kind.DELIVERED: mark("Delivered"),
    Kind.CANCELLED: mark("Cancelled"),
    Kind.RETURNING: mark("Coming back"),
    Kind.REFUSED: mark("Refused"),
    Kind.NOT_RECEIVED: mark("Not received"),
    Kind.MISSING: mark("Not with you yet"),
    Kind.ELSEWHERE: mark("Another place"),
    Kind.RETURNED: mark("Back with us"),
    Kind.LOST: mark("Lost"),
    Kind.DAMAGED: mark("Damaged"),
    Kind.FAILED: mark("Not delivered"),
    Kind.PACKING: mark("Being packed"),
    Kind.UNDATED: mark("On its way"),
    Kind.COLLECT: mark("Ready to collect"),
}
_TONES = {
    Tone.GOOD: mark("On time"),
    Tone.WATCH: mark("We are watching it"),
    Tone.LATE: mark("Late"),
    Tone.ACT: mark("Needs you"),
    Tone.DONE: mark("Delivered"),
}
_MILESTONES = {
    Stage.ORDERED: mark("Ordered"),
    Stage.PACKED: mark("Packed"),
    Stage.HANDED_OVER: mark("With the carrier"),
    Stage.MOVING: mark("On its way"),
    Stage.OUT: mark("Out for delivery"),
    Stage.DELIVERED: mark("Delivered"),
}
_SCANS = {
    State.NOT_FOUND: mark("Announced to the carrier"),
    State.LABEL_CREATED: mark("Label made"),
    State.ACCEPTED: mark("Taken over by the carrier"),
    State.IN_TRANSIT: mark("Passed on its way"),
    State.IN_CUSTOMS: mark("At customs"),
    State.OUT_FOR_DELIVERY: mark("Out for delivery"),
    State.ATTEMPT_FAILED: mark("Delivery tried"),
    State.AVAILABLE_FOR_PICKUP: mark("Ready to collect"),
    State.DELAYED: mark("Delayed"),
    State.HELD: mark("On hold"),
    State.DELIVERED: mark("Delivered"),
    State.RETURNING: mark("On its way back"),
    State.RETURNED: mark("Back with us"),
    State.LOST: mark("Lost"),
    State.DAMAGED: mark("Damaged"),
    State.FAILED: mark("Not delivered"),
    State.CANCELLED: mark("Cancelled"),
}
# Where the milestone itself says where a parcel stands.
_ON_THE_ROAD = frozenset(
    {State.NOT_FOUND, State.LABEL_CREATED, State.ACCEPTED, State.IN_TRANSIT, State.OUT_FOR_DELIVERY, State.DELIVERED}
)


def pill(answer: Answer) -> str:
    """The word beside the colour and the icon."""
    if answer.kind in _PILLS and answer.tone is not Tone.WATCH:
        return _(_PILLS[answer.kind])
    return _(_TONES[answer.tone])


def milestone(step: Step, state: State | None, answer: Answer) -> str:
    if step.mark is Mark.FUTURE and step.stage is Stage.DELIVERED:
        return _("Delivery")
    if step.mark is Mark.PRESENT:
        if answer.kind is Kind.LOST:
            return _("Lost")
        if answer.why in (Why.STALLED, Why.DWELLING):
            return _("Standing still")
        if answer.why is Why.CIRCLING:
            return _("Going in circles")
        if state is None:
            return _("Being packed")
        if state not in _ON_THE_ROAD:
            return _(_SCANS[state])
    return _(_MILESTONES[step.stage])


def scan(state: State | None, carriers_words: str) -> tuple[str, bool]:
    """What a scan says, and whether these are the carrier's own words because we do not know its code."""
    if state is None:
        return carriers_words or _("The carrier noted something without saying what."), bool(carriers_words)
    return _(_SCANS[state]), False

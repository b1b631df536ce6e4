"""How an order stands, in one sentence, before anything else is said of it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aftercart.story.causes import cause_in_words
from aftercart.story.rules import day_in_words, evidence_in_words, kind_in_words, tone, window_in_words

# Of these it matters where the parcel is.
SOMEWHERE = frozenset({
    "stalled", "dwelling", "circling", "exception", "wrong_region", "attempt_failed", "pickup_waiting",
    "pickup_expiring", "customs_document", "disruption",
})  # fmt: skip
# After these nobody believes in a day any more: what follows is settled with the customer.
UNDATED = frozenset({"lost", "damaged", "not_received", "returned_to_sender", "refused"})
STATES = {
    "label_created": "Label made, not handed over yet",
    "accepted": "With the carrier",
    "in_transit": "On its way",
    "in_customs": "In customs",
    "out_for_delivery": "Out for delivery",
    "available_for_pickup": "Waiting to be picked up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of an order. `concern`: the gravest that is open; days are the customer's."""

    order: str
    concern: str = ""
    evidence: Mapping[str, object] | None = None
    state: str = ""
    place: str = ""
    promised: date | None = None
    earliest: date | None = None
    latest: date | None = None
    delivered: date | None = None
    cancelled: bool = False

    @property
    def believed(self) -> tuple[date, date] | None:
        """The first and the last day on which it may arrive, where that is still a question."""
        if self.latest is None or self.delivered or self.cancelled or self.concern in UNDATED:
            return None
        return self.earliest or self.latest, self.latest


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is one of look's states."""

    tone: str
    words: str
    why: str = ""


def verdict(standing: Standing) -> Verdict:
    at = f" in {standing.place}" if standing.place and standing.concern in SOMEWHERE | {""} else ""
    if standing.cancelled:
        return Verdict("none", "Cancelled", "Nothing more is on its way.")
    if standing.concern:
        late = _late(standing)
        return Verdict(
            tone(standing.concern),
            f"{kind_in_words(standing.concern)}{at}{': ' + late if late else ''}",
            evidence_in_words(standing.evidence or {}),
        )
    if standing.delivered:
        kept = standing.promised is None or standing.delivered <= standing.promised
        told = f"promised {day_in_words(standing.promised)}" if standing.promised else ""
        return Verdict("done" if kept else "watch", f"Delivered {day_in_words(standing.delivered)}", told)
    if standing.latest:
        late = _late(standing)
        words = f"{STATES.get(standing.state, 'On its way')}{at}"
        if late:
            return Verdict("watch", f"Late: {late}")
        return Verdict("good", f"On time: {words[:1].lower()}{words[1:]}")
    return Verdict("none", f"{STATES.get(standing.state, 'Not shipped yet')}{at}")


def _late(standing: Standing) -> str:
    """ "up to 2 days after its promise", where that is what we believe."""
    days = (standing.believed[1] - standing.promised).days if standing.believed and standing.promised else 0
    return f"up to {days} day{'' if days == 1 else 's'} after its promise" if days > 0 else ""


def expected(standing: Standing) -> str:
    """When we believe that it arrives; "" where that is no question any more."""
    return window_in_words(*standing.believed) if standing.believed else ""


def headline(cause: str, title: str, standing: Standing | None) -> tuple[str, str]:
    """What a ticket is called: its problem, and what was promised. What the customer called it comes last."""
    if standing is None:
        return (cause_in_words(cause), title) if cause else (title or "A question", "")
    at = f" in {standing.place}" if standing.place and standing.concern in SOMEWHERE else ""
    problem = f"{kind_in_words(standing.concern)}{at}" if standing.concern else cause_in_words(cause)
    promise = f"promised {day_in_words(standing.promised)}" if standing.promised else "nothing promised"
    if standing.delivered:
        promise = f"delivered {day_in_words(standing.delivered)}, {promise}"
    return problem, f"order {standing.order}, {promise}"

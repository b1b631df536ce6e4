"""What the carrier itself says is wrong. What it says of a reason decides who can do something about it."""

from __future__ import annotations

from datetime import datetime

from aftercart.facts import Attention, State
from aftercart.watch.limits import Limits
from aftercart.watch.worries.view import GOING_BACK, MOVING, SILENT, Answer, View, holds

# Reasons as the connectors word them (docs/reference/tracking-states.md).
PAPERS = frozenset({"docs", "documents", "customs_documents"})
ADDRESS = frozenset({"address", "moved", "invalid_address", "incorrect_address"})
REFUSED = frozenset({"refused", "rejected"})
STUCK = frozenset({State.DELAYED, State.HELD, State.FAILED})


def damaged(view: View, limits: Limits, now: datetime) -> Answer:
    return holds("damaged", view) if view.state is State.DAMAGED else SILENT


def returned_to_sender(view: View, limits: Limits, now: datetime) -> Answer:
    return holds("returned_to_sender", view) if view.state in GOING_BACK and not _is_refused(view) else SILENT


def refused(view: View, limits: Limits, now: datetime) -> Answer:
    return holds("refused", view) if _is_refused(view) else SILENT


def customs_document(view: View, limits: Limits, now: datetime) -> Answer:
    return _waits_for_customer("customs_document", view) if _lacks_papers(view) else SILENT


def address_problem(view: View, limits: Limits, now: datetime) -> Answer:
    return _waits_for_customer("address_problem", view) if _has_no_address(view) else SILENT


def exception(view: View, limits: Limits, now: datetime) -> Answer:
    """Whatever else the carrier reports."""
    if not (view.state in STUCK or _asks(view)) or _lacks_papers(view) or _has_no_address(view) or _is_refused(view):
        return SILENT
    return _waits_for_customer("exception", view)


def attempt_failed(view: View, limits: Limits, now: datetime) -> Answer:
    if view.state is not State.ATTEMPT_FAILED or _has_no_address(view) or _is_refused(view):
        return SILENT
    return holds("attempt_failed", view)


def _waits_for_customer(kind: str, view: View) -> Answer:
    return holds(kind, view, attention=view.attention.value)


def _asks(view: View) -> bool:
    return view.attention is Attention.ACTION and view.state in MOVING


def _lacks_papers(view: View) -> bool:
    at_customs = view.state is State.IN_CUSTOMS or view.reason == "customs"
    return (view.state in MOVING and view.reason in PAPERS) or (at_customs and _asks(view))


def _has_no_address(view: View) -> bool:
    return view.reason in ADDRESS and (view.state in STUCK or view.state is State.ATTEMPT_FAILED or _asks(view))


def _is_refused(view: View) -> bool:
    turned = view.state in GOING_BACK or view.state in (State.FAILED, State.ATTEMPT_FAILED)
    return turned and view.reason in REFUSED

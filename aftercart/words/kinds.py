"""The kinds of notice there are: what staff call them, and which facts each one knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EMAIL, SMS = "email", "sms"
CHANNELS = (EMAIL, SMS)
LANGUAGES = ("en", "es", "fr", "de", "pt", "ja")

# Known of every notice; `changed` and `expectation` are whole sentences, `changed` empty where nothing did.
ALWAYS = frozenset(
    {
        "brand",
        "number",
        "link",
        "name",
        "since",
        "deadline",
        "carrier",
        "reason",
        "city_clause",
        "expectation",
        "changed",
    }
)
# Known most often. A brand's own text gives way to the shipped one where it asks for what this order does not have.
OFTEN = frozenset({"city", "promised", "earliest", "latest", "window", "tracking", "note", "action"})
PARCEL = ALWAYS | OFTEN
BACK = ALWAYS | {"amount", "method", "days", "note", "promised", "latest", "window", "earliest", "return_by"}
POINTS = ALWAYS | {"points", "balance", "note"}
GIFT = ALWAYS | {"points", "amount", "note"}
RENEWAL = ALWAYS | {"amount", "method", "days", "note", "earliest", "latest", "window"}
ASKING = ALWAYS | {"yes_link", "no_link", "return_by"}


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` for staff; `group` for lists; `variables` may stand in its templates."""

    label: str
    group: str
    variables: frozenset[str] = PARCEL


ROAD, TROUBLE, YOURS, RETURNS, REWARDS, ASKED = (
    "On its way", "Trouble on the way", "Needs the customer", "Returns and refunds", "Points and renewals", "Questions",
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    "confirmation": Kind("Order confirmed", ROAD, PARCEL | {"return_by", "ships_from"}),
    "shipped": Kind("Shipped", ROAD, PARCEL | {"return_by"}),
    "out_for_delivery": Kind("Out for delivery", ROAD),
    "delivered": Kind("Delivered", ROAD, PARCEL | {"return_by"}),
    "delivered_check": Kind("Did it arrive?", ROAD, PARCEL | {"yes_link", "no_link"}),
    "slipped": Kind("New date", TROUBLE),
    "late": Kind("Will be late", TROUBLE),
    "missed": Kind("Promise missed", TROUBLE),
    "not_shipped": Kind("Not shipped", TROUBLE),
    "no_first_scan": Kind("No first scan", TROUBLE),
    "stalled": Kind("Stalled", TROUBLE),
    "dwelling": Kind("Held up in one place", TROUBLE),
    "circling": Kind("Going in circles", TROUBLE),
    "left_behind": Kind("Left behind", TROUBLE),
    "exception": Kind("Exception", TROUBLE),
    "wrong_region": Kind("In the wrong region", TROUBLE),
    "lost": Kind("Lost", TROUBLE),
    "damaged": Kind("Damaged", TROUBLE),
    "returned_to_sender": Kind("Going back to us", TROUBLE),
    "refused": Kind("Refused", TROUBLE),
    "not_received": Kind("Not received", TROUBLE),
    "moving_again": Kind("Moving again", TROUBLE),
    "disruption": Kind("Disruption", TROUBLE),
    "disruption_over": Kind("Disruption over", TROUBLE),
    "address_problem": Kind("Address needed", YOURS),
    "customs_document": Kind("Customs document needed", YOURS),
    "attempt_failed": Kind("Delivery attempt failed", YOURS),
    "pickup_waiting": Kind("Waiting at pick-up", YOURS),
    "pickup_expiring": Kind("Pick-up ends", YOURS),
    "return_requested": Kind("Return requested", RETURNS, BACK),
    "return_awaited": Kind("Return approved, not here yet", RETURNS, BACK),
    "return_received": Kind("Return received", RETURNS, BACK),
    "return_inspected": Kind("Return inspected", RETURNS, BACK),
    "return_approved": Kind("Return approved", RETURNS, BACK),
    "refunded": Kind("Refunded", RETURNS, BACK),
    "credited": Kind("Refunded as credit", RETURNS, BACK),
    "refund_overdue": Kind("Refund overdue", RETURNS, BACK),
    "points_posted": Kind("Points posted", REWARDS, POINTS),
    "points_corrected": Kind("Points corrected", REWARDS, POINTS),
    "gesture_granted": Kind("Something given", REWARDS, GIFT),
    "renewal_ahead": Kind("Renewal ahead", REWARDS, RENEWAL),
    "ask_delivery": Kind("How was the delivery?", ASKED, ASKING),
    "ask_ticket": Kind("Did we solve it?", ASKED, ASKING),
    "ask_refund": Kind("How was the refund?", ASKED, ASKING),
}
# These ask a question that one tap answers.
TAPPED = frozenset({"delivered_check", "ask_delivery", "ask_ticket", "ask_refund"})
# These say until when all can be sent back, where that is known.
TELLS_RETURN = frozenset({"confirmation", "shipped", "delivered"})

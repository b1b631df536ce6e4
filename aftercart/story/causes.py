"""What customers write about, in words for staff. Pure."""

from __future__ import annotations

CAUSES = {
    "wismo_shipping_status": "Where is it",
    "returns_exchanges": "Return or exchange",
    "order_change_cancel": "Change or cancel",
    "product_question": "Product question",
    "billing_payment": "Payment",
    "technical_checkout": "Account or checkout",
    "subscription": "Subscription",
    "loyalty": "Points",
    "other": "Something else",
}


def cause_in_words(cause: str) -> str:
    """A brand's own category is called as it named it."""
    return CAUSES.get(cause, cause.replace("_", " ").capitalize()) if cause else "Not yet understood"

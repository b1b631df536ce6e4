"""What no message may be stored with: the numbers of cards and bank accounts."""

from __future__ import annotations

from dataclasses import replace

from aftercart.facts import MessageReceived
from aftercart.plumbing.redaction import redacted, redacted_html


def cleared(fact: MessageReceived) -> MessageReceived:
    """The message as it may be stored and read."""
    call = fact.call and replace(fact.call, transcript=redacted(fact.call.transcript))
    return replace(
        fact, text=redacted(fact.text), subject=redacted(fact.subject), quoted=redacted(fact.quoted),
        html=redacted_html(fact.html), call=call,
    )  # fmt: skip

"""Our own JSON, as somebody sends it whose systems Aftercart has no connector for."""

from __future__ import annotations

from collections.abc import Sequence

from aftercart.connectors.aftercart import encode
from aftercart.facts import Fact
from aftercart.rehearsal.rendering.sending import Sent, stable_id


def delivery(facts: Sequence[Fact]) -> Sent:
    body = encode(facts)
    return Sent("aftercart", {"webhook-id": f"msg_{stable_id(body)}"}, body, max(fact.reported_at for fact in facts))

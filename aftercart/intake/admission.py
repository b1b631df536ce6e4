"""Whether a delivery is let in, and under which name it is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aftercart.connectors.contract import FactSource, PayloadError
from aftercart.intake.arrivals import Arrival, arrival
from aftercart.intake.refusals import ill_formed, unproven
from aftercart.intake.sources import Inlet

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)


def admit(connector: FactSource, inlet: Inlet, body: bytes, headers: Mapping[str, str], now: datetime) -> Arrival:
    """The delivery to be stored. Raises Refused."""
    if inlet.secrets or connector.SIGNED:
        _check_signature(connector, inlet, body, headers, now)
    if inlet.bound_to and connector.bound_to(headers).lower() != inlet.bound_to.lower():
        raise unproven("account", f"This address takes deliveries of {inlet.bound_to} only.")
    if connector.TYPED:
        _check_body(connector, body, headers)
    return arrival(
        inlet.brand_id,
        inlet.kind,
        body,
        now,
        topic=_named(connector.topic, body, headers),
        key=_named(connector.delivery_id, body, headers),
        headers={name: headers[name] for name in connector.KEPT_HEADERS if name in headers},
    )


def _check_signature(
    connector: FactSource, inlet: Inlet, body: bytes, headers: Mapping[str, str], now: datetime
) -> None:
    if not any(connector.is_authentic(body, headers, secret) for secret in inlet.secrets):
        raise unproven("signature", "The signature does not fit the body and our secret.")
    sent_at = connector.sent_at(headers)
    if sent_at is not None and abs(now - sent_at) > TOLERANCE:
        raise unproven("timestamp", f"It was signed for {sent_at:%Y-%m-%dT%H:%M:%SZ}, more than 5 minutes from now.")


def _check_body(connector: FactSource, body: bytes, headers: Mapping[str, str]) -> None:
    try:
        connector.parse(body, headers)
    except PayloadError as error:
        raise ill_formed(error.field, error.reason) from None


def _named(name: Callable[[bytes, Mapping[str, str]], str], body: bytes, headers: Mapping[str, str]) -> str:
    """A proven sender's delivery is kept even where it is too odd to be named: reading it will say what is wrong."""
    try:
        return name(body, headers)
    except Exception:
        log.exception("A delivery has a body that cannot be named")
        return ""

"""Mail that a receipt rule of Amazon SES publishes to SNS, whole."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from aftercart.connectors.contract import DELIVERED_TO, PayloadError, Read
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, Verdict, facts, name_of
from aftercart.connectors.reading import mapping, rows, text

KEPT_HEADERS = MAIL_HEADERS

RECEIVED = "Received"
# What SES finds, in the words of RFC 8601. GRAY: there is no policy.
_VERDICTS = {"PASS": "pass", "FAIL": "fail", "GRAY": "none"}


def content_of(told: Mapping[str, Any]) -> bytes:
    """The mail. Raises PayloadError."""
    content = told.get("content")
    if not isinstance(content, str) or not content:
        raise PayloadError("Message.content", "is missing: let the receipt rule publish the mail itself to SNS")
    encoding = text(mapping(mapping(told.get("receipt")).get("action")).get("encoding")).upper()
    if encoding != "BASE64":
        return content.encode("utf-8", "replace")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        raise PayloadError("Message.content", "is not base64, as its encoding says") from None


def name(told: Mapping[str, Any]) -> str:
    """By which it is known again. Raises PayloadError."""
    return name_of(content_of(told))


def read(told: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Read]:
    receipt = mapping(told.get("receipt"))
    recipients = ",".join(text(one, 320) for one in rows(receipt.get("recipients")))
    verdict = Verdict(*(_found(receipt, f"{name}Verdict") for name in ("spf", "dkim", "dmarc")))
    return facts(content_of(told), {**headers, DELIVERED_TO: recipients}, verdict=verdict)


def _found(receipt: Mapping[str, Any], name: str) -> str:
    return _VERDICTS.get(text(mapping(receipt.get(name)).get("status")), "")

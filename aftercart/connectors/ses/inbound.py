"""Mail that a receipt rule of Amazon SES publishes to SNS, whole; or of which it tells that it lies in S3."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from aftercart.connectors.contract import DELIVERED_TO, PayloadError, Read
from aftercart.connectors.mail.inbound.received import MAIL_HEADERS, Verdict, announced, facts, name_of
from aftercart.connectors.reading import mapping, rows, text

KEPT_HEADERS = MAIL_HEADERS

RECEIVED = "Received"
# What SES finds, in the words of RFC 8601. GRAY: there is no policy.
_VERDICTS = {"PASS": "pass", "FAIL": "fail", "GRAY": "none"}


def content_of(told: Mapping[str, Any]) -> bytes:
    """The mail. Raises PayloadError."""
    content = told.get("content")
    if not isinstance(content, str) or not content:
        reason = "is missing: let the receipt rule publish the mail itself to SNS, or store it in S3"
        raise PayloadError("Message.content", reason)
    encoding = text(mapping(mapping(told.get("receipt")).get("action")).get("encoding")).upper()
    if encoding != "BASE64":
        return content.encode("utf-8", "replace")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        raise PayloadError("Message.content", "is not base64, as its encoding says") from None


def name(told: Mapping[str, Any]) -> str:
    """By which it is known again. Raises PayloadError."""
    return kept_at(told) or name_of(content_of(told))


def kept_at(told: Mapping[str, Any]) -> str:
    """Where in S3 it lies, s3://bucket/key; '' where it came along."""
    action = mapping(mapping(told.get("receipt")).get("action"))
    bucket, name = text(action.get("bucketName")), text(action.get("objectKey"), 1_100)
    return f"s3://{bucket}/{quote(name)}" if text(action.get("type")) == "S3" and bucket and name else ""


def read(told: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Read]:
    receipt = mapping(told.get("receipt"))
    recipients = ",".join(text(one, 320) for one in rows(receipt.get("recipients")))
    verdict = Verdict(*(_found(receipt, f"{name}Verdict") for name in ("spf", "dkim", "dmarc")))
    headers = {**headers, DELIVERED_TO: recipients}
    if url := kept_at(told):
        yield announced(url, _head(told), headers, verdict=verdict)
    else:
        yield from facts(content_of(told), headers, verdict=verdict)


def _head(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = [mapping(one) for one in rows(mapping(told.get("mail")).get("headers"))]
    return [(text(one.get("name"), 200), text(one.get("value"), 20_000)) for one in lines]


def _found(receipt: Mapping[str, Any], name: str) -> str:
    return _VERDICTS.get(text(mapping(receipt.get(name)).get("status")), "")

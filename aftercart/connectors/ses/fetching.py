"""Mail that SES laid into a bucket of S3, which was named before: no notice makes us read another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from aftercart.connectors.asking import Request
from aftercart.connectors.posting import address
from aftercart.connectors.sending import SettingError, needed
from aftercart.connectors.ses.sending import region_of
from aftercart.connectors.ses.signing import signed

NEEDED: tuple[str, ...] = ("bucket", "region", "access_key_id", "secret_access_key")
OPTIONAL: tuple[str, ...] = ("session_token", "address")
ALWAYS = False


def check(known: Mapping[str, str]) -> None:
    region_of(known)
    address(known, "https://s3.eu-central-1.amazonaws.com")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", needed(known, "bucket")):
        raise SettingError("bucket", f"{known['bucket']!r} is no name of one")


def request(url: str, known: Mapping[str, str], *, at: datetime, loopback: bool = False) -> Request | None:
    """The question for s3://bucket/key, signed; None for another bucket."""
    parts, bucket, region = urlsplit(url), known["bucket"], known["region"]
    if parts.scheme != "s3" or parts.netloc != bucket:
        return None
    host = f"s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
    # A name with dots fits no certificate.
    usual = f"https://{bucket}.{host}" if "." not in bucket else f"https://{host}/{bucket}"
    there = f"{address(known, usual)}/{bucket}" if known.get("address") else usual
    proof = signed(
        there + parts.path, b"", method="GET", key_id=known["access_key_id"], secret=known["secret_access_key"],
        region=region, service="s3", at=at, session=known.get("session_token", ""),
    )  # fmt: skip
    return Request(url=there + parts.path, headers=proof)


def leads_to(body: bytes) -> str:
    return ""

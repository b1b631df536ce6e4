"""AWS Signature Version 4 for one request with a body and no query (docs.aws.amazon.com/IAM).

Written out, because the library that does it brings all of AWS along, and sends again by itself what timed out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit


def signed(
    url: str, body: bytes, *, key_id: str, secret: str, region: str, service: str, at: datetime, session: str = ""
) -> dict[str, str]:
    """The headers that prove a POST of `body` to `url` at `at` (UTC)."""
    parts, stamp = urlsplit(url), f"{at:%Y%m%dT%H%M%SZ}"
    headers = {"host": parts.netloc, "x-amz-date": stamp} | ({"x-amz-security-token": session} if session else {})
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    path = quote(parts.path or "/", safe="/-_.~%")
    request = f"POST\n{path}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    message = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, message.encode(), "sha256").hex()
    proof = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return _without_host(headers) | {"authorization": proof}


def _without_host(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "host"}

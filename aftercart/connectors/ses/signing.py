"""AWS Signature Version 4 for one request without a query (docs.aws.amazon.com/IAM).

Written out, because the library that does it brings all of AWS along, and sends again by itself what timed out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit


def signed(
    url: str, body: bytes, *, key_id: str, secret: str, region: str, service: str, at: datetime, session: str = "",
    method: str = "POST",
) -> dict[str, str]:  # fmt: skip
    """The headers that prove this request at `at` (UTC). S3 wants to be told the hash of the body as well."""
    parts, stamp = urlsplit(url), f"{at:%Y%m%dT%H%M%SZ}"
    content = hashlib.sha256(body).hexdigest()
    headers = {"host": parts.netloc, "x-amz-date": stamp} | ({"x-amz-security-token": session} if session else {})
    headers |= {"x-amz-content-sha256": content} if service == "s3" else {}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    path = quote(parts.path or "/", safe="/-_.~%")
    request = f"{method}\n{path}\n\n{lines}\n{names}\n{content}"
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

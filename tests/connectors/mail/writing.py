"""Mails as other programs would write them, byte by byte."""

from __future__ import annotations

import base64

LETTER = "Hello,\n\nwhere is my parcel?\n\nAnna"


def mail(body: str | bytes = LETTER, *, charset: str = "utf-8", kind: str = "text/plain", **headers: str) -> bytes:
    """`headers`: by name, underscores for hyphens; those given replace the usual ones, '' leaves one out."""
    content = body if isinstance(body, bytes) else body.encode(charset)
    given = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    usual = {
        "from": "Anna Berg <anna@berg.example>",
        "to": "help@nordwind.example",
        "subject": "Order 1042",
        "date": "Tue, 03 Mar 2026 09:14:55 +0100",
        "message-id": "<1@berg.example>",
        "content-type": f"{kind}; charset={charset}",
    }
    lines = [
        f"{name}: {value}".encode("utf-8", "surrogateescape") for name, value in {**usual, **given}.items() if value
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def part(content: bytes | str, kind: str, **headers: str) -> bytes:
    """A part in base64."""
    raw = content.encode() if isinstance(content, str) else content
    lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(raw)


def multipart(*parts: bytes, kind: str = "mixed", mark: str = "=_b", parameters: str = "") -> bytes:
    """A part that holds parts."""
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"{parameters}\r\n\r\n'.encode()
    return (
        head + b"".join(b"--" + mark.encode() + b"\r\n" + one + b"\r\n" for one in parts) + f"--{mark}--\r\n".encode()
    )


def whole(body: bytes, **headers: str) -> bytes:
    """A mail whose content type comes with its body, from `multipart` or `part`."""
    return mail(b"", content_type="", **headers)[:-2] + body

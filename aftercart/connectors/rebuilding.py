"""A mail put together again from what a provider took apart: the same parts always make the same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# What says how the body was packed: it is packed anew.
_OF_THE_BODY = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "mime-version"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that came with it. `content_id` without angle brackets; with one it is shown within the text."""

    name: str
    type: str
    content: bytes = field(repr=False)
    content_id: str = ""


def mail(head: Iterable[tuple[str, str]], text: str, html: str, files: Sequence[Piece] = ()) -> bytes:
    """`head`: the header lines in their order. Values may hold letters beyond ASCII, as mails do."""
    lines = [f"{_line(name)}: {_line(value)}" for name, value in head if name.lower() not in _OF_THE_BODY and name]
    bodies = [_part("text/plain; charset=utf-8", text.encode())] if text or not html else []
    bodies += [_part("text/html; charset=utf-8", html.encode("utf-8"))] if html else []
    content = bodies[0] if len(bodies) == 1 else _several("alternative", bodies)
    if files:
        content = _several("mixed", [content, *map(_file, files)])
    return ("\r\n".join(lines) + "\r\nMIME-Version: 1.0\r\n").encode("utf-8", "replace") + content


def _file(one: Piece) -> bytes:
    kind = one.type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", one.type) else "application/octet-stream"
    name = re.sub(r'["\\\r\n]', "_", one.name)
    more = f'\r\nContent-Disposition: {"inline" if one.content_id else "attachment"}; filename="{name}"'
    more += f"\r\nContent-ID: <{_line(one.content_id)}>" if one.content_id else ""
    return _part(kind, one.content, more)


def _part(kind: str, content: bytes, more: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64{more}\r\n\r\n".encode("utf-8", "replace")
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _several(kind: str, parts: Sequence[bytes]) -> bytes:
    """The boundary follows from the parts, and so is in none of them."""
    mark = hashlib.blake2b(b"\0".join(parts), digest_size=16).hexdigest()
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode()
    return head + b"".join(f"--{mark}\r\n".encode() + part for part in parts) + f"--{mark}--\r\n".encode()


def _line(value: str) -> str:
    return " ".join(value.replace("\0", "").split())

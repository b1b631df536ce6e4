"""The bodies of web forms (RFC 7578, and urlencoded), as providers post mail in them. Bytes stay bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aftercart.connectors.contract import PayloadError

_PARAMETER = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Field:
    """`file`: the name of the file that it holds; None where it is no file."""

    content: bytes = field(repr=False)
    file: str | None = None
    type: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


NONE = Field(b"")


def fields(body: bytes, content_type: str) -> dict[str, Field]:
    """The fields by name, the first of each. Raises PayloadError where the body is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        found = _parts(body, content_type)
    elif kind == "application/x-www-form-urlencoded":
        found = _pairs(body)
    else:
        raise PayloadError("content-type", f"{kind or 'nothing'!r} is no form")
    given: dict[str, Field] = {}
    for name, value in found:
        given.setdefault(name, value)
    return given


def is_form(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").strip().lower().startswith(("multipart/form-data", "application/x-www-form"))


def _pairs(body: bytes) -> Iterator[tuple[str, Field]]:
    try:
        for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"):
            yield name, Field(value.encode("latin-1"))
    except ValueError as error:
        raise PayloadError("body", f"is no form: {error}") from None


def _parts(body: bytes, content_type: str) -> Iterator[tuple[str, Field]]:
    found = re.search(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', content_type, re.IGNORECASE)
    if not found:
        raise PayloadError("content-type", "names no boundary")
    mark = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, _MOST)
    if len(pieces) < 2:
        raise PayloadError("body", "is no form: its boundary is not in it")
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        head, _, content = piece.partition(b"\r\n\r\n")
        told = dict(_lines(head))
        named = {name.lower(): value for name, value in _PARAMETER.findall(told.get("content-disposition", ""))}
        if "name" in named:
            file = named.get("filename")
            kind = told.get("content-type", "").strip()
            yield _unescaped(named["name"]), Field(content, None if file is None else _unescaped(file), kind)


def _lines(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value).replace("%22", '"')

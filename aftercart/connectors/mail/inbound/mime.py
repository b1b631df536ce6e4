"""A mail as a tree of entities (RFC 5322, 2045, 2046), opened one by one as they are asked for. Never fails.

The same tree as the standard library's parser makes, without its going through every line: nothing but a line that
begins with two hyphens and the boundary ends a part, so only those are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from aftercart.connectors.mail.inbound.headers import Head, parameters

_PLAIN, _MAIL = "text/plain", "message/rfc822"
_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_BREAK = re.compile(rb"\r\n?|\n")
# The lines that a head is made of: fields, more of the field above, the line above a mail in an mbox.
_HEAD = re.compile(rb"(?:(?:From |[!-9;-~]*+:|[\t ])[^\r\n]*+(?:\r\n?|\n|\Z))*+")
# What may follow a boundary on its line; two hyphens end the last part.
_REST = re.compile(rb"(--)?[ \t]*(?:\r\n?|\n|\Z)")


@dataclass(slots=True)
class Entity:
    """A mail or a part of one: where in `source` it begins, where its body does, and where both end.

    `kind`: the declared type in lower case; RFC 2045's own where none is declared or it makes no sense. `says`: its
    parameters.
    """

    source: bytes = field(repr=False)
    begins: int
    body: int
    ends: int
    head: Head
    kind: str
    says: dict[str, str]

    @property
    def content(self) -> bytes:
        """As it is encoded for transport."""
        return self.source[self.body : self.ends]

    @property
    def whole(self) -> bytes:
        """Head and all, byte for byte."""
        return self.source[self.begins : self.ends]

    def opened(self) -> Iterator[Entity] | None:
        """The parts that it is made of; None if it is made of none."""
        if self.kind == "message/delivery-status":
            return (entity(self.source, *block) for block in _blocks(self.source, self.body, self.ends))
        if self.kind.startswith("message/"):
            return iter([entity(self.source, self.body, self.ends)])
        if not self.kind.startswith("multipart/") or "boundary" not in self.says:
            return None
        lines = _separating(self.source, self.says["boundary"], self.body, self.ends)
        first = next(lines, None)
        # What ends before it began is none.
        return None if first is None or first[2] else self._between(first[1], lines)

    def _between(self, begins: int, lines: Iterator[tuple[int, int, bool]]) -> Iterator[Entity]:
        usual = _MAIL if self.kind == "multipart/digest" else _PLAIN
        for start, end, closes in lines:
            if start > begins:
                # The end of the line above belongs to the line that separates.
                above = start - (2 if self.source[start - 2 : start] == b"\r\n" else 1)
                yield entity(self.source, begins, max(begins, above), usual)
                if closes:
                    return
            begins = end
        yield entity(self.source, begins, self.ends, usual)


def entity(source: bytes, begins: int = 0, ends: int | None = None, usual: str = _PLAIN) -> Entity:
    """What stands there; `usual`: its type if it declares none."""
    ends = len(source) if ends is None else ends
    found = _HEAD.match(source, begins, ends)
    body = found.end() if found else begins
    lines, rest = _fields(source[begins:body])
    blank = _BREAK.match(source, body, ends)
    head, body = Head(lines), body - rest if rest else blank.end() if blank else body
    declared = head.raw("content-type")
    known = _TYPE.match(declared)
    kind = known[1].lower() if known else _PLAIN if declared else usual
    return Entity(source, begins, body, ends, head, kind, parameters(declared))


def text_alone(source: bytes) -> Entity:
    """The whole as the text of a mail without a head."""
    return Entity(source, 0, 0, len(source), Head([]), _PLAIN, {})


def _fields(lines: bytes) -> tuple[list[tuple[str, str]], int]:
    """Name and value of each, and the bytes at the end that are of the body: a text may well begin with "From "."""
    found: list[tuple[str, list[bytes]]] = []
    whole, goes_on, rest = lines.splitlines(keepends=True), False, 0
    for number, line in enumerate(whole):
        if line.startswith((b" ", b"\t")):
            if goes_on:
                found[-1][1].append(line)
        elif line.startswith(b"From "):
            goes_on = False
            rest = len(line) if 0 < number == len(whole) - 1 else 0
        else:
            name, _, value = line.partition(b":")
            goes_on = bool(name)
            if name:
                found.append((name.decode().lower(), [value.lstrip(b" \t")]))
    return [(name, b"".join(v).rstrip(b"\r\n").decode("ascii", "surrogateescape")) for name, v in found], rest


def _separating(source: bytes, boundary: str, begins: int, ends: int) -> Iterator[tuple[int, int, bool]]:
    """Each line that separates parts: where it begins and ends, and whether it says that the last part is over."""
    mark = b"--" + boundary.rstrip().encode()
    at = source.find(mark, begins, ends)
    while at >= 0:
        is_first = at == begins or source[at - 1] in b"\r\n"
        rest = _REST.match(source, at + len(mark), ends) if is_first else None
        if rest:
            yield at, rest.end(), rest[1] is not None
        below = _BREAK.search(source, at, ends)
        at = source.find(mark, below.end(), ends) if below else -1


def _blocks(source: bytes, begins: int, ends: int) -> Iterator[tuple[int, int]]:
    """What stands between blank lines."""
    at = start = begins
    for line in source[begins:ends].splitlines(keepends=True):
        if not line.strip(b"\r\n"):
            yield start, at
            start = at + len(line)
        at += len(line)
    if start < ends or start == begins:
        yield start, ends

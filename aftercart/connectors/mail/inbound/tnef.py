"""winmail.dat: what Outlook and Exchange wrap text and files into (MS-OXTNEF). Reads what is whole, never fails."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _ATTACH_RENDERING, _ATTACH_TITLE, _ATTACH_DATA = 0x800C, 0x9002, 0x8010, 0x800F
_MESSAGE_PROPERTIES, _ATTACH_PROPERTIES, _CODE_PAGE = 0x9003, 0x9005, 0x9007
# MAPI properties, by id: MS-OXPROPS.
_PLAIN, _HTML = 0x1000, 0x1013
_FILE_NAME, _LONG_FILE_NAME, _DATA, _MIME, _CONTENT_ID = 0x3704, 0x3707, 0x3701, 0x370E, 0x3712
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_UNICODE, _STRING, _BINARY, _OBJECT = 0x1F, 0x1E, 0x102, 0x0D
_MOST = 1000


@dataclass(slots=True)
class Wrapped:
    """What was inside. `whole` is false where the file ends before its end."""

    text: str = ""
    html: bytes = b""
    files: list[File] = field(default_factory=list)
    whole: bool = True


@dataclass(slots=True)
class File:
    name: str = ""
    content: bytes = b""
    declared: str = ""
    content_id: str = ""


def unwrapped(content: bytes) -> Wrapped:
    """The text and files of a winmail.dat."""
    found = Wrapped()
    if not content.startswith(SIGNATURE):
        found.whole = False
        return found
    code_page = "cp1252"
    try:
        for attribute, data in _attributes(content):
            if attribute == _CODE_PAGE and len(data) >= 4:
                code_page = f"cp{struct.unpack_from('<I', data)[0]}"
            elif attribute == _BODY:
                found.text = _string(data, code_page)
            elif attribute == _MESSAGE_PROPERTIES:
                _take_message(found, data, code_page)
            elif attribute == _ATTACH_RENDERING and len(found.files) < _MOST:
                found.files.append(File())
            elif found.files:
                _take_file(found.files[-1], attribute, data, code_page)
    except (struct.error, ValueError, IndexError):
        found.whole = False
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(id, data), one after the other; the checksums are as often wrong as not."""
    position = 6
    while position + 9 <= len(content):
        _, name, _, length = struct.unpack_from("<BHHI", content, position)
        end = position + 9 + length
        if end > len(content):
            raise ValueError("cut off")
        yield name, content[position + 9 : end]
        position = end + 2


def _take_message(found: Wrapped, data: bytes, code_page: str) -> None:
    for name, value in _properties(data):
        if name == _PLAIN and not found.text:
            found.text = _text(value, code_page)
        elif name == _HTML:
            found.html = value if isinstance(value, bytes) else value.encode()


def _take_file(file: File, attribute: int, data: bytes, code_page: str) -> None:
    if attribute == _ATTACH_TITLE and not file.name:
        file.name = _string(data, code_page)
    elif attribute == _ATTACH_DATA:
        file.content = data
    elif attribute == _ATTACH_PROPERTIES:
        for name, value in _properties(data):
            if name in (_LONG_FILE_NAME, _FILE_NAME) and (name == _LONG_FILE_NAME or not file.name):
                file.name = _text(value, code_page)
            elif name == _MIME:
                file.declared = _text(value, code_page).lower()
            elif name == _CONTENT_ID:
                file.content_id = _text(value, code_page).strip("<>")
            elif name == _DATA and not file.content and isinstance(value, bytes):
                file.content = value[16:]  # an object: its interface's id, then the object


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """(id, value) of the properties that are texts or bytes."""
    count, position = struct.unpack_from("<I", data)[0], 4
    for _ in range(min(count, _MOST)):
        kind, name = struct.unpack_from("<HH", data, position)
        position += 4
        many, kind = bool(kind & 0x1000), kind & 0x0FFF
        if name >= 0x8000:
            position = _past_name(data, position)
        if kind in _FIXED and not many:
            position += _FIXED[kind]
            continue
        position, values = _values(data, position, _FIXED.get(kind, 0))
        for value in values:
            if kind == _UNICODE:
                yield name, value.decode("utf-16-le", "replace").rstrip("\0")
            elif kind in (_STRING, _BINARY, _OBJECT):
                yield name, value


def _past_name(data: bytes, position: int) -> int:
    kind: int
    length: int
    kind, length = struct.unpack_from("<II", data, position + 16)
    if kind == 0:
        return position + 24
    return position + 24 + length + (-length % 4)


def _values(data: bytes, position: int, width: int) -> tuple[int, list[bytes]]:
    count = struct.unpack_from("<I", data, position)[0]
    position += 4
    if width:
        return position + count * width, []
    values = []
    for _ in range(min(count, _MOST)):
        length = struct.unpack_from("<I", data, position)[0]
        position += 4
        if position + length > len(data):
            raise ValueError("cut off")
        values.append(data[position : position + length])
        position += length + (-length % 4)
    return position, values


def _text(value: bytes | str, code_page: str) -> str:
    return value if isinstance(value, str) else _string(value, code_page)


def _string(data: bytes, code_page: str) -> str:
    try:
        return data.rstrip(b"\0").decode(code_page, "replace")
    except LookupError:
        return data.rstrip(b"\0").decode("cp1252", "replace")

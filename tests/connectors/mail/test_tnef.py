"""winmail.dat, built here after MS-OXTNEF: no sample of anybody's."""

from __future__ import annotations

import struct

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.tnef import SIGNATURE, unwrapped
from tests.connectors.mail.writing import multipart, part, whole


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def text_property(name: int, text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, name, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def binary_property(name: int, raw: bytes) -> bytes:
    return struct.pack("<HHII", 0x102, name, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


NUMBER = struct.pack("<HHi", 0x03, 0x3705, 1)
NAMED = struct.pack("<HH16sII", 0x03, 0x8001, b"g" * 16, 0, 5) + struct.pack("<i", 7)
WINMAIL = (
    SIGNATURE
    + struct.pack("<H", 1)
    + attribute(1, 0x9007, struct.pack("<II", 1252, 0))
    + attribute(1, 0x800C, "Wo ist mein Päckchen?\r\n".encode("cp1252") + b"\0")
    + attribute(1, 0x9003, properties(NUMBER, NAMED, binary_property(0x1013, b"<p>Wo ist es?</p>")))
    + attribute(2, 0x9002, b"\0" * 14)
    + attribute(2, 0x8010, b"RECHNU~1.PDF\0")
    + attribute(2, 0x800F, b"%PDF-1.7 hello")
    + attribute(
        2, 0x9005, properties(text_property(0x3707, "Rechnung März.pdf"), text_property(0x370E, "application/pdf"))
    )
    + attribute(2, 0x9002, b"\0" * 14)
    + attribute(2, 0x8010, b"photo.jpg\0")
    + attribute(2, 0x800F, b"\xff\xd8\xff\xe0")
)


def test_its_text_and_files_are_read() -> None:
    found = unwrapped(WINMAIL)
    assert (found.text, found.html, found.whole) == ("Wo ist mein Päckchen?\r\n", b"<p>Wo ist es?</p>", True)
    assert [(file.name, file.content) for file in found.files] == [
        ("Rechnung März.pdf", b"%PDF-1.7 hello"),
        ("photo.jpg", b"\xff\xd8\xff\xe0"),
    ]


def test_a_mail_that_is_nothing_else_shows_what_is_in_it() -> None:
    found = read(whole(part(WINMAIL, "application/ms-tnef", Content_Disposition="attachment; filename=winmail.dat")))
    assert (found.reply, found.notes) == ("Wo ist mein Päckchen?", ())
    assert [(one.name, one.type) for one in found.attachments] == [
        ("Rechnung März.pdf", "application/pdf"),
        ("photo.jpg", "image/jpeg"),
    ]


def test_beside_a_text_only_its_files_are_new() -> None:
    found = read(whole(multipart(part("See the bill.", "text/plain"), part(WINMAIL, "application/octet-stream"))))
    assert (found.reply, len(found.attachments)) == ("See the bill.", 2)


def test_a_damaged_one_is_kept_and_said() -> None:
    for end in range(6, len(WINMAIL) - 4, 7):
        found = read(whole(multipart(part("hi", "text/plain"), part(WINMAIL[:end], "application/ms-tnef"))))
        assert found.reply == "hi"
    assert "winmail.dat" in found.notes[0]
    assert found.attachments[-1].content == WINMAIL[:end]

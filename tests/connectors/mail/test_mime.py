"""Mails are taken apart as the standard library takes them apart, and what is attached stays byte for byte."""

from __future__ import annotations

import time
from email.message import Message
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.mime import Entity, entity
from tests.connectors.mail.writing import mail, multipart, part, whole

TYPES = (
    b"multipart/mixed; boundary=a", b'multipart/mixed; charset="x"; boundary="b c"; x=y', b"multipart/mixed",
    b"multipart/digest; boundary=a", b"multipart/mixed; boundary=b", b"message/rfc822", b"message/delivery-status",
    b"text/plain", b"x",
)  # fmt: skip
LINES = st.sampled_from([
    b"", b"", b"--a", b"--a--", b"--a  ", b"--b c", b"--b", b"--b--", b"--ab", b"-- ", b"text", b" ;more=1", b">From x",
    b":", b"Subject: s", b"A:", b"odd name: x", b"\xc3\xa4: \xff", *(b"Content-Type: " + kind for kind in TYPES),
])  # fmt: skip
MAILS = st.lists(st.tuples(LINES, st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r"])), max_size=24).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


@settings(max_examples=400)
@given(MAILS, st.sampled_from(TYPES))
def test_any_mail_is_the_tree_that_the_standard_library_makes(rest: bytes, kind: bytes) -> None:
    content = b"Content-Type: " + kind + b"\r\n" + rest
    same(entity(content), BytesParser().parsebytes(content))


def same(ours: Entity, theirs: Message) -> None:
    assert ours.head.lines == [(str(name).lower(), str(value)) for name, value in theirs.raw_items()]
    payload, inner = theirs.get_payload(), ours.opened()
    if inner is None:
        assert not isinstance(payload, list)
        content = theirs.get_payload(decode=True)
        assert isinstance(content, bytes)
        words, theirs_words = ours.content.split(), content.split()
        # Theirs ends where a multipart that has no beginning is said to end.
        if ours.kind.startswith("multipart/"):
            words = words[: len(theirs_words)]
        assert words == theirs_words
        return
    assert isinstance(payload, list)
    parts, others = list(inner), [one for one in payload if isinstance(one, Message)]
    if ours.kind == "message/delivery-status":  # a block without a word is none
        parts = [one for one in parts if one.head.lines or one.content.strip()]
        others = [one for one in others if str(one).strip()]
    assert len(parts) == len(others)
    for one, other in zip(parts, others, strict=True):
        same(one, other)


def test_a_line_that_begins_with_from_is_of_an_mbox_above_a_head_and_a_text_below_it() -> None:
    assert read(b"From anna Tue Mar  3\r\n" + mail("hello")).text == "hello"
    assert read(b"Subject: x\r\nFrom here I see no parcel\r\n\r\nAnna").text == "From here I see no parcel\n\nAnna"


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_mail_that_is_attached_stays_as_it_was_sent(end: bytes) -> None:
    older = mail("Do you have it in blue?", subject="Older").replace(b"\r\n", end) + end + b"DKIM counts  every blank "
    found = read(whole(multipart(part("See below", "text/plain"), b"Content-Type: message/rfc822\r\n\r\n" + older)))
    assert found.attachments[0].content == older


def test_parts_without_end_are_not_all_made() -> None:
    begun = time.process_time()
    found = read(
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n\r\n" * 2_000_000
    )
    nested = b"Content-Type: message/delivery-status\r\n\r\n" * 100_000
    read(b"From: a@b.example\r\n" + nested)
    read(b"From: a@b.example\r\n" + nested.replace(b"delivery-status", b"partial"))
    read(b"From: a@b.example\r\nX: y" + b"\r\n y" * 2_000_000)
    assert found.notes and time.process_time() - begun < 20

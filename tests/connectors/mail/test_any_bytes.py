"""Whatever arrives is read: nothing raises, nothing that was written is lost, and it can be stored as UTF-8."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from aftercart.connectors.mail.inbound import Mail, read
from aftercart.connectors.mail.inbound.htmltext import text_from
from aftercart.connectors.mail.inbound.tnef import SIGNATURE, unwrapped
from tests.connectors.mail.writing import mail, multipart, part, whole

NAMES = (
    "From", "To", "Subject", "Date", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Received",
    "Message-ID", "References", "Authentication-Results", "List-Id", "Auto-Submitted", "X",
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        b"multipart/mixed; boundary=a",
        b'multipart/report; report-type="delivery-status"; boundary=a', b"message/rfc822",
        b"text/html; charset=utf-16", b"text/plain; charset=unknown-8bit; format=flowed; delsp=yes", b"base64",
        b"quoted-printable", b"x-uuencode", b"multipart/alternative; boundary=a", b"=?utf-7?B?+2AA-?=", b"=?x?Q?=?=",
        b"attachment; filename*0*=utf-7''%2B2AA-; filename*1=x", b"message/delivery-status", b"application/ms-tnef",
        b"<a@b>, c@d, :;,<>@", b"Tue, 03 Mar 2026 09:14:55 +9999", b"text/calendar", b"multipart/digest; boundary=a",
    ]),
)  # fmt: skip
HEADERS = st.lists(
    st.tuples(st.sampled_from(NAMES), VALUES).map(lambda pair: pair[0].encode() + b": " + pair[1]), max_size=6
)
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=60), st.sampled_from([b"--a", b"--a--", b"", b"> x", SIGNATURE, b"<div><p>", b"On 3 March"])
    ),
    max_size=12,
)  # fmt: skip
MAILS = st.builds(
    lambda blocks: b"\r\n".join(line for head, body in blocks for line in [*head, b"", *body]),
    st.lists(st.tuples(HEADERS, BODIES), min_size=1, max_size=4),
)


def well_formed(found: Mail) -> None:
    texts = [found.subject, found.text, found.html, found.reply, found.quoted, *found.notes, found.why, *found.tokens]
    texts += [one.name + one.declared + one.content_id for one in found.attachments]
    texts += [str(address) for address in (*found.to, *found.cc, *found.reply_to, found.sender) if address]
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text
    assert all(one.name and "/" not in one.name and "\\" not in one.name for one in found.attachments)
    assert "\n".join(segment.text for segment in found.segments) == found.text


@given(st.binary(max_size=400))
def test_any_bytes_are_read(content: bytes) -> None:
    well_formed(read(content, authserv_id="mx.nordwind.example"))


@settings(max_examples=300)
@given(MAILS)
def test_any_mail_is_read(content: bytes) -> None:
    well_formed(read(content, authserv_id="mx.nordwind.example"))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), max_size=200))
def test_every_word_of_a_letter_is_shown_or_folded(letter: str) -> None:
    found = read(whole(part(letter, "text/plain; charset=utf-8")))
    assert sorted(f"{found.reply} {found.quoted}".split()) == sorted(letter.split())


@given(st.lists(st.text(alphabet="abcäß荷ة", min_size=1, max_size=8), max_size=12), st.data())
def test_every_word_of_html_is_read(words: list[str], data: st.DataObject) -> None:
    tags = (
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<br>",
        "<blockquote>",
        "</blockquote>",
        "<li>",
        "<td>",
        "<table>",
        "<b>",
        "<pre>",
    )
    html = "".join(f"{data.draw(st.sampled_from(tags))} {word} " for word in words)
    found = text_from(html)
    for mark in ("> ", ">", "- "):
        found = found.replace(mark, " ")
    assert sorted(found.split()) == sorted(words)


@given(st.binary(max_size=300))
def test_any_winmail_is_read(content: bytes) -> None:
    unwrapped(SIGNATURE + content)


def test_what_would_take_a_parser_forever_takes_none_of_its_time() -> None:
    begun = time.process_time()
    for html in ("<div>" * 300_000, "".join(f"<b a={n}>" for n in range(60_000)) + "<p>" * 60_000, "<" * 2_000_000):
        read(whole(part(html, "text/html")))
    for line in (
        "On 3 March 2026 at 9:14 " * 20_000,
        "> " * 200_000,
        "a@" * 200_000,
        "=?" * 100_000,
        "\n>" * 200_000,
        "```\n--\n" * 60_000,
    ):
        read(mail(line, subject=line[:50_000].replace("\n", "")))
    assert time.process_time() - begun < 20


def test_25_megabytes_are_read_in_seconds() -> None:
    content = whole(multipart(part("see the film", "text/plain"), part(b"\0" * 25_000_000, "video/mp4")))
    begun = time.process_time()
    found = read(content)
    assert (found.reply, found.attachments[0].size) == ("see the film", 25_000_000)
    assert time.process_time() - begun < 10

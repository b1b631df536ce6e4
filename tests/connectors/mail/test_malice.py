"""What a stranger writes to keep us busy keeps nobody busy: a second or two for any of it, however it is repeated."""

from __future__ import annotations

import time

import pytest

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.folding import folded
from tests.connectors.mail.writing import mail, multipart

HEADERS = {
    "the servers on its way": "for <" + "@" * 20_000,
    "mailing lists": "a" * 19_000,
    "whom it could not reach": "a" * 19_000,
    "recipients": "a" * 19_000 + "@b c",
}
NAMES = ("Received", "List-Id", "List-Post", "X-Failed-Recipients", "Cc")
LINES = ("*" * 319 + "x", "*" * 318 + "x:", "_" * 318 + "x:", "* " * 155 + "x:", "wrote:", "---\n", "> From: a@b")


def seconds(content: bytes) -> float:
    begun = time.process_time()
    read(content, authserv_id="mx.nordwind.example", ours={"help@nordwind.example"})
    return time.process_time() - begun


@pytest.mark.parametrize("value", HEADERS.values(), ids=HEADERS)
def test_long_headers_take_no_time(value: str) -> None:
    head = "".join(f"{name}: {value}\r\n" for name in NAMES * 10).encode()
    assert seconds(head + mail()) < 2


@pytest.mark.parametrize("line", LINES)
def test_lines_that_are_nearly_a_quotation_take_no_time(line: str) -> None:
    assert seconds(mail("Where is it?\n" + f"{line}\n" * 1_000)) < 2


def test_reports_of_nothing_take_no_time() -> None:
    blocks = b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 200_000
    address = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;" + b"a" * 100_000
    for part in (blocks, address):
        report = multipart(b"\r\n", part, kind="report", parameters="; report-type=delivery-status")
        assert seconds(mail(b"", content_type="")[:-2] + report) < 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [("text/plain; format=flowed", "a \n" * 700_000), ("text/html", "<p>" + "<a href=http://x.y/>b</a>" * 60_000)],
)
def test_a_line_that_grows_takes_no_time(kind: str, text: str) -> None:
    assert seconds(mail(text, content_type=kind)) < 4


def test_what_stands_beyond_all_that_is_sorted_is_kept_where_it_is() -> None:
    text = "\n".join(["Where is it?", "", *["so"] * 25_000, "Anna"])
    assert [segment.text for segment in folded(text)] == [text]

"""Mails as shops get them, read on one core beside the standard library's parser, which only takes them apart."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from email.parser import BytesParser
from email.policy import default
from typing import Any

LETTER = (
    "Hello,\n\nmy order 10{0} left a week ago and the page says nothing new. Could you find out where it is?\n\n"
    "Best\nAnna {0}"
)
QUOTED = "\n".join(
    f"> line {line} of what the shop wrote, with a link https://shop.example/{line}" for line in range(25)
)
INTRODUCTIONS = (
    "On Tue, Mar 3, 2026 at 9:14 AM Nordwind <help@nordwind.example> wrote:",
    "Am Di., 3. März 2026 um 09:14 Uhr schrieb Nordwind <help@nordwind.example>:",
    "Le mar. 3 mars 2026 à 09:14, Nordwind <help@nordwind.example> a écrit :",
    "2026年3月3日(火) 9:14 Nordwind <help@nordwind.example>:",
)
HOPS = "".join(
    f"Received: from mx{hop}.example by mx{hop + 1}.example with ESMTPS id {hop}; Tue, 3 Mar 2026 09:14:55 +0100\r\n"
    for hop in range(5)
)


def run(*, quick: bool) -> dict[str, Any]:
    from aftercart.connectors.mail.inbound import read
    from aftercart.connectors.mail.inbound.showing import shown

    mails = [_mail(number) for number in range(200 if quick else 2000)]
    html = [_html(number) for number in range(len(mails))]
    large = _mail(1, attached=25_000_000)
    read(mails[0])
    ours, bare = _rate(read, mails), _rate(_bare, mails)
    return {
        "mails": len(mails),
        "mean_bytes": sum(map(len, mails)) // len(mails),
        "mails_per_second": {"ours": round(ours), "bare": round(bare)},
        "cpu_to_bare": round(bare / ours, 2),
        "shown_per_second": round(_rate(shown, html)),
        "seconds_of_25_mb": round(1 / _rate(read, [large]), 2),
    }


def _rate(work: Callable[[Any], object], each: Sequence[Any]) -> float:
    begun = time.process_time()
    for one in each:
        work(one)
    return len(each) / (time.process_time() - begun)


def _bare(content: bytes) -> list[object]:
    message = BytesParser(policy=default).parsebytes(content)
    _ = message["from"], message["to"], message["subject"], message["date"], message["references"]
    return [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]


def _html(number: int) -> str:
    letter = LETTER.format(number).replace("\n", "<br>")
    quoted = QUOTED.replace("> ", "").replace("\n", "<br>")
    above = INTRODUCTIONS[number % 4].replace("<", "&lt;")
    return f'<div dir="ltr">{letter}</div><div class="gmail_quote">{above}<blockquote>{quoted}</blockquote></div>'


def _mail(number: int, attached: int = 0) -> bytes:
    """Two in three in both forms, every third as HTML only, every fifth with a picture."""
    plain = f"{LETTER.format(number)}\n\n{INTRODUCTIONS[number % 4]}\n\n{QUOTED}\n"
    forms = [] if number % 3 == 0 else [("text/plain", plain)]
    forms.append(("text/html", _html(number)))
    parts = "".join(
        f"--b\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(text.encode()).decode()}\r\n"
        for kind, text in forms
    )
    size = attached or (30_000 if number % 5 == 0 else 0)
    picture = (
        "--a\r\nContent-Type: image/jpeg; name=photo.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(bytes(size)).decode()}\r\n"
        if size
        else ""
    )
    return (
        f"{HOPS}From: =?utf-8?Q?Anna_B=C3=A4r?= <anna{number}@customer.example>\r\n"
        "To: help@nordwind.example\r\n"
        f"Subject: =?utf-8?Q?Wo_ist_mein_P=C3=A4ckchen_{number}=3F?=\r\nDate: Tue, 03 Mar 2026 09:14:55 +0100\r\n"
        f"Message-ID: <{number}@customer.example>\r\nReferences: <1@nordwind.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        "--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"{parts}--b--\r\n{picture}--a--\r\n"
    ).encode()

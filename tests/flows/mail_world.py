"""What is in the inbox, read as the pipeline would; and mail as a mail server hands it over."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence

from django.db import transaction

from aftercart.facts import Fact, MessageReceived, Unread
from aftercart.intake import services as intake


def read() -> list[Fact]:
    """All facts that wait, oldest delivery first. They go on waiting."""
    with transaction.atomic():
        found = [fact for claimed in intake.claim(1000) for fact in intake.read(claimed)]
    return [fact for fact in found if not isinstance(fact, Unread)]


def messages() -> list[MessageReceived]:
    return [fact for fact in read() if isinstance(fact, MessageReceived)]


def hand_over(client: smtplib.LMTP, content: bytes, *recipients: str, sender: str = "a@b.example") -> dict[str, int]:
    """What each recipient was answered. The library's own way reads one answer, however many there are."""
    answers: dict[str, int] = {}
    taken: Sequence[str] = []
    client.ehlo_or_helo_if_needed()
    client.mail(sender)
    for recipient in recipients:
        answers[recipient] = client.rcpt(recipient)[0]
    taken = [recipient for recipient, code in answers.items() if code == 250]
    if not taken:
        client.rset()
        return answers
    assert client.docmd("DATA")[0] == 354
    content = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n", b"\r\n", content))
    client.send(content.rstrip(b"\r\n") + b"\r\n.\r\n")
    return answers | {recipient: client.getreply()[0] for recipient in taken}

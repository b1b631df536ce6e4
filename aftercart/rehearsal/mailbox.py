"""What the demo's customers got, as they would see it: read from the folders that the catchers fill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aftercart.rehearsal.catching import MAIL, SMS

NEWEST = 60


@dataclass(frozen=True, slots=True)
class Letter:
    """`name` is that of its file. `answers_go_to`: the address to which the holder writes back."""

    name: str
    channel: str
    at: datetime
    to: str
    sender: str
    subject: str
    text: str
    html: str = ""
    message_id: str = ""
    answers_go_to: str = ""


def newest(var: Path, *, to: str = "") -> list[Letter]:
    """The latest letters, newest first; with `to` only those whose address contains it."""
    files = [*(var / MAIL).glob("*.eml"), *(var / SMS).glob("*.json")]
    files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    return list(_matching(files, to.strip().lower()))


def _matching(files: list[Path], to: str) -> Iterator[Letter]:
    found = 0
    for file in files:
        letter = read(file)
        if to in letter.to.lower():
            yield letter
            found += 1
        if found == NEWEST:
            return


def letter(var: Path, name: str) -> Letter | None:
    """By the name of its file; None where there is none."""
    folder = MAIL if name.endswith(".eml") else SMS
    file = next((file for file in (var / folder).glob("*") if file.name == name), None)
    return read(file) if file else None


def read(file: Path) -> Letter:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return _text_message(file, at) if file.suffix == ".json" else _mail(file, at)


def _mail(file: Path, at: datetime) -> Letter:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return Letter(
        name=file.name,
        channel="email",
        at=at,
        to=str(mail["To"]),
        sender=str(mail["From"]),
        subject=str(mail["Subject"]),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        message_id=str(mail["Message-ID"] or ""),
        answers_go_to=str(mail["Reply-To"] or mail["From"]),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""


def _text_message(file: Path, at: datetime) -> Letter:
    told = json.loads(file.read_text("utf-8"))
    scheme, colon, number = told["To"].rpartition(":")
    return Letter(
        name=file.name,
        channel=scheme if colon else "sms",
        at=at,
        to=number,
        sender=told.get("From", "").rpartition(":")[2],
        subject="",
        text=told.get("Body", ""),
    )

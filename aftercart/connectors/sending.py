"""What every channel shares: one message, and the three ways in which sending can end other than well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`key` is the idempotency key and becomes the Message-ID: the same message always has the same one."""

    key: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    language: str


class SendError(Exception):
    """The message was certainly not taken. `permanent`: trying again would not help; a person should know."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Unknowable(Exception):
    """The line broke after the message had left and before it was acknowledged: taken or not, nobody can say."""


class Channel(Protocol):
    def __call__(self, message: Message) -> None: ...

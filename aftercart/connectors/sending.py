"""What every way out shares: one message, the ways in which sending can end other than well, and what a provider is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from aftercart.facts import File

EMAIL, SMS, WHATSAPP, EVENT = "email", "sms", "whatsapp", "event"
# They ring: in most countries nobody may be texted who has not asked for it, and nobody wants to be at night.
RINGING = frozenset({SMS, WHATSAPP})
REPLY_TO, ANSWERS, BY_PERSON = "reply_to", "answers", "by_person"
TEAM = "team"  # to whoever works for the brand, not to its customers
# Kinds of EVENT: the customer is to hear of nothing but their orders, and of all else again.
PROMOTIONS_HELD, PROMOTIONS_RELEASED = "promotions_held", "promotions_released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`key` is the idempotency key and becomes the Message-ID: the same message always has the same one.

    `reference`: our own name of it, 32 hex digits, which providers repeat in their reports. `stop`: the address at
    which the recipient ends such messages with one click (RFC 8058); '' where there is nothing to end. `template`: the
    provider's name of an approved text that is to be sent in place of ours, with `variables` in their order.
    `about`: what it says, as facts, for a sender of the brand's own: `order` and `source` (the shop's id of the order,
    and which shop), `number`, `earliest`, `latest`, `return_by`, `link`, as of when (`at`); the unknown is left out.
    `task`: what a system is to do, in place of words for a person. `mail`: what only mail has: REPLY_TO, ANSWERS (the
    Message-IDs that it follows, the nearest last), BY_PERSON. `files` go with it where the channel takes files.
    """

    key: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    reference: str = ""
    kind: str = ""
    stop: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    variables: tuple[str, ...] = ()
    task: Mapping[str, object] = field(default_factory=dict)
    mail: Mapping[str, str] = field(default_factory=dict)
    files: tuple[File, ...] = ()


class SendError(Exception):
    """The message was certainly not taken. `permanent`: trying again would not help; a person should know.

    `of_line`: it says nothing about this message, the way out itself is in trouble or busy; `wait`: for so long, where
    the other side says so.
    """

    def __init__(self, reason: str, *, permanent: bool, of_line: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.of_line = of_line
        self.wait = wait


class Unknowable(Exception):
    """The line broke after the message had left and before it was acknowledged: taken or not, nobody can say."""


class Channel(Protocol):
    def __call__(self, message: Message) -> str:
        """Hand it over. The provider's id of it, '' if it gives none. Raises SendError or Unknowable."""


class SettingError(ValueError):
    """What a provider needs and was not given, or cannot use: its name, and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


class Provider(Protocol):
    """Who takes messages. A folder of connectors/ is one, as a module; most are a FactSource too, for their reports."""

    CHANNELS: frozenset[str]
    # The settings that it cannot do without, and those that it can. All may be secrets, and none is ever shown.
    NEEDED: tuple[str, ...]
    OPTIONAL: tuple[str, ...]
    # True: it knows a message by its key, so sending again what may have arrived is safe.
    REPEATABLE: bool
    # Which setting its reports are proven by; '': a secret that we make, shown as user and password in the address
    # that it reports to; None: it reports nothing.
    PROVEN_BY: str | None

    def sender(self, settings: Mapping[str, str]) -> Channel:
        """Raises SettingError. Beside its own settings it may be given `seconds`, how long it waits for an answer."""


def needed(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name, "")
    if not value:
        raise SettingError(name, "is missing")
    return value


def seconds_of(settings: Mapping[str, str]) -> float:
    return float(settings.get("seconds") or 20.0)

"""An incoming webhook of Slack, or of what takes the same, such as Mattermost's and Discord's (…/slack)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aftercart.connectors.posting import json, post
from aftercart.connectors.sending import TEAM, Channel, Message, SettingError, needed, seconds_of
from aftercart.plumbing.http import Doors

CHANNELS = frozenset([TEAM])
NEEDED: tuple[str, ...] = ("url",)
OPTIONAL: tuple[str, ...] = ()
REPEATABLE = False
PROVEN_BY: str | None = None


@dataclass(frozen=True, slots=True)
class Slack:
    """The address is the only secret that there is."""

    url: str = field(repr=False)
    seconds: float
    doors: Doors

    def __call__(self, message: Message) -> str:
        request = json(self.url, {"text": f"*{message.subject}*\n{message.text}"}, {})
        post(request, seconds=self.seconds, repeatable=REPEATABLE, public=self.doors)
        return ""


def sender(settings: Mapping[str, str]) -> Channel:
    url = needed(settings, "url")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingError("url", "this is no address such as https://hooks.example/services/…")
    return Slack(url, seconds_of(settings), Doors(settings.get("doors") or Doors.PUBLIC))

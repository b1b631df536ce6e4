"""Klaviyo: an event for the brand's own flows, which write and send the message there.

With `suppress=yes` promotions are held by its own suppression instead of an event, and released by lifting that: no
campaign and no flow but a transactional one reaches the profile meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercart.connectors.composing import address as mail_address
from aftercart.connectors.posting import address, json, post
from aftercart.connectors.sending import (
    EVENT,
    PROMOTIONS_HELD,
    PROMOTIONS_RELEASED,
    Channel,
    Message,
    SettingError,
    needed,
    seconds_of,
)

CHANNELS = frozenset([EVENT])
NEEDED: tuple[str, ...] = ("api_key",)
OPTIONAL: tuple[str, ...] = ("address", "suppress")
# Of events with one unique_id for one profile and metric it keeps the first; who is suppressed twice is suppressed.
REPEATABLE = True
PROVEN_BY: str | None = None
REVISION = "2025-04-15"
# Lifting takes away what was suppressed by hand or by us; who unsubscribed, or whose address is wrong, stays so.
JOBS = {
    PROMOTIONS_HELD: "profile-suppression-bulk-create-job",
    PROMOTIONS_RELEASED: "profile-suppression-bulk-delete-job",
}


@dataclass(frozen=True, slots=True)
class Klaviyo:
    api_key: str = field(repr=False)
    url: str
    suppress: bool
    seconds: float

    def __call__(self, message: Message) -> str:
        job = JOBS.get(message.kind) if self.suppress else None
        path, told = (f"{job}s", _job(job, message)) if job else ("events", _event(message))
        headers = {"authorization": f"Klaviyo-API-Key {self.api_key}", "revision": REVISION}
        request = json(f"{self.url}/api/{path}", {"data": told}, headers)
        post(request, seconds=self.seconds, repeatable=REPEATABLE)
        return message.key


def _event(message: Message) -> dict[str, object]:
    told = {"kind": message.kind, "subject": message.subject, "text": message.text, "html": message.html}
    attributes = {
        "unique_id": message.key,
        "metric": {"data": {"type": "metric", "attributes": {"name": f"Aftercart {message.kind or 'notice'}"}}},
        "profile": {"data": _profile(message)},
        "properties": {
            **message.about,
            **told,
            "language": message.language,
            "reference": message.reference,
            **message.task,
        },
    }
    return {"type": "event", "attributes": attributes}


def _job(name: str, message: Message) -> dict[str, object]:
    return {"type": name, "attributes": {"profiles": {"data": [_profile(message)]}}}


def _profile(message: Message) -> dict[str, object]:
    return {"type": "profile", "attributes": {"email": mail_address(message.to, "recipient").addr_spec}}


def sender(settings: Mapping[str, str]) -> Channel:
    suppress = settings.get("suppress") or "no"
    if suppress not in ("yes", "no"):
        raise SettingError("suppress", f"{suppress!r} is neither yes nor no")
    key, url = needed(settings, "api_key"), address(settings, "https://a.klaviyo.com")
    return Klaviyo(key, url, suppress == "yes", seconds_of(settings))

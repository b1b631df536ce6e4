"""Files that a message names and its sender keeps: fetched with the account's credentials, and told on as a delivery.

Reading a delivery follows no link. What is fetched becomes a delivery of its own, about the same message, so that it is
stored raw, once, and read like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings

from aftercart.brands.models import Source
from aftercart.connectors.aftercart import encode
from aftercart.connectors.asking import Request
from aftercart.connectors.files import told
from aftercart.connectors.registry import FETCHERS
from aftercart.facts import Fact, File, MessageReceived
from aftercart.intake.models import Delivery, Payload
from aftercart.intake.services import Claimed, arrival, read, store
from aftercart.plumbing import clock, http

MOST_BYTES, MOST_HOPS = 20_000_000, 3
_PASSING = frozenset([408, 425, 429])  # besides 5xx: the other side may fare better later
_ELSEWHERE = frozenset([301, 302, 303, 307, 308])


class NotYet(Exception):
    """It may be there later."""


class Gone(Exception):
    """It cannot be had: why, for whoever reads the message."""


def named(facts: Iterable[Fact]) -> list[MessageReceived]:
    """The messages among these facts with files that are still where their sender keeps them."""
    messages = [fact for fact in facts if isinstance(fact, MessageReceived) and fact.source in FETCHERS]
    return [message for message in messages if any(map(_missing, message.files))]


def fetch(brand_id: UUID, delivery_id: UUID, *, last: bool = False) -> int:
    """Get the files of this delivery's messages and tell them on; returns how many. Raises NotYet, unless `last`."""
    delivery = Delivery.objects.filter(brand_id=brand_id, id=delivery_id).first()
    payload = Payload.objects.filter(brand_id=brand_id, id=delivery_id).first()
    if delivery is None or payload is None:
        return 0  # erased meanwhile
    claimed = Claimed(
        delivery.id, brand_id, delivery.source, delivery.topic, payload.headers, bytes(payload.body),
        delivery.received_at, payload.sealed,
    )  # fmt: skip
    messages = named(fact for fact in read(claimed) if isinstance(fact, Fact))
    whole = [_fetched(message, _secrets(brand_id, message.source), last=last) for message in messages]
    if whole:
        key = f"files {delivery_id}"
        store([arrival(brand_id, "aftercart", encode(whole), clock.machine(), topic="files", key=key)])
    return sum(not _missing(file) for message in whole for file in message.files)


def _missing(file: File) -> bool:
    return bool(file.url) and not file.content


def _secrets(brand_id: UUID, source: str) -> list[str]:
    """Of all of the brand's lines there: a delivery does not say by which of them it came."""
    rows = Source.objects.filter(brand_id=brand_id, kind=source, enabled=True).order_by("id")
    return [secret for row in rows for secret in row.secrets if secret]


def _fetched(message: MessageReceived, secrets: list[str], *, last: bool) -> MessageReceived:
    files, notes = [], list(message.notes)
    for file in message.files:
        try:
            files.append(_file(message.source, file, secrets) if _missing(file) else file)
        except Gone as error:
            files.append(file)
            notes.append(f"{file.name} could not be fetched: {error}"[:300])
        except NotYet as error:
            if not last:
                raise
            files.append(file)
            notes.append(f"{file.name} could not be fetched: {error}"[:300])
    return replace(message, files=tuple(files), notes=tuple(notes))


def _file(source: str, file: File, secrets: list[str]) -> File:
    loopback = http.Doors.LOOPBACK_TOO.value == settings.WEBHOOK_DOORS
    why = "there are no credentials for it"
    for secret in secrets:
        asking = FETCHERS[source].request(file.url, secret, loopback=loopback)
        if asking is None:
            raise Gone("its address is not one of theirs")
        answer = _answer(asking)
        if answer.status == 200:
            declared = file.declared or answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:80]
            return replace(file, content=answer.body, declared=declared, type=told(answer.body, declared))
        if answer.status >= 500 or answer.status in _PASSING:
            raise NotYet(f"it answered {answer.status}")
        why = f"it answered {answer.status}"
        if answer.status not in (401, 403):
            break
    raise Gone(why)


def _answer(asking: Request) -> http.Response:
    """Of wherever it leads. Credentials go to the first address only, and nothing goes into a private network."""
    url, headers = asking.url, asking.headers
    doors = http.Doors(settings.WEBHOOK_DOORS)
    with http.client(transport=http.public(doors)) as line:
        for _hop in range(MOST_HOPS + 1):
            try:
                answer = http.send(line, "GET", url, headers, b"", most=MOST_BYTES)
            except http.TooLong as error:
                raise Gone(str(error)) from None
            except http.Unreachable as error:
                raise NotYet(str(error)) from None
            if answer.status not in _ELSEWHERE:
                return answer
            url, headers = _next(url, answer.headers.get("location", "")), {}
    raise Gone("it leads from one address to the next")


def _next(url: str, location: str) -> str:
    there = urljoin(url, location)
    # What began in the open (a test's own machine) may go on so; what began encrypted stays so.
    if not location or (url.startswith("https://") and not there.startswith("https://")):
        raise Gone("it leads to an address that is not encrypted")
    return there

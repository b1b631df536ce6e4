"""What a delivery names and its sender keeps: fetched with the account's credentials, and told on as a delivery.

Reading a delivery follows no link. Files that are fetched become a delivery of their own, about the same message; a
mail that is fetched becomes one as if it had come in by itself. So both are stored raw, once, and read like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings

from aftercart.brands.models import Source
from aftercart.connectors.aftercart import encode
from aftercart.connectors.asking import Request
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.files import told
from aftercart.connectors.mail.inbound.received import name_of
from aftercart.connectors.registry import FETCHERS
from aftercart.facts import Fact, File, MessageAnnounced, MessageReceived
from aftercart.intake.models import Delivery, Payload
from aftercart.intake.services import Claimed, arrival, read, store
from aftercart.plumbing import clock, http

PLACED: frozenset[type[Fact]] = frozenset({MessageAnnounced})
MOST_BYTES, MOST_HOPS = 25 * 2**20, 3
_PASSING = frozenset([408, 425, 429])  # besides 5xx: the other side may fare better later
_ELSEWHERE = frozenset([301, 302, 303, 307, 308])
_ANOTHERS = frozenset([401, 403, 404])  # it may be of another account of the brand's


class NotYet(Exception):
    """It may be there later."""


class Gone(Exception):
    """It cannot be had: why, for whoever reads the message."""


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Who keeps it, with all of the brand's accounts there: a delivery does not say by which of them it came."""

    source: str
    accounts: Sequence[Mapping[str, str]]
    last: bool  # who cannot be asked now is not asked again


def named(source: str, facts: Iterable[Fact]) -> list[MessageReceived | MessageAnnounced]:
    """The messages among these facts of which something is still where their sender keeps it."""
    if source not in FETCHERS:
        return []
    kept = [fact for fact in facts if isinstance(fact, MessageReceived | MessageAnnounced)]
    return [one for one in kept if isinstance(one, MessageAnnounced) or any(map(_missing, one.files))]


def fetch(brand_id: UUID, delivery_id: UUID, *, last: bool = False) -> int:
    """Get what this delivery's messages name and tell it on; how much that was. Raises NotYet, unless `last`."""
    delivery = Delivery.objects.filter(brand_id=brand_id, id=delivery_id).first()
    payload = Payload.objects.filter(brand_id=brand_id, id=delivery_id).first()
    if delivery is None or payload is None:
        return 0  # erased meanwhile
    claimed = Claimed(
        delivery.id, brand_id, delivery.source, delivery.topic, payload.headers, bytes(payload.body),
        delivery.received_at, payload.sealed,
    )  # fmt: skip
    found = named(delivery.source, (fact for fact in read(claimed) if isinstance(fact, Fact)))
    keeper = _Keeper(delivery.source, _accounts(brand_id, delivery.source), last)
    announced = [one for one in found if isinstance(one, MessageAnnounced)]
    whole = [_with_files(one, keeper) for one in found if isinstance(one, MessageReceived)]
    instead = [one for notice in announced if (one := _taken_in(brand_id, notice, keeper)) is not None]
    if whole or instead:
        key = f"files {delivery_id}"
        store([arrival(brand_id, "aftercart", encode([*whole, *instead]), clock.machine(), topic="files", key=key)])
    return len(announced) - len(instead) + sum(not _missing(file) for message in whole for file in message.files)


def _missing(file: File) -> bool:
    return bool(file.url) and not file.content


def _accounts(brand_id: UUID, source: str) -> list[Mapping[str, str]]:
    rows = Source.objects.filter(brand_id=brand_id, kind=source, enabled=True).order_by("id")
    known = [{**row.settings, "secret": secret} for row in rows for secret in row.secrets if secret]
    return (
        [one for one in known if all(one.get(name) for name in FETCHERS[source].NEEDED)] if source in FETCHERS else []
    )


def _taken_in(brand_id: UUID, notice: MessageAnnounced, keeper: _Keeper) -> MessageReceived | None:
    """The mail comes in as a delivery of its own. What is kept in its place, where it cannot be had."""
    try:
        content = _got(notice.url, keeper, settings.MAIL_MAX_BYTES).body
        if not content.strip():
            raise Gone("it is empty")
    except Gone as error:
        return _noting(notice.stand_in, f"The mail itself could not be fetched: {error}")
    beside, name = dict(notice.beside), name_of(content)
    store([arrival(brand_id, "mail", content, clock.machine(), topic="message", key=name, headers=beside)])
    return None


def _with_files(message: MessageReceived, keeper: _Keeper) -> MessageReceived:
    files = []
    for file in message.files:
        try:
            files.append(_file(file, keeper) if _missing(file) else file)
        except Gone as error:
            files.append(file)
            message = _noting(message, f"{file.name} could not be fetched: {error}")
    return replace(message, files=tuple(files))


def _noting(message: MessageReceived, note: str) -> MessageReceived:
    return replace(message, notes=(*message.notes, note[:300]))


def _file(file: File, keeper: _Keeper) -> File:
    answer = _got(file.url, keeper, MOST_BYTES)
    declared = file.declared or answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:80]
    return replace(file, content=answer.body, declared=declared, type=told(answer.body, declared))


def _got(url: str, keeper: _Keeper, most: int) -> http.Response:
    """What is kept at `url`. Raises NotYet, unless asked for the last time, and Gone."""
    try:
        return _asked(url, keeper, most)
    except NotYet as error:
        if not keeper.last:
            raise
        raise Gone(str(error)) from None


def _asked(url: str, keeper: _Keeper, most: int) -> http.Response:
    fetcher, why = FETCHERS[keeper.source], "there are no credentials for it"
    loopback = http.Doors.LOOPBACK_TOO.value == settings.WEBHOOK_DOORS
    for account in keeper.accounts:
        asking = fetcher.request(url, account, at=clock.machine(), loopback=loopback)
        if asking is None:
            why = "its address is not one of theirs"
            continue
        answer = _answer(asking, most)
        if answer.status == 200:
            return _followed(asking.url, fetcher.leads_to, answer, most)
        why = f"it answered {answer.status}"
        if answer.status >= 500 or answer.status in _PASSING:
            raise NotYet(why)
        if answer.status not in _ANOTHERS:
            break
    raise Gone(why)


def _followed(url: str, leads_to: Callable[[bytes], str], answer: http.Response, most: int) -> http.Response:
    """The answer, or what it leads to: for whoever has the address, so without credentials."""
    try:
        there = leads_to(answer.body)
    except PayloadError as error:
        raise Gone(str(error)) from None
    if not there:
        return answer
    kept = _answer(Request(url=_next(url, there)), most)
    if kept.status == 200:
        return kept
    why = f"it answered {kept.status}"
    # The address is good for a while only: the next time there is another.
    raise NotYet(why) if kept.status >= 500 or kept.status in _PASSING | {401, 403, 410} else Gone(why)


def _answer(asking: Request, most: int) -> http.Response:
    """Of wherever it leads. Credentials go to the first address only, and nothing goes into a private network."""
    url, headers = asking.url, asking.headers
    doors = http.Doors(settings.WEBHOOK_DOORS)
    with http.client(transport=http.public(doors)) as line:
        for _hop in range(MOST_HOPS + 1):
            try:
                answer = http.send(line, "GET", url, headers, b"", most=most)
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

"""Handing a message over by HTTP, and what an answer, or none, means for it.

A line of its own for each message: on one that was kept open, a server that has just closed it cannot be told from a
server that took the message and died.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import msgspec

from aftercart.connectors.asking import Request
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.reading import Document, document, mapping, rows, text
from aftercart.connectors.sending import SendError, SettingError, Unknowable
from aftercart.plumbing import clock, http

_BUSY = frozenset([408, 425, 429, 503])
# Our log-in, our account, or the address itself: no message fares better until somebody mends that.
_MISTAKEN = frozenset([401, 402, 403, 404, 405])
# A gateway that heard nothing from the server behind it cannot say what that server did.
_PASSED_ON = frozenset([502, 504])


def post(
    request: Request, *, seconds: float, repeatable: bool = False, public: http.Doors | None = None
) -> http.Response:
    """The answer of a provider that took it. Raises SendError and Unknowable.

    `repeatable`: the provider knows a message that it gets again, so where nobody knows whether it was taken it may be
    sent again. `public`: the address was chosen by others, so only the public Internet may be reached.
    """
    transport = http.public(public) if public else None
    try:
        with http.client(read_seconds=seconds, transport=transport) as line:
            answer = http.send(line, request.method, request.url, request.headers, request.body)
    except http.Unreachable as error:
        host = urlsplit(request.url).hostname
        if not error.left:
            raise SendError(f"{host} cannot be reached ({error})", permanent=False, of_line=True) from None
        raise _in_doubt(f"{host} did not answer whether it took the message ({error})", repeatable) from None
    if 200 <= answer.status < 300:
        return answer
    raise _refusal(answer, repeatable)


def _refusal(answer: http.Response, repeatable: bool) -> Exception:
    said = reason(answer.body)
    told = f"answered {answer.status}" + (f": {said}" if said else "")
    if answer.status in _PASSED_ON:
        return _in_doubt(told, repeatable)
    if answer.status in _BUSY:
        return SendError(told, permanent=False, of_line=True, wait=answer.retry_after(clock.machine()))
    if 300 <= answer.status < 400:
        return SendError(f"{told}: it wants us to go elsewhere, which we do not", permanent=False, of_line=True)
    of_line = answer.status in _MISTAKEN or answer.status >= 500
    return SendError(told, permanent=not of_line, of_line=of_line)


def _in_doubt(why: str, repeatable: bool) -> Exception:
    return SendError(why, permanent=False, of_line=True) if repeatable else Unknowable(why)


def reason(body: bytes) -> str:
    """The sentence with which an answer explains itself, whoever wrote it; '' where none is found."""
    found = read(body)
    first = mapping(next(iter(rows(found.get("errors"))), None))
    places = (found, first, mapping(found.get("error")))
    names = ("message", "Message", "detail", "title")
    said = (text(place.get(name), 160) for place in places for name in names)
    return next(filter(None, said), "") or _plain(body)


def _plain(body: bytes) -> str:
    """A short answer in plain words, as Slack gives it."""
    said = body.decode(errors="replace").strip() if len(body) <= 160 else ""
    return said if said.isprintable() and not said.startswith(("<", "{", "[")) else ""


def read(body: bytes) -> Document:
    """The JSON object of an answer; {} where it is none: what was taken is taken, however it was said."""
    try:
        return mapping(document(body))
    except PayloadError:
        return {}


def json(url: str, body: object, headers: Mapping[str, str]) -> Request:
    known = {"content-type": "application/json", "accept": "application/json"}
    return Request(url=url, method="POST", headers=known | dict(headers), body=msgspec.json.encode(body))


def form(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Request:
    known = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    return Request(url=url, method="POST", headers=known | dict(headers), body=urlencode(fields).encode())


def address(settings: Mapping[str, str], usual: str) -> str:
    """Where a provider is: its own address, or the one that the setting `address` names, without a slash at the end."""
    given = settings.get("address") or usual
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError("address", f"{given!r} is no address such as {usual}")
    return given.rstrip("/")

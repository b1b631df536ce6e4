"""One question and its answer, over the wire. Knows no tables; never raises for what the outside does."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from aftercart.connectors.asking import Request, read_token
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.faults import Trouble
from aftercart.orders.polling.lines import Line
from aftercart.orders.polling.rules import judged
from aftercart.plumbing import clock, http
from aftercart.plumbing.http import Response, Unreachable

if TYPE_CHECKING:
    import httpx

# A token is renewed before it ends: an answer may take a while.
EARLY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question. `trouble` is with the whole line; else each number has an answer or a trouble."""

    answers: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    troubles: Mapping[str, str] = field(default_factory=dict)
    trouble: Trouble | None = None
    reason: str = ""
    wish: timedelta | None = None


class Failed(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Tokens:
    """Access tokens, in this process's memory alone."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(self, line: Line, wire: httpx.Client) -> str:
        """'' where the carrier wants none. Raises Failed."""
        asking = line.tracker.token_request(line.secrets, line.host)
        if asking is None:
            return ""
        with self._lock:
            value, until = self._known.get(_key(line), ("", 0.0))
        if value and time.monotonic() < until:
            return value
        response = _send(wire, asking)
        try:
            token = read_token(response.body) if response.status < 300 else None
        except PayloadError:
            token = None
        if token is None:
            raise Failed(_no_token(line, response))
        with self._lock:
            self._known[_key(line)] = (token.value, time.monotonic() + max(token.seconds - EARLY_SECONDS, 1.0))
        return token.value

    def forget(self, line: Line) -> None:
        with self._lock:
            self._known.pop(_key(line), None)


TOKENS = Tokens()


def fetch(line: Line, wire: httpx.Client, numbers: Sequence[str]) -> Outcome:
    try:
        token = TOKENS.get(line, wire)
        response = _send(wire, line.tracker.request(numbers, line.secrets, token, line.host))
        if response.status == 401 and token:
            # It may have ended before its time: once more with a fresh one, then it is the credentials.
            TOKENS.forget(line)
            token = TOKENS.get(line, wire)
            response = _send(wire, line.tracker.request(numbers, line.secrets, token, line.host))
    except Failed as failed:
        return failed.outcome
    return read(line, numbers, response)


def read(line: Line, numbers: Sequence[str], response: Response) -> Outcome:
    """Each number's part of an answer, or the trouble with all of it."""
    answers: dict[str, bytes] = {}
    troubles: dict[str, str] = {}
    gravest: Trouble | None = None
    parts = line.tracker.answers(response.body, numbers)
    for number, part in (parts or {"": response.body}).items():
        faults = line.tracker.faults(part)
        trouble = judged(response.status, faults)
        if trouble is None and number:
            answers[number] = part
        elif trouble is not None:
            gravest = gravest or trouble
            troubles[number] = faults[0].sentence if faults else f"HTTP status {response.status}"
    of_the_line = not answers and gravest is not Trouble.REQUEST
    if gravest is not None and of_the_line:
        reason = next(iter(troubles.values()))
        return Outcome(trouble=gravest, reason=reason, wish=response.retry_after(clock.machine()))
    # What the carrier does not understand is about these numbers, not about us: the others are asked for all the same.
    said = troubles.pop("", "")
    return Outcome(answers=answers, troubles={number: said for number in numbers if said} | troubles)


def _no_token(line: Line, response: Response) -> Outcome:
    trouble = judged(response.status, ())
    if trouble in (None, Trouble.REQUEST) and response.status < 300:
        trouble = Trouble.BROKEN
    # OAuth answers 400 to credentials that it does not know.
    trouble = Trouble.REFUSED if trouble is Trouble.REQUEST else trouble
    return Outcome(
        trouble=trouble, reason=f"no access token: HTTP status {response.status}",
        wish=response.retry_after(clock.machine()),
    )  # fmt: skip


def _send(wire: httpx.Client, asking: Request) -> Response:
    try:
        return http.send(wire, asking.method, asking.url, asking.headers, asking.body)
    except Unreachable as error:
        raise Failed(Outcome(trouble=Trouble.BROKEN, reason=f"no answer ({error})")) from None


def _key(line: Line) -> str:
    told = "\0".join([str(line.id), line.host, *line.secrets.values()])
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

"""Asking the outside over HTTP: bounded in time and size, to the address given and no other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
WHOLE_SECONDS = 40.0  # a line that drips is broken as well
MOST_BYTES = 4_000_000


class Unreachable(Exception):
    """No whole answer came: the line broke, time ran out, or it was too long. The text names no header and no body.

    `left`: (a part of) the question may have left before, so that the other side may have acted on it.
    """

    def __init__(self, reason: str, *, left: bool = True) -> None:
        super().__init__(reason)
        self.left = left


class TooLong(Unreachable):
    """There is more of the answer than was asked for."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    body: bytes = field(repr=False)

    def retry_after(self, now: datetime) -> timedelta | None:
        """How long the other side wants to be left alone: seconds, or a date."""
        written = self.headers.get("retry-after", "").strip()
        if written.isascii() and written.isdigit():
            return timedelta(seconds=min(int(written), 7 * 86_400))
        try:
            until = parsedate_to_datetime(written)
        except ValueError:
            return None
        until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
        return max(until - now, timedelta(0))


class Doors(Enum):
    """Into which networks a question may go whose address others chose."""

    PUBLIC = "public"
    LOOPBACK_TOO = "loopback"  # tests and demonstrations


def public(doors: Doors) -> httpx.BaseTransport:
    """To be given to `client`: what leads elsewhere is Unreachable, and nothing is sent."""
    from aftercart.plumbing.public import Public

    return Public(loopback=doors is Doors.LOOPBACK_TOO)


def client(*, read_seconds: float = READ_SECONDS, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """One for many requests to one host: it keeps the line open. Redirects are answers like any other."""
    import httpx

    timeout = httpx.Timeout(read_seconds, connect=min(CONNECT_SECONDS, read_seconds))
    return httpx.Client(
        timeout=timeout, follow_redirects=False, headers={"user-agent": "aftercart"}, transport=transport
    )


def send(
    line: httpx.Client,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    most: int = MOST_BYTES,
    whole_seconds: float = WHOLE_SECONDS,
) -> Response:
    """The answer, whatever its status, of at most so many bytes. Raises Unreachable."""
    import httpx

    ends = time.monotonic() + whole_seconds
    try:
        with line.stream(method, url, headers=dict(headers), content=body or None) as answer:
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > most:
                    raise TooLong(f"the answer is longer than {most} bytes")
                if time.monotonic() > ends:
                    raise Unreachable(f"no whole answer within {whole_seconds:.0f} s")
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, names, bytes(content))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise Unreachable(_why(error), left=False) from None
    except (httpx.InvalidURL, ValueError) as error:
        raise Unreachable(type(error).__name__, left=False) from None
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__) from None


def _why(error: Exception) -> str:
    """By its kind, for its text may hold what was asked; but an address that may not be reached is said."""
    return str(error) if type(error).__name__ == "Private" else type(error).__name__

"""The endpoint for everything that is pushed to us: POST /in/<brand>/<kind>/<token>, answered once it is stored."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from aftercart.connectors.contract import ADDRESSED_TO, ASKED_WITH, BELIEVED, OURS, OWN_HEADERS
from aftercart.connectors.registry import FACT_SOURCES, MAIL_SOURCES, PACKING
from aftercart.intake import refusals
from aftercart.intake.admission import admit
from aftercart.intake.batch import Writer
from aftercart.intake.bodies import check_length, read
from aftercart.intake.connection import Connection, Unavailable
from aftercart.intake.refusals import Refused
from aftercart.intake.room import Full, Held, Room
from aftercart.intake.sources import Inlet, Inlets
from aftercart.plumbing import clock
from aftercart.plumbing.asgi import HungUp, Receive, Scope, Send, answer

log = logging.getLogger(__name__)

COMPLAIN_SECONDS = 10.0
# Bodies that are on their way in. Beyond it senders are asked to come again.
READING_REQUESTS = 4_000
READING_BYTES = 128_000_000
STORED = b'{"stored":true}'
KNOWN = b'{"stored":false}'


class Intake:
    """An ASGI application. Its lifespan opens and closes the database connection."""

    def __init__(
        self,
        parameters: Callable[[], Mapping[str, Any]],
        largest: int,
        public_url: str = "",
        *,
        largest_mail: int | None = None,
    ) -> None:
        self.connection = Connection(parameters)
        self.writer = Writer(self.connection)
        self._inlets = Inlets(self.connection)
        self._largest, self._largest_mail = largest, max(largest, largest_mail or 0)
        self._public_url = public_url.rstrip("/")
        self._room = Room(READING_REQUESTS, READING_BYTES)
        self._silent_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._live(receive, send)
        try:
            stored = await self._take_in(scope, receive)
            await answer(send, 200, STORED if stored else KNOWN)
        except Refused as refused:
            await answer(send, refused.status, refused.body, refused.headers)
        except (Unavailable, Full) as error:
            self._complain(str(error) or "too much is waiting")
            away = refusals.away()
            await answer(send, away.status, away.body, away.headers)
        except HungUp:
            return
        except Exception:
            log.exception("A delivery failed")
            failed = refusals.failed()
            await answer(send, failed.status, failed.body)

    async def _take_in(self, scope: Scope, receive: Receive) -> bool:
        inlet = await self._inlet(scope)
        if scope["method"] == "HEAD":
            return False  # some ask so, before they send anything, whether there is an inbox
        headers = self._headers(scope, inlet)
        largest = self._largest_mail if inlet.kind in MAIL_SOURCES else self._largest
        largest = largest * 7 // 5 if inlet.kind in PACKING else largest
        check_length(headers.get("content-length", ""), largest)
        with Held(self._room) as held:
            body = await read(receive, held, largest)
            arrival = admit(FACT_SOURCES[inlet.kind], inlet, body, headers, clock.machine())
            return await self.writer.store(arrival)

    def _headers(self, scope: Scope, inlet: Inlet) -> dict[str, str]:
        """Those of the sender, and what only we know. No sender's header of such a name gets past it."""
        told = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        asked = scope.get("query_string", b"").decode("latin-1")
        return {name: value for name, value in told if not name.startswith(OWN_HEADERS)} | {
            ADDRESSED_TO: f"{self._public_url}{scope['path']}" + (f"?{asked}" if asked else ""),
            ASKED_WITH: asked,
            **({OURS: inlet.ours} if inlet.ours else {}),
            **({BELIEVED: inlet.authserv_id} if inlet.authserv_id else {}),
        }

    async def _inlet(self, scope: Scope) -> Inlet:
        try:
            root, _, brand_slug, kind, token = scope["path"].split("/")
        except ValueError:
            raise refusals.unknown() from None
        if root or kind not in FACT_SOURCES:
            raise refusals.unknown()
        if scope["method"] not in ("POST", "HEAD"):
            raise refusals.not_a_post()
        inlet = await self._inlets.find(brand_slug, kind, token)
        if inlet is None:
            raise refusals.unknown()
        return inlet

    def _complain(self, reason: str) -> None:
        # An outage turns thousands away in a second: it is one event, not thousands.
        if time.monotonic() > self._silent_until:
            self._silent_until = time.monotonic() + COMPLAIN_SECONDS
            log.warning("Deliveries are turned away: %s", reason)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.connection.run("SELECT 1")
        except Unavailable as error:
            # Senders are told to come again until the database is there.
            log.warning("The intake starts without its database: %s", error)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.writer.finish()
        await self.connection.close()
        await send({"type": "lifespan.shutdown.complete"})

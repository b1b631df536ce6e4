"""Where mail servers hand over mail (LMTP, RFC 2033): each recipient has its own answer, once the mail is stored."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from typing import Any, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from aftercart.connectors import mail
from aftercart.connectors.contract import BELIEVED, DELIVERED_TO, OURS
from aftercart.intake.arrivals import arrival
from aftercart.intake.batch import Writer
from aftercart.intake.connection import Connection, Unavailable
from aftercart.intake.mailboxes.routes import Route, Routes
from aftercart.intake.mailboxes.rules import joined
from aftercart.intake.room import Full
from aftercart.plumbing import clock

log = logging.getLogger(__name__)

TAKEN = "250 2.0.0 Stored"
UNKNOWN = "550 5.1.1 Nobody has this address here"
AWAY = "451 4.3.0 It cannot be stored at the moment; hand it over again"
BUSY = "421 4.3.2 Too many are handing over mail at once; come again"
MOST_RECIPIENTS, TOO_MANY = 100, "452 4.5.3 Too many recipients; hand it over in parts"
# Each may hold a whole mail in memory while it comes in.
MOST_LINES = 10
SILENT_SECONDS = 120.0


class Listener(LMTP):
    """As aiosmtpd's, which answers a mail once, however many its recipients are."""

    # A mail without a line end for longer than SMTP allows is a mail all the same.
    line_length_limit = 1_000_000
    _open = 0
    _answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if Listener._open >= MOST_LINES:
            refused = cast(asyncio.WriteTransport, transport)
            refused.write(f"{BUSY}\r\n".encode())
            refused.close()
            return
        Listener._open += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            Listener._open -= 1
            super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        """After the end of a mail there is an answer for each recipient, also where it is the same for all."""
        lines = status if isinstance(status, str) else status.decode()
        if self._answers and "\r\n" not in lines:
            lines = "\r\n".join([lines] * self._answers)
        self._answers = len(self.envelope.rcpt_tos) if lines.startswith("354") and self.envelope else 0
        await super().push(lines)


class Handover:
    """What becomes of recipients and mails; the hooks are aiosmtpd's."""

    def __init__(self, connection: Connection) -> None:
        self._routes = Routes(connection)
        self._writer = Writer(connection)

    async def handle_RCPT(
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            if await self._routes.find(address) is None:
                return UNKNOWN
        except Unavailable:
            return AWAY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:
        """For several recipients of one brand it is stored once, with all of them."""
        content, recipients = cast(bytes, envelope.content), list(envelope.rcpt_tos)
        try:
            found = {one: await self._routes.find(one) for one in recipients}
        except Unavailable:
            return "\r\n".join([AWAY] * len(recipients))
        answers: dict[Route, str] = {}
        for route in {route for route in found.values() if route}:
            answers[route] = await self._store(route, [one for one in recipients if found[one] == route], content)
        told = {one: answers[route] if route else UNKNOWN for one, route in found.items()}
        return "\r\n".join(told[one] for one in recipients)

    async def _store(self, route: Route, recipients: list[str], content: bytes) -> str:
        headers = {OURS: route.ours, BELIEVED: route.authserv_id, DELIVERED_TO: joined(recipients)}
        told = arrival(
            route.brand_id, "mail", content, clock.machine(), topic=mail.topic(content, headers),
            key=mail.delivery_id(content, headers), headers=headers,
        )  # fmt: skip
        try:
            await self._writer.store(told)
        except (Unavailable, Full) as error:
            log.warning("A mail is turned away: %s", error or "too much is waiting")
            return AWAY
        return TAKEN

    async def finish(self) -> None:
        await self._writer.finish()


async def listen(
    parameters: Callable[[], Mapping[str, Any]], *, host: str, port: int, largest: int, stop: asyncio.Event
) -> None:
    """Until `stop`; what is being stored then is stored first."""
    connection = Connection(parameters)
    handover = Handover(connection)
    loop = asyncio.get_running_loop()

    def line() -> Listener:
        return Listener(
            handover, data_size_limit=largest, enable_SMTPUTF8=True, ident="Aftercart", timeout=SILENT_SECONDS,
            hostname="aftercart", loop=loop,
        )  # fmt: skip

    server = await loop.create_server(line, host, port)
    log.info("Mail is taken on %s:%d", host, port)
    try:
        await stop.wait()
    finally:
        server.close()
        await handover.finish()
        await connection.close()


def run(parameters: Callable[[], Mapping[str, Any]], *, host: str, port: int, largest: int) -> None:
    """Until SIGTERM or SIGINT."""

    async def until_told() -> None:
        stop = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stop.set)
        await listen(parameters, host=host, port=port, largest=largest, stop=stop)

    asyncio.run(until_told())

"""Everything on one port: deliveries and health by plain ASGI, pages by Django in threads."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.utils.crypto import salted_hmac

# First: it sets Django up, which the intake's imports need.
from aftercart.config.wsgi import application as pages  # isort: skip
from aftercart.chat.asgi import Chat
from aftercart.chat.listening import Listener
from aftercart.chat.live import Live
from aftercart.config.health import Health
from aftercart.intake.asgi import Intake
from aftercart.plumbing.asgi import Application, Receive, Scope, Send
from aftercart.plumbing.database import parameters as database


class Dispatcher:
    def __init__(self) -> None:
        self._intake = Intake(
            database, settings.INTAKE_MAX_BYTES, settings.PUBLIC_URL, largest_mail=settings.MAIL_MAX_BYTES
        )
        self._listener = Listener(database)
        key = salted_hmac("aftercart.chat", "tokens", algorithm="sha256").digest()
        self._chat = Chat(database, self._intake.writer, self._listener, key, settings.INTAKE_MAX_BYTES)
        self._live = Live(self._listener)
        self._health = Health(self._intake.connection)
        # Its types and Django's name the same callables differently.
        self._pages = cast("Application", WSGIMiddleware(cast("Any", pages), workers=settings.WEB_THREADS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._for(scope)(scope, receive, send)

    def _for(self, scope: Scope) -> Application:
        if scope["type"] == "lifespan":
            return self._lifespan
        if scope["type"] == "http" and scope["path"].startswith("/in/"):
            return self._intake
        if scope["type"] == "http" and scope["path"].startswith("/chat/"):
            return self._chat
        if scope["type"] == "http" and scope["path"].startswith("/live/"):
            return self._live
        if scope["type"] == "http" and scope["path"] == "/health":
            return self._health
        return self._page

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> Any:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _at_signal(self._end_streams)
            else:
                self._end_streams()
                await self._chat.close()
                await self._listener.close()
            return message

        await self._intake(scope, received, send)

    def _end_streams(self) -> None:
        self._live.end_streams()
        self._chat.end_streams()

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> Any:  # granian hands out futures; a2wsgi waits for coroutines only
            return await receive()

        await self._pages(scope, received, send)


def _at_signal(do: Callable[[], None]) -> None:
    """The server tells of its end only when all answers are complete, and a stream never is: so as it is told itself.

    The loop hears of signals by another way, so whatever the server does at them is still done.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return
    for signum in (signal.SIGTERM, signal.SIGINT):
        if callable(signal.getsignal(signum)):  # the server listens to it, by the loop
            signal.signal(signum, lambda *_: loop.call_soon_threadsafe(do))
            signal.siginterrupt(signum, False)


application = Dispatcher()

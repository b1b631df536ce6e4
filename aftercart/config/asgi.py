"""Everything on one port: deliveries and health by plain ASGI, pages by Django in threads."""

from __future__ import annotations

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings

# First: it sets Django up, which the intake's imports need.
from aftercart.config.wsgi import application as pages  # isort: skip
from aftercart.config.health import Health
from aftercart.intake.asgi import Application, Intake, Receive, Scope, Send
from aftercart.plumbing.database import parameters as database


class Dispatcher:
    def __init__(self) -> None:
        self._intake = Intake(
            database, settings.INTAKE_MAX_BYTES, settings.PUBLIC_URL, largest_mail=settings.MAIL_MAX_BYTES
        )
        self._health = Health(self._intake.connection)
        # Its types and Django's name the same callables differently.
        self._pages = cast("Application", WSGIMiddleware(cast("Any", pages), workers=settings.WEB_THREADS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._for(scope)(scope, receive, send)

    def _for(self, scope: Scope) -> Application:
        if scope["type"] == "lifespan":
            return self._intake
        if scope["type"] == "http" and scope["path"].startswith("/in/"):
            return self._intake
        if scope["type"] == "http" and scope["path"] == "/health":
            return self._health
        return self._page

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> Any:  # granian hands out futures; a2wsgi waits for coroutines only
            return await receive()

        await self._pages(scope, received, send)


application = Dispatcher()

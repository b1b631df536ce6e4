"""GET /live/<brand>/desk: which tickets of a brand have changed, for its staff's own pages.

`data: {"ticket": id, "at": time}`: read it anew. `data: {"at": time}`: something may have been missed, so read anew
whatever is shown; it comes first of all, as after every interruption. `data: {"writing": conversation}`: its customer
writes just now.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from aftercart.brands.models import Brand, Member
from aftercart.chat import streams
from aftercart.chat.listening import Ear, Listener
from aftercart.intake.refusals import Refused
from aftercart.plumbing import clock
from aftercart.plumbing.asgi import Receive, Scope, Send, answer

log = logging.getLogger(__name__)


class Live:
    """An ASGI application."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._streams = streams.Room()

    def end_streams(self) -> None:
        self._streams.closing.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            brand_id, user = await self._who(scope)
            with self._streams.take(brand_id, user), self._listener.listen((brand_id, "")) as ear:
                await self._follow(streams.Stream(receive, send, self._streams.closing), ear)
        except Refused as refused:
            await answer(send, refused.status, refused.body, {"cache-control": "no-store", **refused.headers})
        except Exception:
            log.exception("Live updates failed")
            failed = Refused(500, "internal", "", "Live updates failed; ask again.")
            await answer(send, failed.status, failed.body)

    async def _follow(self, stream: streams.Stream, ear: Ear) -> None:
        try:
            await stream.open({"cache-control": "no-store"})
            await stream.tell({"at": clock.machine()})
            while True:
                if not await stream.wait(ear):
                    await stream.beat()
                tickets, missed = ear.empty()
                if missed:
                    await stream.tell({"at": clock.machine()})
                for ticket in sorted(tickets):
                    await stream.tell({"ticket": ticket, "at": clock.machine()})
                for thread in ear.signs():
                    await stream.tell({"writing": thread})
        except streams.Gone:
            pass
        finally:
            await stream.close()

    async def _who(self, scope: Scope) -> tuple[UUID, str]:
        """The brand, and who of its staff asks. A session is looked at once for each connection, which ends in time."""
        slug = scope["path"].removeprefix("/live/").removesuffix("/desk")
        if scope["path"] != f"/live/{slug}/desk" or scope["method"] != "GET":
            raise Refused(404, "not_found", "address", "There is nothing live here.")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        found = await sync_to_async(_member, thread_sensitive=False)(slug, key)
        if found is None:
            raise Refused(403, "permission", "session", "Live updates are for the staff of this brand.")
        return found


def _member(slug: str, session_key: str) -> tuple[UUID, str] | None:
    request: Any = HttpRequest()
    try:
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
        user = get_user(request) if session_key else None
        if user is None or not user.is_authenticated or not user.is_active:
            return None
        brands = Brand.objects.filter(slug=slug)
        if not user.is_superuser:
            brands = brands.filter(id__in=Member.objects.filter(user=user).values("brand_id"))
        found = brands.values_list("id", flat=True).first()
        return (found, str(user.pk)) if found else None
    finally:
        close_old_connections()

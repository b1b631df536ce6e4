"""Sending as the outside does: signed, over HTTP, and again until it is taken."""

from __future__ import annotations

import logging
import threading

import httpx

from aftercart.brands.models import Brand, Source
from aftercart.plumbing import clock
from aftercart.rehearsal.rendering import Sent
from aftercart.rehearsal.rendering.sending import signed

logger = logging.getLogger("aftercart.living")

FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0


class Poster:
    def __init__(self, brand: Brand, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=10.0, trust_env=False)
        self._brand = brand
        self._sources = {source.kind: source for source in Source.objects.filter(brand=brand, enabled=True)}

    def close(self) -> None:
        self._client.close()

    def post(self, sent: Sent, stop: threading.Event) -> bool:
        """True once it is stored; False if we were told to stop before. A refusal is said and not repeated."""
        wait = FIRST_WAIT
        while not stop.is_set():
            status = self._try(sent)
            if status is not None and status < 500:
                if status >= 400:
                    logger.error("living: a %s delivery was refused with %d", sent.kind, status)
                return True
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        return False

    def _try(self, sent: Sent) -> int | None:
        """The answer's status; None where there was no answer."""
        source = self._sources[sent.kind]
        headers = signed(sent, source.secrets[0], at=clock.machine())
        path = f"/in/{self._brand.slug}/{sent.kind}/{source.token}"
        try:
            return self._client.post(path, content=sent.body, headers=headers).status_code
        except httpx.TransportError:
            return None

"""Getting what a provider keeps: from its own address, or the one that the setting `address` puts in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftercart.connectors.asking import Request
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.posting import address
from aftercart.connectors.reading import document, mapping


@dataclass(slots=True, kw_only=True)
class Keeper:
    """A Fetcher. `usual`: where the API is; NEEDED: the name of its key; `shows`: the headers that prove us there;
    `names`: where an answer of it says that the mail is, if it does not hold it.
    """

    usual: str
    NEEDED: tuple[str, ...]
    shows: Callable[[str], Mapping[str, str]]
    names: Callable[[Mapping[str, Any]], object] | None = None
    OPTIONAL: tuple[str, ...] = ("address",)
    ALWAYS: bool = True

    def check(self, known: Mapping[str, str]) -> None:
        address(known, self.usual)

    def request(self, url: str, known: Mapping[str, str], *, at: datetime, loopback: bool = False) -> Request | None:
        if not url.startswith(self.usual + "/"):
            return None
        there = address(known, self.usual) + url.removeprefix(self.usual)
        return Request(url=there, headers=dict(self.shows(known[self.NEEDED[0]])))

    def leads_to(self, body: bytes) -> str:
        if self.names is None:
            return ""
        found = self.names(mapping(document(body)))
        if not isinstance(found, str) or not found:
            raise PayloadError("answer", "does not say where the mail is")
        return found

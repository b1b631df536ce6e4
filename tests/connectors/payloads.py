"""Our own payloads, and how to read them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from aftercart.connectors.contract import Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Unread

HERE = Path(__file__).parent
FOLDERS = {"17track": "seventeentrack"}
# What only a header can say.
HEADERS = {"order_deleted": {"x-shopify-topic": "orders/delete"}}
T = TypeVar("T")


def body(source: str, name: str) -> bytes:
    folder = HERE / FOLDERS.get(source, source)
    (path,) = folder.glob(f"{name}.*")
    return path.read_bytes()


def every_body() -> list[tuple[str, str]]:
    """(source, name) of each fixture."""
    folders = {FOLDERS.get(source, source): source for source in FACT_SOURCES}
    return sorted(
        (folders[path.parent.name], path.stem)
        for end in ("json", "xml", "form", "eml")
        for path in HERE.glob(f"*/*.{end}")
    )


def read(source: str, name: str, **headers: str) -> list[Read]:
    """Header names are written with _ for -."""
    given = HEADERS.get(name, {}) | {key.replace("_", "-"): value for key, value in headers.items()}
    return FACT_SOURCES[source].parse(body(source, name), given)


def only(kind: type[T], reads: list[Read]) -> list[T]:
    return [one for one in reads if isinstance(one, kind)]


def unread(reads: list[Read]) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in only(Unread, reads)]

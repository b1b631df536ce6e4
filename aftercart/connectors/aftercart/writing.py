"""Facts as our own JSON: what `parse` reads back as the same facts."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

import msgspec

from aftercart.connectors.aftercart.kinds import KINDS, NAMES, ROWS
from aftercart.facts import Fact, File


def as_json(fact: Fact, *, brief: bool = False) -> dict[str, Any]:
    """Every field by its name in facts.py (but payment_kind), rows with named columns; brief: not what is default."""
    kind = type(fact)
    written: dict[str, Any] = {"kind": KINDS[kind]}
    for name, value in _told(fact, brief=brief):
        row = ROWS.get((kind, name))
        if row is not None:
            value = [dict(zip(row.__struct_fields__, entry, strict=True)) for entry in value]
        written[NAMES[kind][name]] = _plain(value, brief=brief)
    return written


def encode(facts: Iterable[Fact]) -> bytes:
    """The body {"facts": […]}, brief."""
    return msgspec.json.encode({"facts": [as_json(fact, brief=True) for fact in facts]})


def _told(thing: Any, *, brief: bool) -> Iterator[tuple[str, Any]]:
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(thing, File) and field.name == "type":
            continue  # read from the bytes, not told
        if not brief or value != _default(field):
            yield field.name, value


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any, *, brief: bool) -> Any:
    if is_dataclass(value):
        return {name: _plain(entry, brief=brief) for name, entry in _told(value, brief=brief)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple | list):
        return [_plain(entry, brief=brief) for entry in value]
    return value

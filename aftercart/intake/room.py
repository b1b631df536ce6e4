from __future__ import annotations

from types import TracebackType


class Full(Exception):
    """More is held already than may be."""


class Room:
    """How many things, and bytes of them, may be held at once."""

    __slots__ = ("_bytes", "_things")

    def __init__(self, things: int, size: int) -> None:
        self._things, self._bytes = things, size

    def take(self, things: int, size: int) -> None:
        if self._things < things or self._bytes < size:
            raise Full
        self._things -= things
        self._bytes -= size

    def give(self, things: int, size: int) -> None:
        self._things += things
        self._bytes += size


class Held:
    """The room of one thing whose size is not yet known; given back at the end of the `with`."""

    __slots__ = ("_room", "_size")

    def __init__(self, room: Room) -> None:
        self._room, self._size = room, 0

    def __enter__(self) -> Held:
        self._room.take(1, 0)
        return self

    def grow(self, size: int) -> None:
        self._room.take(0, size)
        self._size += size

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._room.give(1, self._size)

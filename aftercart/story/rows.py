"""Statements over many rows, and lists that are paged by their last row instead of by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection

T = TypeVar("T")
PAGE = 50


def fetch(make: Callable[..., T], statement: str, values: Mapping[str, Any]) -> list[T]:
    """Each row of the statement, made into what `make` builds from its columns in order."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [make(*row) for row in cursor.fetchall()]


def stream(make: Callable[..., T], statement: str, values: Mapping[str, Any]) -> Iterator[T]:
    """As `fetch`, some hundreds of rows at a time."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while batch := cursor.fetchmany(500):
            yield from (make(*row) for row in batch)


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One page of a list. `older` is where the next one begins; None on the last."""

    rows: list[T]
    older: UUID | None


def paged(rows: list[T], identity: Callable[[T], UUID], size: int = PAGE) -> Listed[T]:
    """A page out of `size + 1` rows that were asked for."""
    kept = rows[:size]
    return Listed(kept, identity(kept[-1]) if len(rows) > size else None)

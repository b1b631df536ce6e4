from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from aftercart.ops.rules import neutral

LIMIT = 100_000


class _Line:
    """What csv.writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A file for spreadsheets, line by line; no cell of it can be taken for a formula."""

    def lines() -> Iterator[Any]:
        writer = csv.writer(_Line())
        # The mark by which Excel knows UTF-8.
        yield "\ufeff"
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([neutral(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response

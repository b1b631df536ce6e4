"""A file of texts that somebody has labelled: columns text and label, and lang where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aftercart.cli.importing.files import FileError, open_records
from aftercart.understanding.examples import Example

NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("message", "body", "content"),
    "label": ("category", "intent", "tag"),
    "lang": ("language", "locale"),
}
NEEDED = ("text", "label")
LONGEST_LABEL = 60


class UnreadableFile(ValueError):
    """The file as a whole cannot be used, and why."""


@dataclass(slots=True)
class Labelled:
    """The texts, and the rows that were left out with their line and reason."""

    examples: list[Example] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def read(path: Path, *, names: Mapping[str, str]) -> Labelled:
    """`names` maps the file's columns to ours; columns that it does not name are found by their usual names."""
    found = Labelled()
    with ExitStack() as files:
        try:
            opened = open_records(path, files)
            theirs = _theirs(opened.columns, names) if opened.columns is not None else None
            for record in opened.records:
                columns = theirs if theirs is not None else _theirs(list(record.cells), names)
                try:
                    if record.slip:
                        raise ValueError(record.slip)
                    found.examples.append(_example({ours: record.cells.get(name) for ours, name in columns.items()}))
                except ValueError as error:
                    found.refused.append((record.line, str(error)))
        except FileError as error:
            raise UnreadableFile(str(error)) from error
    return found


def _theirs(found: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """Our name of each column → the file's."""
    told = {ours: name for name, ours in names.items()}
    theirs = {}
    for ours, others in NAMES.items():
        wanted = [told[ours]] if ours in told else [ours, *others]
        name = next((name for name in wanted if name in found), None)
        if name is not None:
            theirs[ours] = name
        elif ours in NEEDED or ours in told:
            raise UnreadableFile(f"{ours}: the file has no column {wanted[0]!r}; it has {', '.join(sorted(found))}")
    return theirs


def _example(cells: Mapping[str, Any]) -> Example:
    text, label = _told(cells["text"]), _told(cells["label"])
    if not text:
        raise ValueError("text: missing")
    if not label:
        raise ValueError("label: missing")
    if len(label) > LONGEST_LABEL:
        raise ValueError(f"label: {label[:20]!r}… has more than {LONGEST_LABEL} letters")
    return Example(text, label, _told(cells.get("lang"))[:2].lower())


def _told(value: object) -> str:
    return "" if value is None else str(value).strip()

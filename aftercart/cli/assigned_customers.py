"""A file of customers who were held out or notified, with their affected orders and contacts, as two tallies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aftercart.cli.importing.files import FileError, open_records

NAMES: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer_id", "id"),
    "held_out": ("holdout", "held", "is_held_out"),
    "affected_orders": ("orders", "affected"),
    "contacts": ("contact_count", "tickets"),
}
WORDS = {
    "true": True, "t": True, "yes": True, "y": True, "1": True, "1.0": True,
    "false": False, "f": False, "no": False, "n": False, "0": False, "0.0": False,
}  # fmt: skip
LARGEST = 1_000_000  # affected orders or contacts of one customer


class UnreadableFile(ValueError):
    """The file as a whole cannot be used, and why."""


@dataclass(slots=True)
class Customers:
    """The arms as `experiments.estimate` reads them, and the rows that were left out with their reasons.

    A customer may have several rows (one a month, say): they are added up.
    """

    held_out: Counter[tuple[int, int]]
    notified: Counter[tuple[int, int]]
    refused: list[tuple[int, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return self.held_out.total() + self.notified.total()


@dataclass(slots=True)
class _Customer:
    held_out: bool
    line: int
    orders: int = 0
    contacts: int = 0


def read(path: Path, *, names: Mapping[str, str], on_part: Callable[[int, int], None] | None = None) -> Customers:
    """`names` maps the file's columns to ours. UnreadableFile also where one customer is in both arms."""
    known: dict[str, _Customer] = {}
    refused: list[tuple[int, str]] = []
    with ExitStack() as files:
        try:
            opened = open_records(path, files)
            theirs = _theirs(opened.columns, names) if opened.columns is not None else None
            for n, record in enumerate(opened.records):
                try:
                    if record.slip:
                        raise ValueError(record.slip)
                    theirs = theirs or _theirs(list(record.cells), names)
                    _add(known, record.line, {ours: record.cells.get(name) for ours, name in theirs.items()})
                except UnreadableFile:
                    raise
                except ValueError as error:
                    refused.append((record.line, str(error)))
                if on_part and n % 2000 == 0:
                    on_part(opened.position(), opened.total)
        except FileError as error:
            raise UnreadableFile(str(error).removeprefix(f"{path.name} ")) from error
    arms = {
        held: Counter((c.orders, c.contacts) for c in known.values() if c.held_out is held) for held in (True, False)
    }
    return Customers(arms[True], arms[False], refused)


def _theirs(found: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """Our name of each column → the file's."""
    told = {ours: name for name, ours in names.items()}
    theirs = {}
    for ours, others in NAMES.items():
        wanted = [told[ours]] if ours in told else [ours, *others]
        name = next((name for name in wanted if name in found), None)
        if name is None:
            raise UnreadableFile(f"{ours}: the file has no column {wanted[0]!r}; it has {_told(found)}")
        if (often := found.count(name)) > 1:
            raise UnreadableFile(f"{ours}: the file has {often} columns {name!r}, and which is meant is unknown")
        theirs[ours] = name
    return theirs


def _told(found: list[str]) -> str:
    """The names of its columns on one line, whatever they hold."""
    names = ", ".join(sorted(found))
    return "".join(sign if sign.isprintable() else "?" for sign in names[:200]) + ("…" if len(names) > 200 else "")


def _add(known: dict[str, _Customer], line: int, cells: Mapping[str, Any]) -> None:
    name = "" if cells["customer"] is None else str(cells["customer"]).strip()
    if not name:
        raise ValueError("customer: missing")
    held = _held(cells["held_out"])
    orders, contacts = _count(cells, "affected_orders"), _count(cells, "contacts")
    if contacts and not orders:
        raise ValueError(f"contacts: {contacts} without an affected order")
    one = known.setdefault(name, _Customer(held, line))
    if one.held_out is not held:
        here, there = ("held out", "notified") if held else ("notified", "held out")
        raise UnreadableFile(
            f"held_out: customer {name!r} is {here} on line {line} and {there} on line {one.line};"
            " whoever is in both arms can be compared with nobody"
        )
    one.orders += orders
    one.contacts += contacts


def _held(value: object) -> bool:
    told = "" if value is None else str(value).strip().casefold()
    if told not in WORDS:
        raise ValueError(f"held_out: {told[:40]!r} is none of true, false, 1, 0" if told else "held_out: missing")
    return WORDS[told]


def _count(cells: Mapping[str, Any], name: str) -> int:
    value = cells[name]
    told = "" if value is None else str(value).strip()
    if not told:
        raise ValueError(f"{name}: missing")
    try:
        count = float(told)
    except ValueError:
        count = -1.0
    if not 0 <= count <= LARGEST or count != int(count):
        raise ValueError(f"{name}: {told[:40]!r} is not a whole number from 0 to {LARGEST:,}")
    return int(count)

"""From records to stored deliveries, some two hundred records each, the same for the same file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

from aftercart import pipeline
from aftercart.cli.importing.cells import CellError, Reading, Row
from aftercart.cli.importing.columns import Naming, naming
from aftercart.cli.importing.files import Record
from aftercart.cli.importing.kinds import READERS, TOGETHER
from aftercart.connectors.aftercart import as_json, parse
from aftercart.connectors.contract import PayloadError
from aftercart.intake.models import Delivery
from aftercart.intake.services import arrival, store
from aftercart.plumbing import clock

SOURCE = "aftercart"
RECORDS_A_DELIVERY = 200
BYTES_A_DELIVERY = 1_000_000
DELIVERIES_A_COMMIT = 10
DELIVERIES_A_STEP = 10  # each holds some hundreds of facts
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Rejected:
    line: int
    field: str
    reason: str
    record: dict[str, Any]


@dataclass(slots=True)
class Summary:
    """What became of a file. `new` and `known` count deliveries; known ones were stored by an earlier run."""

    records: int = 0
    good: int = 0
    facts: int = 0
    new: int = 0
    known: int = 0
    quarantined: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.records - self.good


@dataclass(slots=True)
class Group:
    """Records about one thing."""

    key: str
    records: list[Record]
    cells: list[dict[str, Any]]


class Loader:
    def __init__(self, kind: str, told: dict[str, str], reading: Reading, brand_id: UUID) -> None:
        self.kind, self.told, self.reading, self.brand_id = kind, told, reading, brand_id
        self.summary = Summary()
        self._names: dict[tuple[str, ...], Naming] = {}
        self._seen: set[bytes] = set()

    def load(self, records: Iterator[Record], stepped: Callable[[], None]) -> None:
        waiting: list[bytes] = []
        for body in self._bodies(records):
            waiting.append(body)
            if len(waiting) == DELIVERIES_A_COMMIT:
                self._store(waiting)
                waiting = []
            stepped()
        self._store(waiting)

    def _bodies(self, records: Iterator[Record]) -> Iterator[bytes]:
        facts: list[bytes] = []
        taken = size = 0
        for group in self._groups(records):
            encoded = self._read(group)
            facts += encoded
            taken += len(group.records)
            size += sum(map(len, encoded))
            if taken >= RECORDS_A_DELIVERY or size >= BYTES_A_DELIVERY:
                yield _body(facts)
                facts, taken, size = [], 0, 0
        if facts:
            yield _body(facts)

    def _groups(self, records: Iterator[Record]) -> Iterator[Group]:
        """Records that follow one another and name the same thing, together."""
        group: Group | None = None
        for record in records:
            self.summary.records += 1
            if record.slip:
                self._reject([record], "record", record.slip)
                continue
            cells = self._renamed(record.cells)
            key = self._key(cells, group)
            if group and key and key == group.key:
                group.records.append(record)
                group.cells.append(cells)
                continue
            if group:
                yield group
            group = Group(key, [record], [cells])
        if group:
            yield group

    def _renamed(self, cells: dict[str, Any]) -> dict[str, Any]:
        columns = tuple(cells)
        if columns not in self._names:
            self._names[columns] = naming(self.kind, columns, self.told)
        return self._names[columns].rename(cells)

    def _key(self, cells: dict[str, Any], before: Group | None) -> str:
        row = Row(cells, self.reading)
        words = [row.text(name) for name in TOGETHER.get(self.kind, ())]
        if before and len(words) > 1 and not words[0] and words[1]:
            # Shops write the order's id on its first record only, its number on all.
            first = Row(before.cells[0], self.reading)
            if first.text(TOGETHER[self.kind][1]) == words[1]:
                return before.key
        return next(filter(None, words), "")

    def _read(self, group: Group) -> list[bytes]:
        try:
            self._only_once(group)
            facts = READERS[self.kind]([Row(cells, self.reading) for cells in group.cells])
            encoded = [msgspec.json.encode(as_json(fact, brief=True)) for fact in facts]
            for one in encoded:
                parse(one, {})
        except (CellError, PayloadError) as error:
            self._reject(group.records, error.field, error.reason)
            return []
        self.summary.good += len(group.records)
        self.summary.facts += len(encoded)
        return encoded

    def _only_once(self, group: Group) -> None:
        if self.kind not in TOGETHER or not group.key:
            return
        digest = hashlib.blake2b(group.key.encode("utf-8", "replace"), digest_size=12).digest()
        if digest in self._seen:
            name = TOGETHER[self.kind][0]
            raise CellError(name, f"{group.key!r} was there before: its records must follow one another")
        self._seen.add(digest)

    def _reject(self, records: Sequence[Record], name: str, reason: str) -> None:
        self.summary.rejected += [Rejected(record.line, name, reason, record.cells) for record in records]

    def _store(self, bodies: Sequence[bytes]) -> None:
        at, topic = clock.machine(), f"import/{self.kind}"
        with transaction.atomic():
            kept = store([arrival(self.brand_id, SOURCE, body, at, topic=topic) for body in bodies])
        new = sum(one is not None for one in kept)
        self.summary.new += new
        self.summary.known += len(kept) - new


def _body(facts: Sequence[bytes]) -> bytes:
    return b'{"facts":[' + b",".join(facts) + b"]}"


def waiting(brand_id: UUID) -> int:
    return Delivery.objects.filter(brand_id=brand_id, state=Delivery.WAITING).count()


def apply(brand_id: UUID, since: datetime, stepped: Callable[[int], None]) -> int:
    """Take what waits through the pipeline until nothing is left. How many went to quarantine."""
    while taken := _step():
        stepped(taken)
    pipeline.settle()
    stored = Delivery.objects.filter(brand_id=brand_id, received_at__gte=since, topic__startswith="import/")
    return stored.filter(state=Delivery.QUARANTINED).count()


def _step() -> int:
    for _ in range(PATIENCE):
        try:
            return pipeline.drain(limit=DELIVERIES_A_STEP).taken
        except OperationalError as error:
            # A running worker wanted the same rows in another order, and PostgreSQL let it go first.
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return pipeline.drain(limit=DELIVERIES_A_STEP).taken

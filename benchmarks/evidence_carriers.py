"""What we read in answers of carriers that others recorded, beside what another project read in them.

Of that project count, order, codes, descriptions, local times and places are believed; not its instants, which take
local time for UTC, nor its states. Whether our instants are right is worked out here from the raw text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import ParcelScanned, State, Unread, ZoneSource

# The names that they are recorded under, where they are not ours.
SOURCES = {"dhl_express": "dhl", "dhl_universal": "dhl"}
# Moments that the raw text writes with an offset, Z, or in GMT.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
# What is no state of a parcel by its own word: a filed signature, a date that FedEx believes.
_TELLS_NOTHING = frozenset(["signature", "estimate"])


@dataclass(frozen=True, slots=True)
class Recorded:
    name: str
    source: str
    body: bytes
    expected: list[dict[str, str]]


def recorded(data: Path) -> Iterator[Recorded]:
    """Each answer with the events that the other project read in it; second parts of an answer are left out."""
    for path in sorted((data / "payloads/carriers").glob("*.raw.*")):
        name, _, part = path.name.partition(".raw.")[0].rpartition("__")
        name = name if part in ("0", "1") else path.name.partition(".raw.")[0]
        if part == "1":
            continue
        told = msgspec.json.decode((path.parent / f"{name}.expected.json").read_bytes())
        carrier = name.partition("__")[0]
        events = [event for one in told["tracking"] for event in one["events"]]
        yield Recorded(name, SOURCES.get(carrier, carrier), path.read_bytes(), events)


def run(data: Path) -> dict[str, Any]:
    """Shares over all events; `differences` lists each event that we read otherwise; `errors` what is no tracking."""
    counts = dict.fromkeys(("events", "read", "codes", "descriptions", "local_times", "places", "states", "zones"), 0)
    explicit = instants = 0
    differences: list[dict[str, str]] = []
    errors: list[dict[str, str]] = []
    for one in recorded(data):
        scans, said = _read(one)
        counts["events"] += len(one.expected)
        counts["read"] += len(scans) if len(scans) == len(one.expected) else 0
        for expected, scan in zip(one.expected, scans, strict=False):
            same = _same(expected, scan)
            for name, holds in same.items():
                counts[name] += holds
            missed = [name for name, holds in same.items() if not holds]
            if missed:
                differences.append({"payload": one.name, "code": expected["code"], "in": ", ".join(missed)})
        written = {datetime.fromisoformat(text).astimezone(UTC) for text in _INSTANT.findall(one.body.decode())}
        clear = [scan for scan in scans if scan.at.zone is ZoneSource.EXPLICIT and written]
        explicit += len(clear)
        instants += sum(scan.at.instant in written for scan in clear)
        if not one.expected:
            errors.append({"payload": one.name, "said": said})
    return {
        "counts": counts,
        "shares": {name: round(count / counts["events"], 4) for name, count in counts.items()},
        "instants_written": explicit,
        "instants_right": instants,
        "differences": differences,
        "errors": errors,
    }


def _read(one: Recorded) -> tuple[list[ParcelScanned], str]:
    try:
        reads = FACT_SOURCES[one.source].parse(one.body, {})
    except PayloadError as error:
        return [], str(error)
    scans = [read for read in reads if isinstance(read, ParcelScanned)]
    said = [read.what for read in reads if isinstance(read, Unread)]
    unknown = [f"{scan.number}: {scan.description}" for scan in scans if scan.state is State.NOT_FOUND]
    return [scan for scan in scans if scan.state is not State.NOT_FOUND], "; ".join(said + unknown)


def _same(expected: dict[str, str], scan: ParcelScanned) -> dict[str, bool]:
    description = " ".join(expected.get("description", "").split())
    local = f"{scan.at.local:%Y-%m-%d %H:%M}"
    return {
        "codes": scan.code == expected["code"],
        # Who signed, and weights, stand behind the sentence: we keep neither.
        "descriptions": description.startswith(scan.description),
        "local_times": local == f"{expected['date']} {expected['time'][:5]}",
        "places": scan.place.city.casefold() in expected.get("location", "").casefold(),
        "states": scan.state is not None or scan.reason in _TELLS_NOTHING,
        "zones": scan.at.zone is not ZoneSource.ASSUMED,
    }

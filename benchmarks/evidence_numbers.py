"""Recorded examples of tracking numbers, of eighteen carriers: how many we recognise, and how many wrongly."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from aftercart.orders.numbers import candidates, recognised
from aftercart.orders.rules import number

FOLDER = "contacts/tracking_numbers/couriers"
# The file's carrier in our words, where they differ. Of DHL any of its brands; of the postal union whichever post.
OURS = {
    "canadapost": "canada_post",
    "landmark": "landmark_global",
    "ontrac": "lasership",
    "speedee": "spee_dee",
    "s10": "",
}
FREIGHT = frozenset({"old_dominion"})  # pallets, not parcels


def run(data: Path) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    formats: dict[str, dict[str, int]] = {}
    for file in sorted((data / FOLDER).glob("*.json")):
        carrier = OURS.get(file.stem, file.stem)
        for shape in json.loads(file.read_text("utf-8"))["tracking_numbers"]:
            found = _of(carrier, shape["test_numbers"])
            formats[shape["name"]] = dict(found)
            counted += found
            if file.stem not in FREIGHT:
                counted["parcel_numbers"] += found["valid"]
    return dict(counted) | {"formats": formats}


def _of(carrier: str, examples: dict[str, list[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for told in examples["valid"]:
        said = recognised(number(told))
        found["valid"] += 1
        found["recognised"] += _is(carrier, said)
        found["mistaken"] += bool(said) and not _is(carrier, said)
        found["among_candidates"] += any(_is(carrier, one.carrier) for one in candidates(number(told)))
    for told in examples.get("invalid", []):
        found["invalid"] += 1
        found["invalid_taken"] += any(_is(carrier, one.carrier) for one in candidates(number(told)))
    return found


def _is(carrier: str, said: str) -> bool:
    return said.startswith(carrier) if carrier in ("", "dhl") and said else said == carrier

"""What we read in payloads that others recorded: facts per source and kind, and what is refused, with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from aftercart.connectors.aftercart import as_json
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Fact, Unread
from benchmarks.schema_instances import barest

# What must yield a fact: the kinds that Aftercart says it reads.
KNOWN = ("orders", "fulfillments", "fulfillment_events", "refunds", "returns", "reverse_deliveries",
         "reverse_fulfillment_orders", "trackers")  # fmt: skip
_FIXTURES = {"order": "orders", "orders": "orders", "fulfillment": "fulfillments", "refund": "refunds",
             "fulfillment_event": "fulfillment_events", "refund_calculate": "refunds"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payload:
    name: str
    source: str
    kind: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def payloads(data: Path) -> Iterator[Payload]:
    """Every recorded body below `data`/payloads that a connector of ours could be sent."""
    root = data / "payloads"
    for path in sorted((root / "shopify/hookdeck").glob("*/*.json")):
        capture = msgspec.json.decode(path.read_bytes())
        kind = str(capture["topic"]).partition("/")[0]
        body = msgspec.json.encode(capture["body"])
        yield Payload(str(path.relative_to(root)), "shopify", kind, body, capture["headers"])
    for path in sorted((root / "shopify/shopify_python_api").glob("*.json")):
        kind = _FIXTURES.get(path.stem, path.stem)
        yield Payload(str(path.relative_to(root)), "shopify", kind, path.read_bytes())
    yield from _schema_payloads(root)
    for folder, source in (("easypost", "easypost"), ("aftership", "aftership"), ("shippo", "shippo")):
        for path in sorted((root / folder).rglob("*.json")):
            yield Payload(str(path.relative_to(root)), source, _tracker_kind(path), path.read_bytes())
    for path in sorted((root / "17track").glob("*.json")):
        yield Payload(str(path.relative_to(root)), "17track", "trackers", path.read_bytes())


def _schema_payloads(root: Path) -> Iterator[Payload]:
    """Shopify's schemas describe bodies; their barest instances are the hardest to read."""
    for path in sorted((root / "shopify").glob("gadget_jsonschema_*/*.json")):
        schema = msgspec.json.decode(path.read_bytes())
        kind, _, action = path.stem.partition("__")
        headers = {"x-shopify-topic": f"{kind}/{action}", "x-shopify-triggered-at": "2026-03-02T09:15:20Z"}
        for nulls in (False, True):
            name = f"{path.relative_to(root)} ({'nulls' if nulls else 'filled'})"
            yield Payload(name, "shopify", kind, msgspec.json.encode(barest(schema, nulls=nulls)), headers)


def _tracker_kind(path: Path) -> str:
    about = path.stem.lower()
    if "return" in about:
        return "returns"
    others = ("courier", "notification", "estimateddelivery", "client-library", "example-snippet")
    return "other" if about.startswith(others) else "trackers"


def run(data: Path) -> dict[str, Any]:
    """Counts per source and kind; `refused` lists each body of a known kind that gave no fact, `others` the rest."""
    bodies: Counter[str] = Counter()
    facts: dict[str, Counter[str]] = {}
    refused: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    for payload in payloads(data):
        group = f"{payload.source} {payload.kind}"
        bodies[group] += 1
        found, reason = _read(payload)
        counts = facts.setdefault(group, Counter())
        counts.update(as_json(fact)["kind"] for fact in found)
        if not found:
            entry = {"payload": payload.name, "source": payload.source, "kind": payload.kind, "reason": reason}
            (refused if payload.kind in KNOWN else others).append(entry)
    return {
        "bodies": dict(sorted(bodies.items())),
        "facts": {group: dict(sorted(counts.items())) for group, counts in sorted(facts.items()) if counts},
        "known_bodies": sum(count for group, count in bodies.items() if group.partition(" ")[2] in KNOWN),
        "refused": refused,
        "others_without_facts": others,
        "easypost_official_signature": _official_signature(data),
    }


def _read(payload: Payload) -> tuple[list[Fact], str]:
    try:
        reads: list[Read] = FACT_SOURCES[payload.source].parse(payload.body, payload.headers)
    except PayloadError as error:
        return [], str(error)
    said = "; ".join(f"{read.where}: {read.what}" for read in reads if isinstance(read, Unread))
    return [read for read in reads if isinstance(read, Fact)], said


def _official_signature(data: Path) -> bool:
    """EasyPost's published vector: its secret is not in NFKD form, the signature is made of that form."""
    folder = data / "payloads/easypost/fixtures"
    published = msgspec.json.decode((folder / "client-library-fixtures.json").read_bytes())["webhooks"]
    body = (folder / "event-body.json").read_bytes().rstrip(b"\n")
    headers = {"x-hmac-signature": published["hmac_signature"]}
    return FACT_SOURCES["easypost"].is_authentic(body, headers, published["secret"])

"""The tables of docs/reference/tracking-states.md. `python -m tests.connectors.state_tables` writes them anew."""

from __future__ import annotations

from pathlib import Path

from aftercart.connectors.aftership import words as aftership
from aftercart.connectors.canadapost import words as canadapost
from aftercart.connectors.dhl import words as dhl
from aftercart.connectors.easypost import words as easypost
from aftercart.connectors.fedex import words as fedex
from aftercart.connectors.royalmail import words as royalmail
from aftercart.connectors.scans import Meaning
from aftercart.connectors.seventeentrack import words as seventeentrack
from aftercart.connectors.shippo import words as shippo
from aftercart.connectors.shopify.fulfilments import SCANS
from aftercart.connectors.ups import words as ups
from aftercart.connectors.usps import words as usps

PAGE = Path(__file__).parents[2] / "docs/reference/tracking-states.md"
MARK = "<!-- The tables below are written by tests/connectors/state_tables.py. -->\n"

Words = dict[str, Meaning]


def _shown(patterns: Words) -> Words:
    """A bar would end the cell."""
    return {pattern.replace("|", " / "): meaning for pattern, meaning in patterns.items()}


TABLES: list[tuple[str, list[tuple[str, Words]]]] = [
    ("Shopify", [("Status of a fulfilment event", SCANS)]),
    (
        "EasyPost",
        [("Status", easypost.STATUSES), ("Detail that says more (in_transit, failure, …)", easypost.DETAILS)],
    ),
    ("AfterShip", [("Tag", aftership.TAGS), ("Subtag that says more", aftership.SUBTAGS)]),
    ("Shippo", [("Status", shippo.STATUSES), ("Status and substatus", shippo.SUBSTATUSES)]),
    (
        "17TRACK",
        [
            ("Stage", seventeentrack.STAGES),
            ("Sub-status that says more", seventeentrack.SUBSTATUSES),
            ("Milestone of an event", seventeentrack.MILESTONES),
        ],
    ),
    (
        "UPS",
        [
            ("Type and code of an activity", ups.CODES),
            ("Type that says all by itself", ups.TYPES),
            ("Package status code beside type I, X or W", ups.STATUSES),
        ],
    ),
    ("USPS", [("Event code", usps.EVENTS), ("Status category, where no event tells it", usps.CATEGORIES)]),
    ("FedEx", [("Type of a scan", fedex.EVENTS), ("Exception that says more (DE, SE, DY, DD)", fedex.EXCEPTIONS)]),
    (
        "DHL",
        [
            ("Checkpoint of Express", dhl.CHECKPOINTS),
            ("Status code of the unified API", dhl.STATUSES),
            ("Its sentence, where it says more than transit or failure", _shown(dhl.SENTENCES)),
        ],
    ),
    (
        "Canada Post",
        [("Event identifier, without leading zeros", canadapost.EVENTS), ("Event type of a summary", canadapost.TYPES)],
    ),
    (
        "Royal Mail",
        [("Event code", royalmail.EVENTS), ("Status category, where no event tells it", royalmail.CATEGORIES)],
    ),
]


def rendered() -> str:
    lines: list[str] = []
    for sender, tables in TABLES:
        lines += ["", f"## {sender}"]
        for title, words in tables:
            lines += ["", f"| {title} | our state | reason | attention |", "|---|---|---|---|"]
            lines += [
                f"| `{word}` | {meaning.state or '(unchanged)'} | {meaning.reason} | {meaning.attention} |"
                for word, meaning in words.items()
            ]
    return "\n".join(lines) + "\n"


def main() -> None:
    text, mark, _ = PAGE.read_text("utf-8").partition(MARK)
    PAGE.write_text(text + mark + rendered(), "utf-8")


if __name__ == "__main__":
    main()

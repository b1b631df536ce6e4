"""The tables of docs/reference/tracking-states.md. `python -m tests.connectors.state_tables` writes them anew."""

from __future__ import annotations

from pathlib import Path

from aftercart.connectors.aftership import words as aftership
from aftercart.connectors.easypost import words as easypost
from aftercart.connectors.scans import Meaning
from aftercart.connectors.seventeentrack import words as seventeentrack
from aftercart.connectors.shippo import words as shippo
from aftercart.connectors.shopify.fulfilments import SCANS

PAGE = Path(__file__).parents[2] / "docs/reference/tracking-states.md"
MARK = "<!-- The tables below are written by tests/connectors/state_tables.py. -->\n"

Words = dict[str, Meaning]

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

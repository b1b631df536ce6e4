from __future__ import annotations

import re
from pathlib import Path

import msgspec

from aftercart.connectors import aftercart
from aftercart.connectors.aftercart.kinds import STRUCTS
from aftercart.connectors.registry import FACT_SOURCES, TRACKERS, UNVERIFIED
from tests.connectors import json_tables, state_tables

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"aftercart": "json"}
EXAMPLE = re.compile(r"```json\n(.*?)```", re.DOTALL)


def test_every_example_of_the_json_endpoint_is_read_and_every_kind_has_one() -> None:
    examples = EXAMPLE.findall(json_tables.PAGE.read_text("utf-8"))
    read = [fact for example in examples for fact in aftercart.parse(example.encode(), {})]
    assert {type(fact) for fact in read} == set(STRUCTS)


def test_the_tables_are_those_of_the_code() -> None:
    for tables in (json_tables, state_tables):
        assert tables.PAGE.read_text("utf-8").partition(tables.MARK)[2] == tables.rendered(), tables.__doc__


def test_every_sender_has_a_page_that_names_its_address() -> None:
    for source in FACT_SOURCES.keys() - TRACKERS.keys():
        name = PAGES.get(source, source)
        assert f"/in/<brand>/{source}/<token>" in (DOCS / f"how-to/connect-{name}.md").read_text("utf-8")


def test_every_carrier_that_we_ask_has_a_page_that_shows_how_to_connect_it_and_names_its_secrets() -> None:
    for name, tracker in TRACKERS.items():
        page = (DOCS / f"how-to/connect-{name}.md").read_text("utf-8")
        assert f"aftercart connect juniper {name} " in page
        assert all(f"--set {secret}=" in page for secret in tracker.SECRETS)
        assert tracker.HOST in page


def test_a_page_says_whether_its_connector_is_unverified() -> None:
    for source in FACT_SOURCES:
        page = (DOCS / f"how-to/connect-{PAGES.get(source, source)}.md").read_text("utf-8")
        assert ("> **Unverified.**" in page) == (source in UNVERIFIED), source
    assert FACT_SOURCES.keys() >= UNVERIFIED


def test_captures_shown_in_the_pages_are_json() -> None:
    for page in (DOCS / "how-to").glob("connect-*.md"):
        for example in EXAMPLE.findall(page.read_text("utf-8")):
            msgspec.json.decode(example)

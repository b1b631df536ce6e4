from __future__ import annotations

import re
from pathlib import Path

import pytest

from aftercart.cli.importing.columns import COLUMNS, NEEDED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "import.md"


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_that_is_understood_is_documented(kind: str) -> None:
    section = PAGE.read_text().split(f"\n## {kind.capitalize()}\n")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| \**`(\w+)`\** \|[^|]*\|([^|]*)\|$", section, re.MULTILINE))
    documented = {column: re.findall(r"`(\w+)`", also) for column, also in rows.items()}
    assert documented == {column: usual.split() for column, usual in COLUMNS[kind].items()}


@pytest.mark.parametrize("kind", COLUMNS)
def test_what_a_file_cannot_be_without_is_a_column(kind: str) -> None:
    assert {column for group in NEEDED[kind] for column in group} <= set(COLUMNS[kind])

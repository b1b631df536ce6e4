"""`aftercart chat`: put on the shop's pages, and taken off again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from aftercart.brands import storefronts
from aftercart.brands.models import AuditEntry, Brand, Source
from aftercart.cli.main import app
from aftercart.plumbing import clock
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def juniper() -> Brand:
    return world.juniper()


def told(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["chat", "juniper", *words, "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


def test_it_prints_the_line_for_the_pages_and_the_secret_once(juniper: Brand) -> None:
    key = storefronts.add(juniper, ["https://juniper.example"], at=clock.machine(), by="maren").key
    opened = told("--open", "--hours", "mon-fri 09:00-18:00")
    assert opened["open"] and opened["hours"].startswith("mon 09:00-18:00, tue 09:00-18:00")
    assert opened["secret"].startswith("whsec_") and len(opened["scripts"]) == 1
    assert f'data-brand="juniper" data-key="{key}"' in opened["scripts"][0]
    assert told()["secret"] == "" and told("--open")["secret"] == opened["secret"]


def test_a_new_secret_leaves_the_last_one_valid(juniper: Brand) -> None:
    first = told("--open")["secret"]
    second = told("--new-secret")["secret"]
    assert first != second and Source.objects.get(kind="chat").secrets == [second, first]
    assert told("--close")["open"] is False and told()["scripts"] == []
    assert [row.action for row in AuditEntry.objects.filter(action__startswith="chat.").order_by("at")] == [
        "chat.open", "chat.open", "chat.close",
    ]  # fmt: skip


def test_hours_can_be_taken_back_and_odd_ones_are_said(juniper: Brand) -> None:
    assert told("--hours", "sat 10:00-14:00")["hours"] == "sat 10:00-14:00"
    assert told("--hours", "none")["hours"] == ""
    result = CliRunner().invoke(app, ["chat", "juniper", "--hours", "always"])
    assert result.exit_code == 1 and "is not like `mon-fri 09:00-18:00`" in result.output

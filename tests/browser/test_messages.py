"""A customer chooses what they hear and where, on a phone, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.conftest import Visit


def _on(page: Page) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.locator("input[name=on]:checked").all()]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_customer_asks_for_texts_and_takes_it_back(visit: Visit, scripts: bool) -> None:
    page = visit("1042", java_script_enabled=scripts)
    page.get_by_role("link", name="Choose what we write to you, and where").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What we write to you")
    assert _on(page) == ["email:service"] and looking.sideways(page) == 0

    texts = page.get_by_role("group", name="By text message")
    texts.get_by_label("News of my orders").check()
    page.get_by_role("group", name="Where we write first").get_by_label("By text message").check()
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_role("status")).to_contain_text("It holds from now on")
    assert _on(page) == ["email:service", "sms:service"]

    page.reload()
    expect(page.locator("input[name=preferred]:checked")).to_have_value("sms")
    texts.get_by_label("News of my orders").uncheck()
    page.get_by_label("Juniper & Clay decides").check()
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_role("status")).to_contain_text("It holds from now on")
    assert _on(page) == ["email:service"]


def test_who_finds_the_order_by_number_sees_what_is_sent_and_changes_nothing(visit: Visit) -> None:
    page = visit("/t/juniper/")
    page.get_by_label("Order number").fill("1042")
    page.get_by_label("E-mail address or postcode").fill("alice@example.com")
    page.get_by_role("button", name="Find my order").click()
    page.get_by_role("link", name="Choose what we write to you, and where").click()
    expect(page.get_by_text("••• ••47").first).to_be_visible()
    assert "900147" not in page.content() and page.get_by_role("button").count() == 0
    expect(page.get_by_role("group", name="By e-mail").get_by_label("News of my orders")).to_be_disabled()


def test_who_answered_stop_is_told_how_to_hear_again(visit: Visit) -> None:
    page = visit("stopped")
    expect(page.get_by_text("Answer START to any of them")).to_have_count(1)


@pytest.mark.parametrize("query", ["", "?lang=de", "?lang=ja"])
def test_anybody_can_use_it(visit: Visit, query: str) -> None:
    page = visit("stopped", color_scheme="light", reduced_motion="reduce", viewport={"width": 320, "height": 700})
    page.goto(page.url + query)
    assert looking.structure(page) == [] and looking.small_targets(page) == []
    assert looking.sideways(page) == 0 and looking.faint_text(page) == []
    page.emulate_media(color_scheme="dark")
    assert looking.faint_text(page) == []

"""A customer completes an address on a phone, from the link in the notice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.conftest import DESK, Visit

SEEN = os.environ.get("AFTERCART_SCREENS")  # a folder, to look at what the journey saw


def look(page: Page, name: str) -> None:
    if SEEN:
        page.screenshot(path=Path(SEEN) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_the_page_is_for_everybody(visit: Visit, scheme: str, language: str) -> None:
    page = visit("address", color_scheme=scheme)
    page.goto(f"{page.url.split('?')[0]}?lang={language}")
    for turn in range(2):
        assert looking.structure(page) == [] and looking.small_targets(page) == []
        assert looking.faint_text(page) == [] and looking.sideways(page) <= 0
        if turn == 0:
            page.locator("#id_city").fill("")
            page.locator("#id_postal_code").fill("1")
            page.locator("main button").click()
            expect(page.locator(".wrong")).to_have_count(2)
            page.wait_for_load_state("load")  # with its stylesheets, by which it is measured
            look(page, f"wrong-{language}-{scheme}")


def test_without_javascript_a_customer_completes_the_address_and_changes_it(visit: Visit) -> None:
    page = visit("address", java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("What the courier needs")
    expect(page.get_by_label("Postcode")).not_to_have_value("")
    page.get_by_label("Street, house number, flat").fill("14 Quayside\nFlat 3")
    page.get_by_label("Phone number for the courier").fill("call me")
    page.get_by_role("button", name="Send this").click()
    expect(page.locator(".wrong")).to_have_text("Enter a phone number in digits, or leave it out.")
    page.get_by_label("Phone number for the courier").fill("07700 900147")
    page.get_by_label("Note for the courier").fill("Gate code 4711")
    page.get_by_role("button", name="Send this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you told us goes to the carrier")
    expect(page.get_by_text("You sent us this on Tuesday 24 November. DHL gets it from us.")).to_be_visible()
    look(page, "sent-phone")
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("Note for the courier")).to_have_value("Gate code 4711")
    page.get_by_label("Note for the courier").fill("Ring twice")
    page.get_by_role("button", name="Send this").click()
    expect(page.locator(".told")).to_contain_text("Ring twice")
    for language in ("de", "ja"):
        page.goto(f"{page.url.split('?')[0]}?lang={language}")
        look(page, f"sent-{language}")
        assert looking.structure(page) == [] and looking.sideways(page) <= 0


def test_the_first_button_of_the_order_s_page_leads_to_where_it_is_done(visit: Visit) -> None:
    page = visit("1051", viewport=DESK)
    theirs = page.locator("main a.button").first
    expect(theirs).to_have_text("See the pick-up point")
    assert (theirs.get_attribute("href") or "").startswith("https://www.dhl.com/")
    look(page, "collect-desktop")

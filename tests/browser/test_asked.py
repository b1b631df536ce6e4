"""A customer answers a question on a phone: one tap in the mail, one on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import looking
from tests.browser.conftest import Visit


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_without_javascript_a_customer_says_how_it_was_adds_a_word_and_changes_their_mind(visit: Visit) -> None:
    page = visit("ask_delivery no", java_script_enabled=False)
    expect(heading(page)).to_have_text("How was the delivery of order 1046?")
    buttons = page.locator(".choices button")
    expect(buttons).to_have_text(["It was not", "It was all right"])
    buttons.first.click()
    expect(heading(page)).to_have_text("Thank you: your answer is with us.")
    page.get_by_label("What should we know?").fill("It stood in the rain.")
    page.get_by_role("button", name="Add this").click()
    expect(page.get_by_text("It stood in the rain.")).to_be_visible()
    page.get_by_role("button", name="It was all right").click()
    expect(page.locator(".given")).to_have_text("It was all right")
    page.reload()
    expect(page.locator(".given")).to_have_text("It was all right")


def test_a_customer_without_their_parcel_is_led_to_what_happens_next(visit: Visit) -> None:
    page = visit("delivered_check no")
    page.get_by_role("button", name="No, it is not here").click()
    page.get_by_role("link", name="See what happens next").click()
    expect(heading(page)).to_have_text("Not with you yet: look until Tuesday, November 24")
    page.go_back()
    page.get_by_role("button", name="Yes, I have it").click()
    expect(page.get_by_text("You need do nothing more.")).to_be_visible()
    page.get_by_role("link", name="Go to your order").click()
    expect(heading(page)).to_have_text("Delivered on Friday, November 20")
    expect(page.get_by_text("Can be sent back until")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_the_page_is_for_everybody(visit: Visit, scheme: str, language: str) -> None:
    page = visit("ask_ticket no", color_scheme=scheme)
    for turn in range(2):
        page.goto(f"{page.url.split('?')[0]}?lang={language}")
        assert looking.structure(page) == [] and looking.small_targets(page) == []
        assert looking.faint_text(page) == [] and looking.sideways(page) <= 0
        if turn == 0 and page.locator(".choices").count():
            page.locator(".choices button").first.click()
            expect(page.locator(".given")).to_be_visible()

"""A customer writes to us from a phone, with and without the link of their order."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser import looking
from tests.browser.conftest import DESK, Visit

GIF = FilePayload(name="broken.gif", mimeType="image/gif", buffer=b"GIF89a\x01\x00\x01\x00\x00\x00\x00;")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_the_page_is_for_everybody(visit: Visit, scheme: str, language: str) -> None:
    page = visit("1044", color_scheme=scheme)
    page.goto(f"{page.url.split('?')[0]}write/?lang={language}")
    for turn in range(2):
        assert looking.structure(page) == [] and looking.small_targets(page) == []
        assert looking.faint_text(page) == [] and looking.sideways(page) <= 0
        if turn == 0:
            page.locator("main button").click()
            expect(page.locator(".wrong")).to_have_count(2)
            page.wait_for_load_state("load")


def test_without_javascript_a_customer_sees_what_we_know_and_still_sends_it(visit: Visit) -> None:
    page = visit("1044", java_script_enabled=False)
    page.get_by_role("link", name="Write to us").click()
    page.get_by_label("What is it about?").select_option(label="Where is my order?")
    page.get_by_label("Your message").fill("Where is it?\nI need it on Saturday.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Does this answer it?")
    expect(page.get_by_text("Your message has not been sent yet.")).to_be_visible()
    expect(page.locator(".known")).to_contain_text("has not moved since Monday 16 November in Leipzig")
    assert looking.structure(page) == [] and looking.sideways(page) <= 0
    page.get_by_role("button", name="No, send my message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your message is with us")
    expect(page.get_by_text("The answer goes to a•••@example.com.")).to_be_visible()
    page.get_by_role("link", name="Go to your order").click()
    expect(page.get_by_text("Order 1044").first).to_be_visible()


def test_a_picture_goes_along_from_a_desk(visit: Visit) -> None:
    page = visit("1044", viewport=DESK)
    page.goto(f"{page.url.split('?')[0]}write/")
    page.get_by_label("What is it about?").select_option(label="Something is damaged, missing or wrong")
    page.get_by_label("Your message").fill("It came like this.")
    page.get_by_label("Pictures or files").set_input_files(GIF)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your message is with us")

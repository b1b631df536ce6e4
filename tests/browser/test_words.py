"""The editor of the words as it is used: while typing, without JavaScript, on a phone, and what a frame shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_ops import Desk
from tests.browser.test_ops import desk as desk

CLEAR = "Your parcel {number} has not moved since {since}. {changed} {expectation} Answer us if you like."
EDITOR = "words/stalled/email/en/"


def test_the_check_speaks_while_one_types(desk: Desk) -> None:
    page = desk.enter(EDITOR)
    findings = page.get_by_role("status")
    expect(findings).to_contain_text("It says all that it should")
    page.get_by_label("Text", exact=True).fill("We are looking into it.")
    expect(findings).to_contain_text("looking into it")
    expect(findings).to_contain_text("It could not be published")
    page.get_by_label("Text", exact=True).fill(CLEAR)
    expect(findings).to_contain_text("It says all that it should")


def test_a_text_is_published_and_brought_back_without_javascript(desk: Desk) -> None:
    page = desk.enter("words/late/email/en/", java_script_enabled=False)
    page.get_by_label("Text", exact=True).fill("It comes soon.")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("status")).to_contain_text("soon")
    page.get_by_label("Text", exact=True).fill(CLEAR)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is in use from now on.")).to_be_visible()
    page.get_by_role("button", name="Bring back the standard text").click()
    expect(page.get_by_text("Version 2 is in use from now on: the standard text.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_six_languages_stand_side_by_side_in_frames_that_load(desk: Desk, scheme: str) -> None:
    page = desk.enter("words/stalled/", color_scheme=scheme)
    frames = page.locator("iframe")
    expect(frames).to_have_count(6)
    for place in range(6):
        expect(frames.nth(place).content_frame.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("path", ["words/", EDITOR, "words/stalled/", "words/stalled/?channel=sms"])
def test_nothing_is_wider_than_a_phone(desk: Desk, path: str) -> None:
    page: Page = desk.enter(path, viewport={"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_message_fits_a_narrow_client(desk: Desk, scheme: str) -> None:
    page = desk.enter(
        "words/delivered_check/email/de/message/", color_scheme=scheme, viewport={"width": 320, "height": 600}
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    buttons = page.get_by_role("link")
    expect(buttons).to_have_count(2)
    assert all((box := buttons.nth(place).bounding_box()) and box["height"] >= 44 for place in range(2))

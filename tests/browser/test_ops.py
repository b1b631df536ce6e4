"""The operators' desk as it is used: with the keyboard, on a phone, in the dark, without JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.site import site
from tests.flows.ops_rows import PASSWORD


@dataclass(frozen=True, slots=True)
class Desk:
    browser: Browser
    address: str
    known: dict[str, str]  # ids by what they are of

    def enter(self, path: str = "", **context: Any) -> Page:
        """A page of Juniper & Clay for alice, freshly logged in; whatever the browser complains of is an error."""
        page = self.browser.new_context(base_url=self.address, **context).new_page()
        page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
        page.goto(f"/login/?next=/ops/juniper/{path}")
        page.get_by_label("Name").fill("alice")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.address}/ops/juniper/{path}")
        return page


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with site(os.environ["DATABASE_URL"]) as shop, sync_playwright() as playwright:
        command = [sys.executable, "-m", "tests.browser.desk_seed"]
        done = subprocess.run(command, env=shop.environment, check=True, stdout=subprocess.PIPE, text=True)
        browser = launch(playwright)
        yield Desk(browser, shop.address, json.loads(done.stdout))
        browser.close()


def test_an_order_is_found_without_touching_the_mouse(desk: Desk) -> None:
    page = desk.enter()
    expect(page.get_by_role("heading", level=1)).to_contain_text("worrying")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("JD0140")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Order 1001 of Bea Lund")
    seen = page.get_by_role("link", name="What the customer sees").get_attribute("href")
    assert seen is not None and seen.startswith(f"{desk.address}/t/juniper/")


def test_j_and_k_walk_the_rows_and_enter_opens_one(desk: Desk) -> None:
    page = desk.enter("inbox/")
    rows = page.locator("a[data-open]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("shopify orders/create")


def test_the_first_key_leads_past_the_rail(desk: Desk) -> None:
    page = desk.enter("concerns/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_overview_refreshes_itself_and_leaves_open_what_was_opened(desk: Desk) -> None:
    page = desk.enter()
    page.get_by_text("The hours as a table").click()
    page.evaluate("document.getElementById('now').dataset.old = 'yes'")
    page.evaluate("htmx.ajax('GET', location.pathname, {target: '#now', swap: 'outerHTML'})")
    expect(page.locator("#now:not([data-old])")).to_be_visible()
    expect(page.locator("#by-hour")).to_have_attribute("open", "")
    expect(page.locator("#sentence")).to_have_count(1)


def test_without_javascript_lists_narrow_and_a_delivery_is_replayed(desk: Desk) -> None:
    page = desk.enter("inbox/", java_script_enabled=False)
    page.get_by_label("State", exact=True).select_option("quarantined")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("a[data-open]")).to_have_count(1)
    page.locator("a[data-open]").click()
    expect(page.get_by_text("the very line")).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("status")).to_contain_text("It waits to be read again")


def test_a_parked_notice_is_decided_by_a_person(desk: Desk) -> None:
    page = desk.enter(f"notices/{desk.known['parked']}/")
    page.get_by_label("Why it shall not be sent").fill("Bea has it already")
    page.get_by_role("button", name="Do not send it").click()
    expect(page.get_by_role("status")).to_have_text("It will not be sent.")
    expect(page.get_by_text("alice: outbox.cancel")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_no_page_is_wider_than_a_phone(desk: Desk, dark: bool) -> None:
    page = desk.enter(viewport={"width": 360, "height": 740}, color_scheme="dark" if dark else "light")
    paths = [
        "inbox/",
        "concerns/",
        "concerns/places/",
        "notices/",
        "notices/not-said/",
        "unknown/",
        "lanes/",
        "lanes/lane/?lane=dhl|Express||DE",
        "promises/",
        "promises/broken/",
        "proof/",
        "gestures/",
        "calendar/",
        "orders/?q=nothing",
    ]
    details = [
        f"parcels/{desk.known['parcel']}/",
        f"orders/{desk.known['order']}/",
        f"inbox/{desk.known['quarantined']}/",
        f"notices/{desk.known['parked']}/",
    ]
    for path in ("", *paths, *details):
        page.goto(f"/ops/juniper/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{path} is {width} wide"


def test_a_lead_walks_from_a_broken_lane_to_one_parcel_by_keys_alone(desk: Desk) -> None:
    page = desk.enter("lanes/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("DHL")
    page.keyboard.press("j")
    expect(page.locator("a[data-open]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/parcels/**")
    number = page.locator("h1").inner_text().removeprefix("DHL ")
    expect(page.get_by_role("img", name=f"The story of parcel {number}")).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("cell", name="Where it was").first).to_be_visible()


def test_the_overview_is_joined_by_the_weeks_promises(desk: Desk) -> None:
    page = desk.enter()
    expect(page.get_by_role("link", name="By carrier and week")).to_be_visible()
    page.get_by_role("link", name="By carrier and week").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

"""A shop's own order page, of another origin, says how the order stands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site
from tests.browser.test_storefront import served

PAGE = """<!doctype html><html lang="en-GB"><meta name="viewport" content="width=device-width"><title>Thank you</title>
<link rel="stylesheet" href="{script}/static/api/status.css">
<style>:root {{ color-scheme: light dark; font: 100%/1.5 Georgia, serif }}
  body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}</style>
<h1>Thank you, Alice</h1>
<div id="block" data-order-status data-order="{order}" data-proof="{proof}" hidden></div>
<p>Your receipt is on its way to your inbox.</p>
<script src="{script}/static/api/status.js" data-key="{key}" defer></script>
"""


def page_of(shop: Site, origin: str, folder: Path, number: str, **other: str) -> None:
    """The shop's page, as its server would have made it."""
    command = [sys.executable, "-m", "tests.browser.status_seed", origin, number]
    told = subprocess.run(command, env=shop.environment, check=True, stdout=subprocess.PIPE).stdout
    known = json.loads(told) | other
    (folder / "index.html").write_text(PAGE.format(script=shop.address, **known))
    shop.await_key("/api/v1/orders/status", origin, known)


@pytest.mark.parametrize(("number", "text"), [("1042", "Arriving Thursday"), ("1044", "Running 1 day late")])
def test_the_block_says_how_the_order_stands_and_where_to_go_on(
    browser: Browser, shop: Site, tmp_path: Path, number: str, text: str
) -> None:
    with served(tmp_path) as origin:
        page_of(shop, origin, tmp_path, number)
        page = browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(origin)

        expect(page.get_by_role("status")).to_contain_text(text)
        page.get_by_role("link", name="Where is my order?").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Where is my order?")
        assert page.url.startswith(f"{shop.address}/t/juniper/") and not wrong
        page.close()


def test_without_the_right_proof_the_page_stays_as_it_is(browser: Browser, shop: Site, tmp_path: Path) -> None:
    with served(tmp_path) as origin:
        page_of(shop, origin, tmp_path, "1042", proof="0" * 64)
        page = browser.new_page()
        with page.expect_response("**/api/v1/orders/status?*") as answered:
            page.goto(origin)

        assert answered.value.status == 404
        assert not page.locator("#block").is_visible() and page.locator("#block").inner_text() == ""
        page.close()

"""A shop's page, of another origin, asks when something arrives."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.site import Site

SHOP = """<!doctype html><html lang="en-US"><title>A shop</title>
<h1>Stone teapot</h1>
<p id="product" data-arrives data-country="US" data-region="NY"></p>
<p id="cart" data-arrives data-country="US" data-region="NY" data-sku="POT-1"></p>
<p id="nowhere" data-arrives></p>
<button onclick="document.getElementById('product').dataset.country = 'Narnia'">To Narnia</button>
<script src="{script}/static/api/storefront.js" data-key="{key}" defer></script>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def teach(shop: Site, origin: str) -> str:
    """A brand that knows how long its orders take, a preorder, and the key for a shop at this origin."""
    command = [sys.executable, "-m", "tests.browser.shop_seed", origin]
    key = str(json.loads(subprocess.run(command, env=shop.environment, check=True, stdout=subprocess.PIPE).stdout))
    shop.await_key("/api/v1/promises/quote", origin, {"country": "US", "region": "NY", "key": key})
    return key


def test_a_shop_of_another_origin_says_when_it_arrives(browser: Browser, shop: Site, tmp_path: Path) -> None:
    with served(tmp_path) as origin:
        key = teach(shop, origin)
        (tmp_path / "index.html").write_text(SHOP.format(script=shop.address, key=key))
        page = browser.new_page()
        page.goto(origin)

        expect(page.locator("#product")).to_contain_text("Arrives by")
        expect(page.locator("#cart")).to_contain_text("It is a preorder. It leaves us on Monday, December 7.")
        expect(page.locator("#nowhere")).to_be_empty()

        page.get_by_role("button").click()
        expect(page.locator("#product")).to_be_empty()
        page.close()


def test_where_it_may_not_ask_or_nobody_answers_the_page_stays_as_it_is(
    browser: Browser, shop: Site, tmp_path: Path
) -> None:
    with served(tmp_path) as origin:
        (tmp_path / "index.html").write_text(SHOP.format(script=shop.address, key="pk_invented"))
        page = browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(origin, wait_until="networkidle")
        expect(page.locator("#product")).to_be_empty()

        page.route("**/api/v1/**", lambda route: route.abort())
        page.reload(wait_until="networkidle")
        expect(page.locator("#product")).to_be_empty()
        expect(page.get_by_role("heading")).to_have_text("Stone teapot")
        assert wrong == []
        page.close()

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser import pictures
from tests.browser.chromium import launch, opened
from tests.browser.site import Site, site

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def shop() -> Iterator[Site]:
    with site(os.environ["DATABASE_URL"]) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser, shop: Site) -> Iterator[Visit]:
    """Open a page as somebody would; afterwards, nothing may have gone wrong in their browser."""
    wrong: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A page that answers 404 or 410 on purpose is reported by the browser as a failed resource.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    with ExitStack() as stack:

        def open_(address: str, *, viewport: dict[str, int] = PHONE, clock: bool = False, **how: Any) -> Page:
            context = stack.enter_context(opened(browser, viewport=viewport, **how))
            context.set_default_timeout(15_000)
            pictures.hang(context)
            page = context.new_page()
            page.on("console", note)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", lambda request: wrong.extend(_strangers(request.url, shop)))
            if clock:
                page.clock.install()
            page.goto(shop.links.get(address) or shop.address + address)
            return page

        yield open_
        assert wrong == []


def _strangers(url: str, shop: Site) -> list[str]:
    known = url.startswith((shop.address + "/", pictures.HOST, "data:"))
    return [] if known else [f"a request went to {url}"]

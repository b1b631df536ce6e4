"""Which Chromium to drive, and how."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright, Request

HOW_TO_GET_ONE = (
    "No Chromium for the browser tests. Install one: `apt-get install chromium` on Debian or Ubuntu, "
    "or `.venv/bin/playwright install chromium` anywhere."
)
FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)


def system() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def own(playwright: Playwright) -> str | None:
    """Playwright's, if it was installed."""
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Raises RuntimeError where there is no browser: a test that cannot look is a test that fails."""
    path = system() or own(playwright)
    if path is None:
        raise RuntimeError(HOW_TO_GET_ONE)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    return playwright.chromium.launch(executable_path=path, args=flags)


@contextmanager
def opened(browser: Browser, **how: Any) -> Iterator[BrowserContext]:
    """A context that closes once its pages have arrived: in the middle of a navigation, Chromium never answers."""
    context = browser.new_context(**how)
    underway: set[Request] = set()
    context.on("request", lambda request: underway.add(request) if request.is_navigation_request() else None)
    context.on("requestfinished", lambda request: underway.discard(request))
    context.on("requestfailed", lambda request: underway.discard(request))
    try:
        yield context
    finally:
        for _ in range(100):
            if not underway or not context.pages:
                break
            context.pages[0].wait_for_timeout(50)
        context.close()

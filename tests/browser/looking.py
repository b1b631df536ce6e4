"""What anybody must be able to do on any page, asked of the page itself. Each question returns what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

QUESTIONS = Path(__file__).parent / "questions"


def _ask(page: Page, question: str, inside: str = "") -> Any:
    """`inside`: of an element that keeps its content to itself, in a shadow root."""
    asked = (QUESTIONS / f"{question}.js").read_text("utf-8").rstrip().rstrip(";")
    if not inside:
        # Called here, and not by Playwright, whose null would stand where the page is meant.
        return page.evaluate(f"({asked})()")
    return page.locator(inside).evaluate(f"(host) => ({asked})(host.shadowRoot)")


def structure(page: Page) -> list[str]:
    return list(_ask(page, "structure"))


def small_targets(page: Page, inside: str = "") -> list[str]:
    return list(_ask(page, "targets", inside))


def faint_text(page: Page, inside: str = "") -> list[str]:
    return list(_ask(page, "contrast", inside))


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def focused(page: Page, inside: str = "") -> tuple[str, bool] | None:
    """What has the focus, and whether one can see that it has."""
    found = _ask(page, "focus", inside)
    return (str(found[0]), bool(found[1] and found[2])) if found else None

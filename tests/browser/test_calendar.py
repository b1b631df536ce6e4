"""The calendar as an operator keeps it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.test_ops import Desk, desk

__all__ = ["desk"]


def test_an_entry_is_made_and_ended_without_the_mouse_or_javascript(desk: Desk) -> None:
    page = desk.enter("calendar/", java_script_enabled=False)
    page.get_by_label("Kind").focus()
    page.get_by_label("Kind").select_option("preorder")
    page.get_by_label("Name", exact=True).fill("Stone teapot")
    page.get_by_label("First day").fill("2026-11-24")
    page.get_by_role("button", name="Enter it").press("Enter")
    expect(page.get_by_text("Say from which day a preorder leaves")).to_be_visible()
    expect(page.get_by_label("Leaves from")).to_have_attribute("aria-invalid", "true")

    page.get_by_label("Leaves from").fill("2026-12-07")
    page.get_by_label("Product (SKU)").fill("POT-1")
    page.get_by_role("button", name="Enter it").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Stone teapot is in the calendar.")
    row = page.get_by_role("row").filter(has_text="leaves from")
    expect(row).to_contain_text("POT-1")

    row.locator("summary").press("Enter")
    row.get_by_role("button", name="End it").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ended.")

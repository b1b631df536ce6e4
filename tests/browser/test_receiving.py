"""A customer says in a browser that a delivery is not with them, and takes it back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.conftest import Visit


def test_without_javascript_a_customer_reports_a_missing_parcel_and_finds_it_after_all(visit: Visit) -> None:
    page = visit("1046", java_script_enabled=False)
    page.get_by_role("button", name="I have not received it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not with you yet: look until Tuesday, November 24")
    expect(page.get_by_text("Ask your neighbours, and look around the door")).to_be_visible()
    page.get_by_role("button", name="It is here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delivered on Friday, November 20")


def test_whoever_only_knows_the_number_sees_no_such_button(visit: Visit) -> None:
    page = visit("/t/juniper/")
    page.get_by_label("Order number").fill("1046")
    page.get_by_label("E-mail address or postcode").fill("wren@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivered on")
    expect(page.get_by_role("button", name="I have not received it")).to_have_count(0)


def test_pages_of_the_rarer_worries_are_for_everybody(visit: Visit) -> None:
    for number in ("1061", "1063", "1065", "1072"):
        for scheme in ("light", "dark"):
            page = visit(number, color_scheme=scheme)
            assert looking.structure(page) == [] and looking.small_targets(page) == []
            assert looking.faint_text(page) == [] and looking.sideways(page) <= 0

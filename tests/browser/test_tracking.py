"""The journeys of customers through the real application, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.site import Site

EVERY_TALE = ("1042", "1043", "1044", "1045", "1046", "1047", "1048", "1049", "1050", "1051")


def _main(page: Page) -> str:
    return page.locator("main").inner_text()


def test_a_customer_opens_the_link_on_a_phone(visit: Visit) -> None:
    page = visit("1042")
    expect(page.get_by_role("heading", level=1)).to_have_text("Arriving Thursday 26 November")
    box = page.get_by_role("heading", level=1).bounding_box()
    assert box and box["y"] + box["height"] < PHONE["height"] / 2, "the answer stands in the first half of the screen"
    present = page.locator("[aria-current=step]")
    expect(present).to_have_text(re.compile("On its way"))
    steps = [step.bounding_box() for step in page.locator(".road li").all()]
    tops = [step["y"] for step in steps if step]
    assert tops == sorted(set(tops)), "on a phone the road goes down"
    page.get_by_text("Every step: 4 scans").click()
    expect(page.get_by_text("Leipzig, Germany")).to_be_visible()


def test_on_a_wide_screen_the_road_goes_across(visit: Visit) -> None:
    page = visit("1042", viewport=DESK)
    tops = {round(box["y"]) for step in page.locator(".road li").all() if (box := step.bounding_box())}
    assert len(tops) == 1


def test_a_customer_finds_the_order_by_number_and_e_mail(visit: Visit) -> None:
    page = visit("/t/juniper/")
    page.get_by_label("Order number").fill("#1042")
    page.get_by_label("E-mail address or postcode").fill("somebody@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("alert")).to_contain_text("We find no order")
    page.get_by_label("E-mail address or postcode").fill("alice@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thursday 26 November")
    assert "Quayside" not in _main(page)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_text("a•••@example.com")).to_be_visible()


def test_everything_can_be_done_with_the_keyboard(visit: Visit) -> None:
    page = visit("/t/juniper/", viewport=DESK)
    page.keyboard.press("Tab")
    assert looking.focused(page) == ("Skip to content", True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("1042")
    page.keyboard.press("Tab")
    page.keyboard.type("BS1 4QA")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thursday 26 November")


def test_the_focus_can_be_seen_wherever_it_goes(visit: Visit) -> None:
    page = visit("1042", viewport=DESK)
    visited = []
    for _ in range(20):
        page.keyboard.press("Tab")
        found = looking.focused(page)
        if found is None:
            break
        visited.append(found)
    names = [name for name, _ in visited]
    assert "Every step: 4 scans" in names and "Write to us" in names and "日本語" in names
    assert [name for name, ringed in visited if not ringed] == []
    page.get_by_text("Every step: 4 scans").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken over by the carrier")).to_be_visible()


def test_all_of_it_works_without_javascript(visit: Visit) -> None:
    page = visit("/t/juniper/", java_script_enabled=False)
    page.get_by_label("Order number").fill("1044")
    page.get_by_label("E-mail address or postcode").fill("alice@example.com")
    page.get_by_role("button", name="Find my order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Running 1 day late")
    page.get_by_text("Every step: 3 scans").click()
    expect(page.get_by_text("Newark, United States")).to_be_visible()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 Tag Verspätung")


def test_a_late_parcel_says_the_old_day_the_new_one_and_why(visit: Visit) -> None:
    page = visit("1044", viewport=DESK)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Running 1 day late: now between Friday 27 and Saturday 28 November"
    )
    told = page.get_by_role("region", name="What we told you")
    expect(told.locator("del")).to_have_text("Thursday 26 November")
    expect(told).to_contain_text("It stood still on the way.")
    expect(page.locator(".answer .state")).to_have_text("Late")


def test_the_parcels_of_a_split_order_stand_side_by_side_where_there_is_room(visit: Visit) -> None:
    wide, narrow = visit("1045", viewport=DESK), visit("1045")

    def places(page: Page, axis: str) -> list[int]:
        boxes = [parcel.bounding_box() for parcel in page.locator(".parcel").all()]
        return [round(box[axis]) for box in boxes if box]  # type: ignore[literal-required]

    assert len(places(wide, "y")) == 3 and len(set(places(wide, "y"))) == 1
    assert len(set(places(narrow, "x"))) == 1 and len(set(places(narrow, "y"))) == 3


def test_an_expired_link_shows_nothing_and_sends_a_fresh_one(visit: Visit) -> None:
    page = visit("expired")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    assert "Thursday" not in _main(page) and "Bristol" not in _main(page)
    page.get_by_role("button", name="Send me a fresh link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your link is on its way")
    expect(page.get_by_text("a•••@example.com")).to_be_visible()


def test_a_broken_link_leads_to_the_search(visit: Visit) -> None:
    page = visit("/t/juniper/not-a-link/")
    expect(page.get_by_role("alert")).to_contain_text("This link is not complete or not ours.")
    expect(page.get_by_label("Order number")).to_be_visible()


@pytest.mark.parametrize(
    ("number", "words", "language"), [("1049", "Llega hoy, martes 24 de noviembre", "es"), ("1050", "お届け予定", "ja")]
)
def test_a_customer_reads_in_the_language_of_the_order(visit: Visit, number: str, words: str, language: str) -> None:
    page = visit(number)
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arriving")


def test_the_page_brings_itself_up_to_date_when_a_scan_arrives(visit: Visit, shop: Site) -> None:
    page = visit("1043", viewport=DESK, clock=True, locale="en-US")
    expect(page.get_by_role("heading", level=1)).to_contain_text("between Thursday, November 26")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true") as unchanged:
        page.clock.run_for(61_000)
    assert unchanged.value.status == 204
    shop.arrives("1043")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true") as changed:
        page.clock.run_for(61_000)
    assert changed.value.status == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("Arriving today, Tuesday, November 24")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("[aria-current=step]")).to_contain_text("Out for delivery")


@pytest.mark.parametrize("address", [*EVERY_TALE, "/t/juniper/", "/t/juniper/nothing/", "expired"])
def test_anybody_can_use_every_page(visit: Visit, address: str) -> None:
    page = visit(address, color_scheme="light", reduced_motion="reduce", viewport={"width": 320, "height": 700})
    for summary in page.locator("summary").all():
        summary.click()
    assert looking.structure(page) == []
    assert looking.small_targets(page) == []
    assert looking.sideways(page) == 0
    assert looking.faint_text(page) == []
    page.emulate_media(color_scheme="dark")
    assert looking.faint_text(page) == []


def test_dark_is_dark_and_light_is_light(visit: Visit) -> None:
    for scheme, dark in (("light", False), ("dark", True)):
        page = visit("1042", color_scheme=scheme)
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        channels = [int(part) for part in re.findall(r"\d+", ground)]
        assert (max(channels) < 60) is dark


def test_nothing_moves_for_who_asked_for_stillness(visit: Visit) -> None:
    page = visit("1042", reduced_motion="reduce")
    times = "[...document.querySelectorAll('*')].map((node) => parseFloat(getComputedStyle(node).transitionDuration))"
    assert page.evaluate(f"Math.max(...{times})") == 0


def test_the_page_is_light_enough_for_a_poor_line(visit: Visit, shop: Site) -> None:
    page = visit("1042")
    own = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".filter((e) => e.name.startsWith(location.origin)).map((e) => [e.name, e.encodedBodySize])"
    )
    assert len(own) <= 6, own
    assert sum(size for _, size in own) < 90_000, own

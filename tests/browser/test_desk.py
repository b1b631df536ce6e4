"""The desk as an agent works it: by keys alone, on a phone, in the dark, without JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.browser import looking
from tests.browser.chromium import launch
from tests.browser.site import Site, site
from tests.flows.ops_rows import PASSWORD


@dataclass(frozen=True, slots=True)
class Desk:
    browser: Browser
    shop: Site
    slug: str
    numbers: dict[str, str]  # of tickets, by who wrote
    wrong: list[str] = field(default_factory=list)  # what the browser complained of

    def enter(self, path: str = "queues/longest/", who: str = "ana", **context: Any) -> Page:
        """A page of the desk, freshly logged in."""
        context = {"viewport": {"width": 1440, "height": 900}} | context
        page = self.browser.new_context(base_url=self.shop.address, **context).new_page()
        page.on("console", lambda said: self._note(said))
        page.goto(f"/login/?next=/desk/{self.slug}/{path}")
        page.get_by_label("Name").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.shop.address}/desk/{self.slug}/{path}")
        return page

    def _note(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.wrong.append(said.text)

    def arrives(self, who: str, text: str) -> None:
        seed(self.shop, self.slug, who, text)


def seed(shop: Site, *told: str) -> str:
    command = [sys.executable, "-m", "tests.browser.tickets_seed", *told]
    return subprocess.run(command, env=shop.environment, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Browser, Site]]:
    with site(os.environ["DATABASE_URL"]) as shop, sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser, shop
        browser.close()


@pytest.fixture
def desk(served: tuple[Browser, Site], request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Each story at a brand of its own; afterwards, nothing may have gone wrong in the browser."""
    browser, shop = served
    slug = f"desk{abs(hash(request.node.nodeid)) % 10**9}"
    found = Desk(browser, shop, slug, json.loads(seed(shop, slug)))
    yield found
    assert found.wrong == []


def heading(page: Page, number: str) -> None:
    expect(page.locator(".problem .about")).to_contain_text(f"#{number} ")


def test_an_agent_works_five_tickets_with_keys_alone(desk: Desk) -> None:
    page, numbers = desk.enter(), desk.numbers
    page.keyboard.press("j")
    expect(page.locator("a[data-open]").first).to_be_focused()
    page.keyboard.press("Enter")
    heading(page, numbers["Bea Lund"])
    _answers(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    _notes_tags_takes_and_resolves(page, numbers)
    _snoozes_and_answers_in_one(page, numbers)
    _merges_and_takes_apart(page, numbers)


def _answers(page: Page) -> None:
    """What is typed is no command."""
    press, write = page.keyboard.press, page.keyboard.type
    press("r")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    write("je rentre ce soir, merci. Your parcel is in Leipzig.")
    press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="is answered")).to_be_visible()
    expect(page.locator(".wrote[data-side=out]")).to_contain_text("je rentre ce soir")


def _notes_tags_takes_and_resolves(page: Page, n: dict[str, str]) -> None:
    """And takes it back, and resolves it again."""
    press, write = page.keyboard.press, page.keyboard.type
    heading(page, n["Dot Hale"])
    press("n")
    write("The bank says it is one charge and one hold.")
    press("Control+Enter")
    expect(page.locator(".wrote[data-side=note]")).to_contain_text("one hold")
    press("t")
    write("chargeback")
    press("Enter")
    expect(page.locator(".problem .tag")).to_contain_text("chargeback")
    press("a")
    press("Enter")
    expect(page.locator(".problem .about")).to_contain_text("ana")
    press("e")
    heading(page, n["@clayfan"])
    press("z")
    heading(page, n["Dot Hale"])
    press("e")
    heading(page, n["@clayfan"])


def _snoozes_and_answers_in_one(page: Page, n: dict[str, str]) -> None:
    press, write = page.keyboard.press, page.keyboard.type
    press("h")
    press("Enter")
    heading(page, n["Théo Roux"])
    press("r")
    write("Yes, up to 220 °C.")
    press("Control+Shift+Enter")
    heading(page, n["Ana Prado"])


def _merges_and_takes_apart(page: Page, n: dict[str, str]) -> None:
    press, write = page.keyboard.press, page.keyboard.type
    press("m")
    expect(page.get_by_label("Number, order or words")).to_be_focused()
    write("sent back")
    press("Enter")
    expect(page.get_by_text("Kenji Mori").last).to_be_visible()
    page.get_by_label("Number, order or words").focus()
    press("Tab")
    press("Tab")
    press("Enter")
    expect(page.locator(".wrote")).to_have_count(2)
    press("z")
    expect(page.locator(".wrote")).to_have_count(1)
    press("/")
    write("charged twice")
    press("Enter")
    heading(page, n["Dot Hale"])
    expect(page.locator(".problem .about")).to_contain_text("Resolved")


def test_what_comes_in_is_told_above_the_list_and_appended_to_what_is_open(desk: Desk) -> None:
    page = desk.enter(f"tickets/{desk.numbers['Bea Lund']}/?in=longest")
    before = page.locator(".tickets").inner_html()
    desk.arrives("Bea Lund", "It has come after all.")
    desk.arrives("Kenji Mori", "Any news?")
    expect(page.locator(".wrote").last).to_contain_text("It has come after all.")
    expect(page.get_by_role("status").filter(has_text="1 new or changed")).to_be_visible(timeout=20_000)
    assert page.locator(".tickets").inner_html() == before, "nothing jumps"
    page.keyboard.press("r")
    page.keyboard.type("It is late.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("The customer wrote")
    expect(page.get_by_label("Text", exact=True)).to_have_value("It is late.")


def test_the_answer_comes_after_the_page_is_told_and_moves_nothing(desk: Desk) -> None:
    for width, height in ((1440, 900), (390, 844)):
        page = desk.enter(viewport={"width": width, "height": height})
        # Held back until the page was looked at as it first is.
        held: list[Route] = []
        page.route("**/answer/**", _holding(held))
        page.goto(f"/desk/{desk.slug}/tickets/{desk.numbers['Bea Lund']}/?in=longest")
        asked, text = page.locator(".asked"), page.get_by_label("Text", exact=True)
        expect(asked).to_contain_text("An answer may be ready")
        expect(asked).to_have_attribute("aria-live", "polite")
        before = text.bounding_box()
        while not held:
            page.wait_for_timeout(200)
        held[0].continue_()
        expect(asked.get_by_text("An answer is ready")).to_be_visible()
        assert text.bounding_box() == before, "nothing jumps"
        assert looking.faint_text(page) == [] and looking.sideways(page) <= 0
        asked.locator("summary").click()
        expect(asked.get_by_text("It rests on")).to_be_visible()
        asked.get_by_role("link", name="Use the answer").click()
        expect(page.get_by_label("Text", exact=True)).to_contain_text("1001")
        page.context.close()


def _holding(held: list[Route]) -> Callable[[Route], None]:
    def hold(route: Route) -> None:
        held.append(route)

    return hold


def test_without_javascript_a_ticket_is_read_answered_noted_and_resolved(desk: Desk) -> None:
    page = desk.enter(java_script_enabled=False)
    page.locator("a[data-open]", has_text="Bea Lund").click()
    page.get_by_role("link", name="Use the answer").click()
    expect(page.get_by_label("Text", exact=True)).to_contain_text("1001")
    page.locator("[data-sends=plain]").click()
    expect(page.get_by_text("is answered.")).to_be_visible()
    page.locator("[data-writes=note]").click()
    page.get_by_label("Text", exact=True).fill("She was glad.")
    page.locator("[data-sends=plain]").click()
    expect(page.locator(".wrote[data-side=note]")).to_contain_text("She was glad.")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="Until the next scan").click()
    expect(page.get_by_text("is snoozed.")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_can_be_read_and_reached_on_a_desk_and_on_a_phone(desk: Desk, dark: bool) -> None:
    bea = f"tickets/{desk.numbers['Bea Lund']}/"
    paths = ["queues/all/", "queues/snoozed/", bea, f"{bea}?split", f"{bea}merges/?find=vase", "search/?q=nothing"]
    for width, height in ((1440, 900), (1100, 800), (390, 844)):
        page = desk.enter(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", has_touch=width < 500
        )
        for path in paths:
            page.goto(f"/desk/{desk.slug}/{path}")
            assert looking.sideways(page) <= 0, (path, width)
            assert looking.faint_text(page) == [], (path, width)
        page.context.close()


def test_a_letter_runs_nothing_and_loads_nothing_until_asked(desk: Desk) -> None:
    page = desk.enter(f"tickets/{desk.numbers['Bea Lund']}/?in=longest")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("As it was sent").click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("Where is it?")).to_be_visible()
    expect(letter.get_by_text("1 picture from elsewhere is not shown")).to_be_visible()
    assert [url for url in asked if not url.startswith(desk.shop.address)] == []

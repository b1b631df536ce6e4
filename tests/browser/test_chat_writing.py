"""One page of the shop and one of the desk, side by side: each shows that the other is writing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.chat_shop import ChatShop
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat import CHAT, Tab, chat, line, opened, tab, write
from tests.flows.ops_rows import PASSWORD

__all__ = ["chat", "tab"]


def at_the_desk(tab: Tab, chat: ChatShop, **how: Any) -> Page:
    """The ticket of what was written last."""
    number = chat.agent("ana")
    page = tab(**how)
    path = f"/desk/juniper/tickets/{number}/"
    page.goto(f"{chat.site.address}/login/?next={path}")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    return page


def places(page: Page, *which: str) -> list[Any]:
    return [page.locator(one).first.bounding_box() for one in which]


def test_each_side_sees_that_the_other_writes_and_that_it_ends(tab: Tab, chat: ChatShop) -> None:
    shop = opened(tab(), chat.page())
    write(shop, "Where is my teapot?")
    expect(line(shop, "Where is my teapot?")).to_contain_text("Sent")
    chat.hear()
    expect(line(shop, "Where is my teapot?")).to_contain_text("You")
    desk = at_the_desk(tab, chat)
    sign = desk.locator(".composer .writing")
    expect(sign).to_be_hidden()
    before = places(desk, ".composer", "#text", ".talk")
    shop.get_by_label("Your message").press_sequentially("It was to come on Mon", delay=20)
    expect(sign).to_be_visible()
    expect(desk.locator("#writing-heard")).to_contain_text("is writing")
    assert places(desk, ".composer", "#text", ".talk") == before, "nothing jumps"
    expect(sign).to_be_hidden(timeout=9_000)

    theirs, heard = shop.locator(f"{CHAT} .writing"), shop.locator(f"{CHAT} .writing + [role=status]")
    expect(theirs).to_be_hidden()
    before = places(shop, f"{CHAT} .log", f"{CHAT} #text")
    desk.get_by_label("Text", exact=True).press_sequentially("In Leip", delay=20)
    expect(theirs).to_be_visible()
    expect(heard).to_have_text("Somebody is writing")
    assert places(shop, f"{CHAT} .log", f"{CHAT} #text") == before, "nothing jumps"
    desk.keyboard.press("Control+Enter")
    expect(line(shop, "In Leip")).to_be_visible()
    expect(theirs).to_be_hidden()
    expect(heard).to_have_text("")


def test_a_note_is_no_sign_and_nobody_is_told_twice_in_a_minute(tab: Tab, chat: ChatShop) -> None:
    shop = opened(tab(), chat.page())
    write(shop, "Hello?")
    expect(line(shop, "Hello?")).to_contain_text("Sent")
    chat.hear()
    expect(line(shop, "Hello?")).to_contain_text("You")
    desk = at_the_desk(tab, chat)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if request.url.endswith("/writing/") else None)
    desk.locator("[data-writes=note]").click()
    desk.get_by_label("Text", exact=True).press_sequentially("She is", delay=20)
    assert asked == [], "a note is read by no customer"
    desk.locator("[data-writes=reply]").click()
    for _ in range(2):
        desk.get_by_label("Text", exact=True).press_sequentially(" sure", delay=20)
        expect(shop.locator(f"{CHAT} .writing")).to_be_visible()
        shop.wait_for_timeout(3_200)
    assert len(asked) == 2, "once in three seconds"
    expect(shop.locator(f"{CHAT} .writing")).to_be_hidden(timeout=9_000)
    desk.get_by_label("Text", exact=True).press_sequentially(" now", delay=20)
    expect(shop.locator(f"{CHAT} .writing")).to_be_visible()
    expect(shop.locator(f"{CHAT} .writing + [role=status]")).to_have_text("")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_moves_for_nobody_who_does_not_want_it(
    tab: Tab, chat: ChatShop, viewport: dict[str, int], scheme: str
) -> None:
    shop = opened(tab(viewport=viewport, color_scheme=scheme), chat.page())
    write(shop, "Where is it?")
    expect(line(shop, "Where is it?")).to_contain_text("Sent")
    chat.hear()
    expect(line(shop, "Where is it?")).to_contain_text("You")
    desk = at_the_desk(tab, chat, viewport=viewport, color_scheme=scheme)
    desk.get_by_label("Text", exact=True).press_sequentially("It is", delay=20)
    expect(shop.locator(f"{CHAT} .writing")).to_be_visible()
    assert looking.faint_text(shop, CHAT) == [] and looking.sideways(shop) == 0
    moves = f"getComputedStyle(document.querySelector('{CHAT}').shadowRoot.querySelector('.dots i')).animationName"
    assert shop.evaluate(moves) == "none", "its reader asked for less motion"
    shop.get_by_label("Your message").press_sequentially("Please", delay=20)
    expect(desk.locator(".composer .writing")).to_be_visible()
    assert looking.faint_text(desk) == [] and looking.sideways(desk) <= 0

"""The chat on a shop's page of another site: written, answered, cut off, killed, reloaded, by keyboard, by two tabs."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import chromium, looking
from tests.browser.chat_shop import ChatShop, chat_shop, picture
from tests.browser.conftest import DESK, PHONE
from tests.browser.site import Site

Tab = Callable[..., Page]
CHAT = "aftercart-chat"


@pytest.fixture(scope="module")
def chat(shop: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatShop]:
    with chat_shop(shop, tmp_path_factory.mktemp("shop")) as found:
        yield found


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A page of a browser in which nothing has gone wrong at the end; `of`: of the same one as another."""
    wrong: list[str] = []
    contexts = ExitStack()

    def open_(of: Page | None = None, **how: Any) -> Page:
        usual = {"viewport": DESK, "reduced_motion": "reduce"}
        context = of.context if of else contexts.enter_context(chromium.opened(browser, **usual | how))
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Policy" in told.text else None)
        return page

    with contexts:
        yield open_
    assert wrong == []


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.get_by_role("button", name="Chat with").click()
    return page


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def line(page: Page, text: str) -> Any:
    return page.get_by_role("listitem").filter(has_text=text)


def test_it_is_answered_on_the_page_and_is_still_there_after_a_reload(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page())
    write(page, "Where is my teapot?")
    expect(line(page, "Where is my teapot?")).to_contain_text("Sent")
    assert chat.hear() == ["Where is my teapot?"]
    chat.answer("In Leipzig: https://juniper.example/o/abc. <img src=x onerror=alert(1)> javascript:alert(1)")
    expect(line(page, "In Leipzig")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(CHAT).get_by_role("link")).to_have_count(1)
    expect(page.get_by_role("link", name="https://juniper.example/o/abc")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    page.get_by_label("Your message").fill("I was just wri")

    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_label("Your message")).to_have_value("I was just wri")
    assert page.evaluate("document.activeElement === document.body"), "nobody is moved into it"


def test_without_network_it_waits_and_is_sent_once_and_nothing_is_missed(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page())
    write(page, "Before")
    expect(line(page, "Before")).to_contain_text("Sent")
    chat.hear()
    expect(line(page, "Before")).to_contain_text("You")
    page.context.set_offline(True)
    write(page, "Is it raining there?")
    write(page, "It is here")
    expect(line(page, "It is here")).to_contain_text("Waiting for the network")
    expect(page.get_by_text("What you write is kept here")).to_be_visible()
    chat.answer("While you were away")
    expect(line(page, "While you were away")).to_have_count(0)

    page.context.set_offline(False)
    expect(line(page, "While you were away")).to_be_visible()
    expect(line(page, "It is here")).to_contain_text("Sent")
    expect(page.get_by_text("What you write is kept here")).to_be_hidden()
    assert chat.hear() == ["Is it raining there?", "It is here"]
    expect(line(page, "It is here")).to_contain_text("You")
    expect(page.get_by_role("listitem")).to_have_count(4)


def test_what_was_written_while_our_server_was_dead_outlives_a_reload_and_arrives_once(
    tab: Tab, chat: ChatShop, shop: Site
) -> None:
    page = opened(tab(), chat.page())
    write(page, "Hello")
    expect(line(page, "Hello")).to_contain_text("Sent")
    chat.hear()
    shop.server.kill()
    try:
        write(page, "Is anybody there?")
        expect(line(page, "Is anybody there?")).to_contain_text("Waiting for the network")
        # Nothing of ours can be loaded, the script neither; the shop's page is as it would be without us.
        page.reload()
        expect(page.get_by_role("heading", name="Stone teapot")).to_be_visible()
    finally:
        shop.server.start()
    page.reload()
    expect(line(page, "Is anybody there?")).to_contain_text("Sent")
    assert chat.hear() == ["Is anybody there?"]
    expect(page.get_by_role("listitem")).to_have_count(2)


def test_two_tabs_show_the_same_and_send_what_waited_once(tab: Tab, chat: ChatShop) -> None:
    one = opened(tab(), chat.page())
    other = tab(of=one)
    other.goto(chat.page())  # where it is open, as in the other
    one.context.set_offline(True)
    write(one, "From the first")
    write(other, "From the second")
    for page in (one, other):
        expect(page.get_by_role("listitem")).to_have_count(2)
    one.context.set_offline(False)
    for page in (one, other):
        expect(line(page, "From the second")).to_contain_text("Sent")
    assert sorted(chat.hear()) == ["From the first", "From the second"]
    chat.answer("To both")
    for page in (one, other):
        expect(line(page, "To both")).to_be_visible()
        expect(page.get_by_role("listitem")).to_have_count(3)


def test_an_answer_to_a_closed_chat_is_announced_and_counted(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page())
    write(page, "I shall be back")
    expect(line(page, "I shall be back")).to_contain_text("Sent")
    chat.hear()
    page.keyboard.press("Escape")
    chat.answer("Good")
    launcher = page.get_by_role("button", name="Chat with")
    expect(launcher).to_contain_text("1")
    expect(page.get_by_role("status").filter(has_text="A new answer")).to_have_count(1)
    launcher.click()
    expect(line(page, "Good")).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher.locator(".count")).to_be_hidden()


def test_it_can_be_used_by_keyboard_alone(tab: Tab, chat: ChatShop) -> None:
    page = tab()
    page.goto(chat.page())
    page.get_by_role("button", name="Chat with").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert looking.focused(page, CHAT) == ("Chat with Juniper & Clay", True)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("in two lines")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(line(page, "in two lines")).to_contain_text("Sent")
    seen = set()
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        if (found := looking.focused(page, CHAT)) is not None:
            assert found[1], f"one cannot see that {found[0]} has the focus"
            seen.add(page.locator(CHAT).evaluate("(host) => host.shadowRoot.activeElement.className || 'email'"))
    assert {"close", "log", "email", "plain"} <= seen
    page.get_by_label("Your message").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat with")).to_be_focused()
    assert chat.hear() == ["By keyboard\nin two lines"]


def test_whoever_signs_in_keeps_what_they_said_and_nobody_else_sees_it(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page())
    write(page, "Before I signed in")
    expect(line(page, "Before I signed in")).to_contain_text("Sent")
    page.goto(chat.page(chat.identities["alice"]))
    write(page, "Now I am Alice")
    expect(line(page, "Now I am Alice")).to_contain_text("Sent")
    assert len(chat.hear()) == 2
    expect(line(page, "Before I signed in")).to_be_visible()

    page.goto(chat.page(chat.identities["bob"]))
    page.get_by_role("button", name="Chat with").click()
    write(page, "I am Bob")
    expect(line(page, "I am Bob")).to_contain_text("Sent")
    chat.hear()
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.goto(chat.page())
    page.get_by_role("button", name="Chat with").click()
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_a_token_that_is_not_believed_is_said_and_the_chat_goes_on(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page(chat.identities["alice"] + "x"))
    write(page, "It is me")
    expect(line(page, "It is me")).to_contain_text("Sent")
    expect(page.get_by_text("The shop could not confirm who you are")).to_be_visible()
    chat.hear()


def test_a_picture_waits_with_its_message_through_a_reload_and_is_sent_smaller(tab: Tab, chat: ChatShop) -> None:
    page = opened(tab(), chat.page())
    page.route("**/messages", lambda route: route.abort())
    field = page.locator(CHAT).locator("input[type=file]")
    field.set_input_files(FilePayload(name="run.exe", mimeType="application/x-msdownload", buffer=b"MZ"))
    expect(page.get_by_text("Pictures and PDF files can be sent.")).to_be_visible()
    field.set_input_files(FilePayload(name="crack.png", mimeType="image/png", buffer=picture(3000, 1500)))
    expect(page.get_by_text("Pictures and PDF files can be sent.")).to_be_hidden()
    expect(page.get_by_role("button", name="Remove: crack.png")).to_be_visible()
    write(page, "It is broken")
    expect(line(page, "It is broken")).to_contain_text("crack.png")
    page.reload()
    expect(line(page, "It is broken")).to_contain_text("Waiting for the network")

    page.unroute("**/messages")
    page.evaluate("dispatchEvent(new Event('online'))")  # it would try again by itself, later each time
    expect(line(page, "It is broken")).to_contain_text("Sent")
    assert chat.hear() == ["It is broken"]
    with page.expect_download() as downloaded:
        line(page, "It is broken").get_by_role("button", name="crack.png").click()
    assert downloaded.value.suggested_filename == "crack.png"
    content = downloaded.value.path().read_bytes()
    assert struct.unpack(">II", content[16:24]) == (2000, 1000)


def test_no_cookie_is_needed_set_or_sent(tab: Tab, chat: ChatShop, shop: Site) -> None:
    page = tab()
    page.goto(f"{shop.address}/login/")  # where we do set one
    assert page.context.cookies()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if "cookie" in asked.all_headers() else None)
    before = page.context.cookies()
    opened(page, chat.page())
    write(page, "No cookie, thank you")
    expect(line(page, "No cookie, thank you")).to_contain_text("Sent")
    chat.hear()
    expect(line(page, "No cookie, thank you")).to_contain_text("You")
    assert page.context.cookies() == before
    assert [url for url in sent if "/chat/" in url] == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anybody_can_read_and_hit_it(tab: Tab, chat: ChatShop, viewport: dict[str, int], scheme: str) -> None:
    page = tab(viewport=viewport, color_scheme=scheme)
    page.goto(chat.page())
    page.get_by_role("button", name="Chat with").wait_for()
    assert looking.faint_text(page, CHAT) == []
    page.get_by_role("button", name="Chat with").click()
    page.context.set_offline(True)
    write(page, "Where is it?")
    expect(line(page, "Where is it?")).to_contain_text("Waiting")
    assert looking.faint_text(page, CHAT) == []
    assert looking.small_targets(page, CHAT) == []
    assert looking.sideways(page) == 0
    dialog = page.get_by_role("dialog", name="Chat with Juniper & Clay")
    expect(dialog.get_by_role("log", name="The conversation")).to_be_visible()
    for name in ("Close the chat", "Send", "Save the e-mail"):
        expect(dialog.get_by_role("button", name=name)).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None and box["height"] <= viewport["height"] and box["width"] <= viewport["width"]


def test_outside_hours_it_says_when_and_keeps_an_address_for_the_answer(tab: Tab, chat: ChatShop) -> None:
    chat.hours("wed-fri 09:00-18:00")  # it is Tuesday morning there
    try:
        page = opened(tab(timezone_id="America/New_York"), chat.page())
        expect(page.get_by_text("Nobody is here at the moment. We answer from Wednesday 09:00.")).to_be_visible()
        page.get_by_label("Leave your e-mail").fill("alice@example.com")
        page.get_by_role("button", name="Save the e-mail").click()
        expect(page.get_by_text("the answer goes to alice@example.com")).to_be_visible()
        write(page, "Until tomorrow then")
        expect(line(page, "Until tomorrow then")).to_contain_text("Sent")
        chat.hear()
        page.goto(chat.page(language="de"))
        expect(page.get_by_text("Gerade ist niemand da. Wir antworten ab Mittwoch")).to_be_visible()
    finally:
        chat.hours("")

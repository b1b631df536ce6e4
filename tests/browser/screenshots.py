"""Pictures of the customer's pages, to be looked at, in var/screens: `python -m tests.browser.screenshots [NAME …]`."""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from aftercart.plumbing import postgres
from tests.browser import pictures
from tests.browser.chromium import launch
from tests.browser.site import Site, site

PHONE, DESKTOP = (390, 844), (1280, 900)
WORRIES = range(1061, 1075)  # the orders of tests.browser.worries


@dataclass(frozen=True, kw_only=True)
class Shot:
    name: str
    path: str  # an order's number, or an address
    size: tuple[int, int] = PHONE
    dark: bool = False
    query: str = ""
    scale: int = 2
    full: bool = True


SHOTS = (
    Shot(name="phone", path="1042"),
    Shot(name="desktop", path="1042", size=DESKTOP, scale=1),
    Shot(name="dark-phone", path="1042", dark=True),
    Shot(name="dark-desktop", path="1044", size=DESKTOP, scale=1, dark=True),
    Shot(name="late-phone", path="1044"),
    Shot(name="late-desktop", path="1044", size=DESKTOP, scale=1),
    Shot(name="split-phone", path="1045"),
    Shot(name="split-desktop", path="1045", size=DESKTOP, scale=1),
    Shot(name="delivered-desktop", path="1046", size=DESKTOP, scale=1),
    Shot(name="asked-phone", path="1047"),
    Shot(name="asked-desktop", path="1047", size=DESKTOP, scale=1),
    Shot(name="packing-desktop", path="1048", size=DESKTOP, scale=1),
    Shot(name="spanish-phone", path="1049"),
    Shot(name="japanese-phone", path="1050"),
    Shot(name="japanese-desktop", path="1050", size=DESKTOP, scale=1),
    Shot(name="german-desktop", path="1044", size=DESKTOP, scale=1, query="?lang=de"),
    Shot(name="find-phone", path="/t/juniper/"),
    Shot(name="find-desktop", path="/t/juniper/", size=DESKTOP, scale=1),
    Shot(name="broken-desktop", path="/t/juniper/no-link/", size=DESKTOP, scale=1),
    Shot(name="expired-phone", path="expired"),
    Shot(name="question-phone", path="delivered_check no"),
    Shot(name="question-dark-phone", path="ask_delivery yes", dark=True),
    Shot(name="question-desktop", path="ask_ticket yes", size=DESKTOP, scale=1),
    Shot(name="question-german-phone", path="delivered_check yes", query="?lang=de"),
    Shot(name="question-japanese-desktop", path="ask_delivery no", size=DESKTOP, scale=1, query="?lang=ja"),
    Shot(name="address-phone", path="address"),
    Shot(name="address-dark-phone", path="address", dark=True),
    Shot(name="address-desktop", path="address", size=DESKTOP, scale=1),
    Shot(name="address-german-phone", path="address", query="?lang=de"),
    Shot(name="address-japanese-phone", path="address", query="?lang=ja"),
    Shot(name="write-phone", path="1044", query="write/"),
    Shot(name="write-dark-phone", path="1044", query="write/", dark=True),
    Shot(name="write-desktop", path="/t/juniper/write/", size=DESKTOP, scale=1),
    Shot(name="write-japanese-phone", path="/t/juniper/write/", query="?lang=ja"),
    Shot(name="write-german-phone", path="/t/juniper/write/", query="?lang=de"),
    Shot(name="write-sent-phone", path="1044", query="write/sent/?about=where"),
    Shot(name="messages-phone", path="messages"),
    Shot(name="messages-kept-desktop", path="messages", size=DESKTOP, scale=1, query="?kept=1"),
    Shot(name="messages-dark-phone", path="stopped", dark=True),
    Shot(name="messages-german-phone", path="stopped", query="?lang=de"),
    Shot(name="messages-japanese-phone", path="stopped", query="?lang=ja"),
    *(
        Shot(name=f"worry-{number}-{name}", path=str(number), size=size, scale=scale, dark=name == "dark-phone")
        for number in WORRIES
        for name, size, scale in (("phone", PHONE, 2), ("dark-phone", PHONE, 2), ("desktop", DESKTOP, 1))
    ),
)


def take(browser: Browser, shop: Site, shot: Shot, directory: Path) -> Path:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=shot.scale,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    pictures.hang(context)
    page = context.new_page()
    address = shop.links.get(shot.path) or shop.address + shot.path
    page.goto(address + shot.query, wait_until="networkidle")
    target = directory / f"{shot.name}.png"
    page.screenshot(path=target, full_page=shot.full)
    context.close()
    return target


def together(browser: Browser, shop: Site, target: Path) -> None:
    """The picture for the README: an order on time on a desk, a late one on a phone."""
    parts = target.parent / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    wide = take(browser, shop, Shot(name="wide", path="1042", size=(1080, 720), scale=1, full=False), parts)
    phone = take(browser, shop, Shot(name="phone", path="1044", size=(360, 690), scale=1, dark=True, full=False), parts)
    drawn = [base64.b64encode(picture.read_bytes()).decode() for picture in (wide, phone)]
    page = browser.new_page(viewport={"width": 1280, "height": 820})
    page.set_content(
        "<style>body{margin:0;height:820px;background:#e6ddd5;position:relative}img{position:absolute}"
        "#wide{left:40px;top:44px;border-radius:10px;box-shadow:0 2px 30px #0002}"
        "#phone{right:40px;top:92px;border-radius:26px;border:7px solid #1b1715;box-shadow:0 8px 40px #0006}</style>"
        f"<img id=wide src='data:image/png;base64,{drawn[0]}'><img id=phone src='data:image/png;base64,{drawn[1]}'>"
    )
    page.screenshot(path=target)
    page.close()


def main(directory: Path, wanted: set[str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with postgres.temporary() as cluster, site(cluster.url("postgres")) as shop, sync_playwright() as playwright:
        browser = launch(playwright)
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                print(take(browser, shop, shot, directory))
        if not wanted or "readme" in wanted:
            together(browser, shop, directory / "readme.png")
        browser.close()


if __name__ == "__main__":
    main(Path("var/screens"), set(sys.argv[1:]))

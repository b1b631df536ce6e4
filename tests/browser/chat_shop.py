"""A shop's page of another origin with the chat on it, and what happens behind it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser.site import Site
from tests.browser.test_storefront import served

PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Stone teapot</title>
<meta http-equiv="content-security-policy" content="{policy}"><link rel="icon" href="data:,">
<style>:root {{ color-scheme: light dark; font: 100%/1.5 Georgia, serif }}
  body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
  button {{ background: hotpink; text-transform: uppercase }} * {{ letter-spacing: .5em; color: rebeccapurple }}</style>
<header>Juniper &amp; Clay</header><main><h1>Stone teapot</h1>
<p>Thrown by hand in Vermont, fired twice, and made to last longer than its recipe. <a href="#">Read more</a></p></main>
<footer>Free returns for thirty days</footer>
<script src="{script}/static/chat/chat.js" data-brand="juniper" data-key="{key}" data-identity="{identity}"
  defer></script>
"""


@dataclass(slots=True)
class ChatShop:
    site: Site
    origin: str
    folder: Path
    key: str
    identities: dict[str, str]

    def page(self, identity: str = "", language: str = "en-GB") -> str:
        # As strict as a shop may be: our address alone, for scripts and for asking.
        ours = self.site.address
        policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; style-src 'unsafe-inline'; img-src data:;"
        policy += " require-trusted-types-for 'script'"
        told = PAGE.format(script=ours, key=self.key, identity=identity, language=language, policy=policy)
        (self.folder / "index.html").write_text(told, "utf-8")
        return self.origin

    def behind(self, *words: str) -> Any:
        return _behind(self.site, *words)

    def hear(self) -> list[str]:
        return list(self.behind("hear"))

    def answer(self, text: str) -> None:
        self.behind("answer", text)


@contextmanager
def chat_shop(site: Site, folder: Path, hours: str = "") -> Iterator[ChatShop]:
    with served(folder) as served_at:
        # Another site than ours, not only another origin: browsers keep cookies apart by that.
        origin = served_at.replace("127.0.0.1", "localhost")
        told = _behind(site, "open", origin, hours)
        made = ChatShop(site, origin, folder, told.pop("key"), told)
        made.page()
        url = f"{site.address}/chat/juniper/{made.key}/settings"
        for _ in range(50):  # the server hears of a key within three seconds
            if httpx.get(url, headers={"origin": origin}, timeout=30).status_code == 200:
                break
        yield made


def _behind(site: Site, *words: str) -> Any:
    command = [sys.executable, "-m", "tests.browser.chat_seed", *words]
    return json.loads(subprocess.run(command, env=site.environment, check=True, stdout=subprocess.PIPE).stdout)

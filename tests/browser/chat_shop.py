"""A shop's page of another origin with the chat on it, and what happens behind it."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    desk: subprocess.Popen[str]
    key: str = ""
    identities: dict[str, str] = field(default_factory=dict)
    pages: int = 0

    def page(self, identity: str = "", language: str = "en-GB") -> str:
        # As strict as a shop may be: our address alone, for scripts and for asking.
        ours = self.site.address
        policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; style-src 'unsafe-inline'; img-src data:;"
        policy += " require-trusted-types-for 'script'"
        told = PAGE.format(script=ours, key=self.key, identity=identity, language=language, policy=policy)
        (self.folder / "index.html").write_text(told, "utf-8")
        # An address of its own: a page written twice in one second is the same page to a browser that asks for news.
        self.pages += 1
        return f"{self.origin}/?{self.pages}"

    def open(self) -> None:
        self.identities = dict(self._behind("open", self.origin))
        self.key = self.identities.pop("key")
        self._until(lambda told: "texts" in told)

    def hours(self, text: str) -> None:
        self._behind("hours", text)
        self._until(lambda told: (told["open"] is None) == (text == ""))

    def hear(self) -> list[str]:
        return list(self._behind("hear"))

    def answer(self, text: str) -> None:
        self._behind("answer", text)

    def agent(self, name: str) -> int:
        """Somebody with a log-in at the desk; the number of the ticket that was written last."""
        return int(self._behind("agent", name))

    def _until(self, heard: Callable[[dict[str, Any]], bool]) -> None:
        """The server hears of a key, or of other hours, within three seconds."""
        url = f"{self.site.address}/chat/juniper/{self.key}/settings"
        for _ in range(50):
            if heard(httpx.get(url, headers={"origin": self.origin}, timeout=30).json()):
                return
            time.sleep(0.2)

    def _behind(self, *words: str) -> Any:
        assert self.desk.stdin and self.desk.stdout
        self.desk.stdin.write(json.dumps(words) + "\n")
        self.desk.stdin.flush()
        return json.loads(self.desk.stdout.readline())


@contextmanager
def chat_shop(site: Site, folder: Path) -> Iterator[ChatShop]:
    command = [sys.executable, "-m", "tests.browser.chat_desk"]
    with (
        served(folder) as address,
        subprocess.Popen(
            command, env=site.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as desk,
    ):
        # Another site than ours, not only another origin: browsers keep cookies apart by that.
        made = ChatShop(site, address.replace("127.0.0.1", "localhost"), folder, desk)
        made.open()
        made.page()
        yield made


def picture(width: int, height: int) -> bytes:
    """A PNG of this size (RFC 2083), grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

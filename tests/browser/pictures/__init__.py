"""The shop's products, drawn by us, and served as if from the host where the shop keeps its pictures."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Route

HOST = "https://pictures.juniper-and-clay.example/"


def hang(context: BrowserContext) -> None:
    def answer(route: Route) -> None:
        drawn = Path(__file__).parent / route.request.url.removeprefix(HOST)
        route.fulfill(body=drawn.read_bytes(), content_type="image/svg+xml")

    context.route(f"{HOST}*", answer)

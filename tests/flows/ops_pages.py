"""The addresses of the operators' pages, and what they say."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.flows.ops_rows import Day

LISTS = (
    "overview",
    "inbox",
    "concerns",
    "places",
    "concerns-csv",
    "disruptions",
    "disruptions-csv",
    "search",
    "notices",
    "notices-csv",
    "silences",
    "answers",
    "unknown",
    "lanes",
    "lanes-csv",
    "promises",
    "broken",
    "broken-csv",
    "proof",
    "proof-csv",
    "gestures",
    "calendar",
    "themes",
    "contacts",
)
ACTS = ("replays", "replay", "releases", "cancellations")


def address(day: Day, name: str) -> str:
    of_delivery, of_notice = ("delivery", "body", "replay"), ("notice", "releases", "cancellations")
    known = (
        dict.fromkeys(of_delivery, day.quarantined)
        | dict.fromkeys(of_notice, day.parked)
        | {
            "order": day.order,
            "parcel": day.parcel,
        }
    )
    return reverse(f"ops:{name}", args=[day.brand.slug, *([known[name]] if name in known else [])])


def everything(day: Day) -> list[str]:
    return [address(day, name) for name in (*LISTS, "delivery", "body", "order", "parcel", "notice", "week", "words")]


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return " ".join(b"".join(response).decode().split())

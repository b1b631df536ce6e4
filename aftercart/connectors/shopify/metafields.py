"""Feeding the shop's own messages and pages: what we know of an order, in a metafield of it.

One metafield of JSON, so that each message replaces all that the last one said: a date that no longer holds does not
stay behind. Looked up for 2026-07: `metafieldsSet`, https://shopify.dev/docs/api/admin-graphql/latest/mutations/metafieldsSet
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from aftercart.connectors.posting import address, json, post, read
from aftercart.connectors.reading import Document, mapping, rows, text
from aftercart.connectors.sending import EVENT, Channel, Message, SendError, SettingError, needed, seconds_of

CHANNELS = frozenset([EVENT])
NEEDED: tuple[str, ...] = ("shop", "access_token")
OPTIONAL: tuple[str, ...] = ("address",)
# Whoever writes the same value under the same key twice has written it once.
REPEATABLE = True
PROVEN_BY: str | None = None
VERSION = "2026-07"
NAMESPACE, KEY = "aftercart", "status"
SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
SET = """
mutation ($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { metafields { id } userErrors { field message code } }
}
"""
# Our token, our app's scopes, or the shop itself: no order fares better until somebody mends that.
_MISTAKEN = frozenset(["ACCESS_DENIED", "SHOP_INACTIVE"])
_BUSY = frozenset(["THROTTLED", "INTERNAL_SERVER_ERROR", "TIMEOUT"])
# As long as a bucket takes that gives 50 points a second and is asked for a few.
_A_MOMENT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Metafield:
    access_token: str = field(repr=False)
    url: str
    seconds: float

    def __call__(self, message: Message) -> str:
        about = message.about
        if about.get("source") != "shopify" or not re.fullmatch(r"\d{1,20}", about.get("order", "")):
            raise SendError("order: this is about no order of a Shopify shop", permanent=True)
        told = {
            "kind": message.kind, "headline": message.subject, "message": message.text, "language": message.language,
            "reference": message.reference,
        }  # fmt: skip
        told |= {name: about[name] for name in ("earliest", "latest", "return_by", "link", "at") if about.get(name)}
        entry = {
            "ownerId": f"gid://shopify/Order/{about['order']}", "namespace": NAMESPACE, "key": KEY, "type": "json",
            "value": msgspec.json.encode(told).decode(),
        }  # fmt: skip
        body = {"query": SET, "variables": {"metafields": [entry]}}
        request = json(self.url, body, {"x-shopify-access-token": self.access_token})
        return _taken(read(post(request, seconds=self.seconds, repeatable=REPEATABLE).body))


def _taken(answer: Document) -> str:
    """The id of the metafield. GraphQL says yes to every request: whether it was one is in the answer."""
    for error in map(mapping, rows(answer.get("errors"))):
        raise _refusal(error, mapping(answer.get("extensions")))
    done = mapping(mapping(answer.get("data")).get("metafieldsSet"))
    for error in map(mapping, rows(done.get("userErrors"))):
        where = ".".join(str(part) for part in rows(error.get("field")))
        raise SendError(f"{where or 'metafield'}: {text(error.get('message'), 160)}", permanent=True)
    return text(mapping(next(iter(rows(done.get("metafields"))), None)).get("id"), 120)


def _refusal(error: Document, extensions: Document) -> SendError:
    said, code = text(error.get("message"), 160), text(mapping(error.get("extensions")).get("code"), 60)
    if code in _BUSY:
        return SendError(
            said, permanent=False, of_line=True, wait=_restored(extensions) if code == "THROTTLED" else None
        )
    of_line = code in _MISTAKEN
    return SendError(said or code, permanent=not of_line, of_line=of_line)


def _restored(extensions: Document) -> timedelta:
    """How long until the shop's bucket holds what the request costs."""
    cost = mapping(extensions.get("cost"))
    bucket = mapping(cost.get("throttleStatus"))
    try:
        missing = float(cost["requestedQueryCost"]) - float(bucket["currentlyAvailable"])
        return max(_A_MOMENT, timedelta(seconds=missing / float(bucket["restoreRate"])))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return _A_MOMENT


def sender(settings: Mapping[str, str]) -> Channel:
    shop = needed(settings, "shop").strip().lower()
    token = needed(settings, "access_token")
    if not SHOP.fullmatch(shop):
        raise SettingError("shop", f"{shop!r} is no shop such as juniper.myshopify.com")
    place = address(settings, f"https://{shop}")
    return Metafield(token, f"{place}/admin/api/{VERSION}/graphql.json", seconds_of(settings))

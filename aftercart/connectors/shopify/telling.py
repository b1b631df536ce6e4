from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.reading import (
    Document,
    first_instant,
    key,
    mapping,
    money,
    place,
    received_at,
    text,
)
from aftercart.facts import Money, Place
from aftercart.plumbing import moments

SOURCE = "shopify"


@dataclass(frozen=True, slots=True)
class Telling:
    """How and when a body reached us: what Shopify called it, when it was triggered, when it was received."""

    action: str  # the topic's second half: create, update, cancelled …; '' where there was no header
    triggered: datetime | None
    received: datetime

    @classmethod
    def of(cls, topic: str, headers: Mapping[str, str]) -> Telling:
        action = topic.partition("/")[2]
        return cls(action, moments.instant(headers.get("x-shopify-triggered-at")), received_at(headers))

    def moment(self, *written: object) -> datetime:
        """The first time that the body gives, else when it was triggered or received."""
        return first_instant(*written) or self.triggered or self.received

    def time(self, *written: object) -> object:
        """The same as it is written, with its own offset."""
        return next((value for value in written if moments.read(value)), None) or self.moment()


def external_id(thing: Document) -> str:
    """The numeric id, or the end of the GraphQL one where that is all there is."""
    return key(thing.get("id")).rpartition("/")[2] or graphql_id(thing.get("admin_graphql_api_id"))


def graphql_id(value: Any) -> str:
    """'gid://shopify/Return/12?x=1' is 12."""
    return key(value).partition("?")[0].rpartition("/")[2]


def needed_id(thing: Document, field: str = "id") -> str:
    found = external_id(thing)
    if not found:
        raise PayloadError(field, "is missing")
    return found


def paid(thing: Document, name: str, currency: object) -> Money | None:
    """An amount as the customer paid it: the presentment money where Shopify gives it, else the shop's."""
    both = mapping(thing.get(f"{name}_set"))
    shown = mapping(both.get("presentment_money")) or mapping(both.get("shop_money"))
    return money(shown.get("amount"), shown.get("currency_code")) or money(thing.get(name), currency)


def address_place(address: object) -> Place:
    given = mapping(address)
    return place(
        given.get("city"),
        given.get("province_code") or given.get("province"),
        given.get("country_code") or given.get("country"),
        given.get("zip"),
    )


def full_name(thing: Document) -> str:
    names = (text(thing.get("first_name"), 100), text(thing.get("last_name"), 100))
    return " ".join(filter(None, names)) or text(thing.get("name"), 200)

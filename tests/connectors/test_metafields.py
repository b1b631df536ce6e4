"""What Shopify says in an answer that is 200 all the same, and what it is told of an order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aftercart.connectors.sending import Message, SendError, SettingError
from aftercart.connectors.shopify import metafields
from tests.gateway import Answer, Gateway, gateway

SETTINGS = {"shop": "juniper.myshopify.com", "access_token": "shpat_1", "seconds": "5"}
ORDER = {"source": "shopify", "order": "1042", "number": "1042", "link": "https://care.example/t/x/"}
MESSAGE = Message(
    key="<k@x>", sender="a@x.example", to="noor@example.com", subject="Order 1042 has left our warehouse",
    text="It left.", html="<p>", language="en", kind="shipped", reference="ab",
    about=ORDER | {"latest": "2026-03-13", "at": "2026-03-09"},
)  # fmt: skip


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


def send(there: Gateway, message: Message = MESSAGE) -> str:
    return metafields.sender({**SETTINGS, "address": there.url})(message)


def answers(there: Gateway, **body: Any) -> SendError:
    there.usual = Answer(200, json.dumps(body).encode())
    with pytest.raises(SendError) as error:
        send(there)
    return error.value


def told(there: Gateway) -> Mapping[str, Any]:
    (entry,) = json.loads(there.asked[-1].body)["variables"]["metafields"]
    value: Mapping[str, Any] = json.loads(entry["value"])
    return value


def test_a_message_replaces_all_that_the_last_one_said_and_names_no_person(there: Gateway) -> None:
    there.usual = Answer(200, b"{}")
    send(there)
    assert told(there) == {
        "kind": "shipped", "headline": "Order 1042 has left our warehouse", "message": "It left.", "language": "en",
        "reference": "ab", "latest": "2026-03-13", "link": "https://care.example/t/x/", "at": "2026-03-09",
    }  # fmt: skip
    assert b"noor@" not in there.asked[-1].body
    send(there, replace(MESSAGE, kind="delivered", about=ORDER | {"return_by": "2026-04-12"}))
    assert "latest" not in told(there) and told(there)["return_by"] == "2026-04-12"


def test_what_shopify_refuses_is_named_by_its_field(there: Gateway) -> None:
    problem = {"field": ["metafields", "0", "ownerId"], "message": "Owner does not exist.", "code": "INVALID"}
    refused = answers(there, data={"metafieldsSet": {"metafields": [], "userErrors": [problem]}})
    assert refused.permanent and not refused.of_line
    assert str(refused) == "metafields.0.ownerId: Owner does not exist."


def throttled(**bucket: float) -> dict[str, Any]:
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    return {"errors": errors, "extensions": {"cost": {"requestedQueryCost": 110, "throttleStatus": bucket}}}


@pytest.mark.parametrize(
    ("bucket", "seconds"),
    [
        ({"currentlyAvailable": 10.0, "restoreRate": 10.0}, 10),
        ({"currentlyAvailable": 105, "restoreRate": 50}, 2),
        ({}, 2),
    ],
)
def test_a_shop_that_is_asked_too_much_is_left_alone_until_its_bucket_is_full_enough(
    there: Gateway, bucket: dict[str, float], seconds: int
) -> None:
    busy = answers(there, **throttled(**bucket))
    assert (busy.permanent, busy.of_line, busy.wait) == (False, True, timedelta(seconds=seconds))


def test_a_token_without_the_right_is_the_line_s_trouble(there: Gateway) -> None:
    error = {"message": "Access denied for metafieldsSet field.", "extensions": {"code": "ACCESS_DENIED"}}
    refused = answers(there, errors=[error])
    assert not refused.permanent and refused.of_line and "Access denied" in str(refused)


@pytest.mark.parametrize("about", [{}, {"source": "aftercart", "order": "W-1"}, ORDER | {"order": '1"}) {id}'}])
def test_what_is_about_no_order_of_a_shopify_shop_is_refused_and_nothing_is_sent(
    there: Gateway, about: dict[str, str]
) -> None:
    with pytest.raises(SendError, match=r"^order: this is about no order of a Shopify shop") as error:
        send(there, replace(MESSAGE, about=about))
    assert error.value.permanent and not there.asked


@pytest.mark.parametrize(
    "shop", ["juniper.example", "a.myshopify.com.evil.example", "https://juniper.myshopify.com", "x@y"]
)
def test_the_token_goes_to_no_other_house(shop: str) -> None:
    with pytest.raises(SettingError, match=r"^shop: .* is no shop such as juniper\.myshopify\.com"):
        metafields.sender(SETTINGS | {"shop": shop})

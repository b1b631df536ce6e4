from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart import facts
from aftercart.connectors import aftercart
from aftercart.connectors.aftercart.kinds import KINDS, STRUCTS
from aftercart.connectors.contract import PayloadError
from aftercart.facts import Call, File, Money, Nature, OrderPlaced, ParcelScanned, PromiseMade, State, ZoneSource
from tests.connectors.payloads import only, read

AT = "2026-03-02T09:15:18+01:00"
WROTE = {"kind": "message_received", "happened_at": AT, "message_id": "m", "channel": "x", "customer": {}, "text": "?"}
GIF = "R0lGODlhAQABAAAAACw="
TOO_LONG = "A" * 33_333_336  # 25,000,002 bytes
CANCELLED = {"kind": "order_cancelled", "happened_at": AT, "order_id": "W-1"}


def sent(document: Any, **headers: str) -> list[Any]:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return list(aftercart.parse(json.dumps(document).encode(), given))


def test_every_fact_of_the_vocabulary_can_be_sent() -> None:
    assert set(STRUCTS) == set(get_args(facts.ANY_FACT))
    assert len(set(KINDS.values())) == len(STRUCTS)
    for fact, struct in STRUCTS.items():
        assert set(struct.__struct_fields__) - {"version"} == {*fact.__dataclass_fields__}, fact


def test_an_order_and_its_promise() -> None:
    reads = read("aftercart", "order")
    (order,), (promise,) = only(OrderPlaced, reads), only(PromiseMade, reads)
    assert (order.source, order.order_id, order.total) == ("aftercart", "W-1042", Money(amount=4990, currency="GBP"))
    assert order.happened_at == order.reported_at == order.as_of == datetime(2026, 3, 2, 8, 15, 18, tzinfo=UTC)
    assert (promise.latest, promise.surface) == (date(2026, 3, 9), "checkout")


def test_a_single_scan_with_a_local_time() -> None:
    (scan,) = read("aftercart", "scan", webhook_timestamp="1773061205")
    assert isinstance(scan, ParcelScanned)
    assert (scan.state, scan.code) == (State.OUT_FOR_DELIVERY, "out_for_delivery")
    assert (scan.at.zone, scan.happened_at) == (ZoneSource.LOCATION, datetime(2026, 3, 9, 11, 41, tzinfo=UTC))
    assert scan.reported_at == datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)


def test_facts_may_be_told_in_another_system_s_name() -> None:
    (cancelled,) = sent(CANCELLED | {"source": "shopify"})
    assert cancelled.source == "shopify"


def test_a_scan_needs_a_time_and_a_parcel() -> None:
    (scan,) = sent({"kind": "parcel_scanned", "number": "1", "happened_at": AT})
    assert (scan.at.offset_minutes, scan.state) == (60, None)
    (scan,) = sent({"kind": "parcel_scanned", "fulfilment_id": "1", "at": AT})
    assert scan.happened_at == datetime(2026, 3, 2, 8, 15, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"facts": [CANCELLED, CANCELLED | {"order_id": 7}]}, "facts[1].order_id: expected `str`, got `int`"),
        ({"facts": [CANCELLED | {"orderid": "7"}]}, "facts[0].orderid: is not known here"),
        ({"facts": [{"kind": "order_cancelled"}]}, "facts[0].happened_at: is missing"),
        ({"facts": [{"kind": "order_lost"}]}, "facts[0].kind: invalid value 'order_lost'"),
        ({"facts": [{}]}, "facts[0].kind: is missing"),
        ({"facts": [CANCELLED], "version": 2}, "version: invalid enum value 2"),
        (CANCELLED | {"version": 2}, "version: invalid enum value 2"),
        (CANCELLED | {"happened_at": "2026-03-02T09:15:18"}, "happened_at: expected `datetime` with a timezone"),
        (CANCELLED | {"happened_at": "0001-01-01T00:00:00+14:00"}, "happened_at: is not between 1970 and 2100"),
        ({"facts": [CANCELLED | {"happened_at": "2220-01-01T00:00:00Z"}]}, "facts[0].happened_at: is not between"),
        (CANCELLED | {"order_id": ""}, "order_id: expected `str` of length >= 1"),
        (CANCELLED | {"why": "\0"}, "body: holds a NUL character"),
        (CANCELLED | {"source": "My Shop"}, "source: expected `str` matching regex"),
        ({"fact": []}, "fact: is not known here"),
        ([CANCELLED], "body: expected `object`, got `array`"),
        ({"kind": "parcel_scanned", "happened_at": AT}, "number: is missing, and so is fulfilment_id"),
        ({"kind": "parcel_scanned", "number": "1"}, "at: is missing, and so is happened_at"),
        ({"kind": "parcel_scanned", "number": "1", "at": "noon"}, "at: is not a time"),
        ({"kind": "parcel_scanned", "number": "1", "at": AT, "state": "flying"}, "state: invalid enum value 'flying'"),
        (
            {"facts": [{"kind": "arrival_estimated", "happened_at": AT, "latest": "2026-03-02"}]},
            "facts[0].number: is missing, and so is fulfilment_id",
        ),
        (
            {"kind": "promise_made", "happened_at": AT, "order_id": "1",
             "latest": "2026-03-02", "earliest": "2026-03-03"},
            "earliest: is after latest",
        ),
        (
            {"kind": "refund_issued", "happened_at": AT, "refund_id": "1", "order_id": "1",
             "amount": {"amount": 1.5, "currency": "EUR"}},
            "amount.amount: expected `int`, got `float`",
        ),
        (WROTE | {"proven": True}, "proven: is said of nobody"),
        (WROTE | {"handle": "imogen", "proven": True, "doubted": True}, "doubted: contradicts proven"),
        (WROTE | {"nature": "robot"}, "nature: invalid enum value 'robot'"),
        (WROTE | {"public": "yes"}, "public: expected `bool`, got `str`"),
        (WROTE | {"files": [{"content": ""}]}, "files[0].name: is missing"),
        (WROTE | {"files": [{"name": "a", "content": "no base64"}]}, "files[0].content: invalid base64"),
        (WROTE | {"files": [{"name": "a", "content": "", "type": "image/png"}]}, "files[0].type: is not known here"),
        (WROTE | {"files": [{"name": "a", "content": ""}] * 51}, "files: expected `array` of length <= 50"),
        (WROTE | {"files": [{"name": "a", "content": TOO_LONG}]}, "files[0].content: expected `bytes` of"),
        (WROTE | {"call": {"outcome": "busy", "seconds": -4}}, "call.seconds: expected `int` >= 0"),
        (WROTE | {"call": {"outcome": "busy", "recording_url": "javascript:x"}}, "call.recording_url: expected `str`"),
        (WROTE | {"customer": {"email": "i@x.example", "verified": True}}, "customer.verified: is not known here"),
        ({"facts": [WROTE, WROTE | {"answers": [""]}]}, "facts[1].answers[0]: expected `str` of length >= 1"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_by_its_path_and_reason(document: Any, message: str) -> None:
    with pytest.raises(PayloadError) as error:
        sent(document)
    assert str(error.value).startswith(message)


def test_an_instant_that_contradicts_its_local_time_is_refused() -> None:
    at = {"instant": "2026-03-02T08:15:18Z", "local": "2026-03-02T09:15:18", "offset_minutes": 120, "zone": "explicit"}
    with pytest.raises(PayloadError, match="at: has an instant"):
        sent({"kind": "parcel_scanned", "number": "1", "at": at})
    assert sent({"kind": "parcel_scanned", "number": "1", "at": at | {"offset_minutes": 60}})


def test_a_message_says_all_that_its_channel_knows() -> None:
    (message,) = sent(
        WROTE
        | {
            "channel": "instagram", "handle": "imogen.makes", "proven": True, "public": True, "thread": "t-1",
            "nature": "auto_reply", "to": ["help@juniper.example"], "answers": ["m-0"], "tokens": ["abc"],
            "html": "<p>?</p>", "quoted": "> ?", "notes": ["half of it was lost"],
            "files": [{"name": "../bowl.pdf", "declared": "application/pdf", "content": GIF}],
            "call": {"outcome": "completed", "seconds": 41, "inbound": False, "recording_url": "https://x.example/1.mp3"},
        }
    )  # fmt: skip
    assert (message.proven, message.public, message.doubted, message.nature) == (True, True, False, Nature.AUTO_REPLY)
    assert (message.handle, message.thread, message.to, message.answers, message.tokens) == (
        "imogen.makes", "t-1", ("help@juniper.example",), ("m-0",), ("abc",),
    )  # fmt: skip
    assert message.files == (
        File(name="bowl.pdf", content=base64.b64decode(GIF), type="image/gif", declared="application/pdf"),
    )
    assert message.call == Call(seconds=41, outcome="completed", inbound=False, recording_url="https://x.example/1.mp3")


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
OUTCOMES = st.sampled_from(["completed", "busy"])


@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=60))),
    st.builds(Call, seconds=st.integers(0, 9_000), outcome=OUTCOMES, inbound=st.booleans()),
)
def test_a_message_that_is_told_on_stays_the_same(written: list[tuple[str, bytes]], call: Call) -> None:
    files = [{"name": name, "content": base64.b64encode(content).decode()} for name, content in written]
    (message,) = sent(WROTE | {"files": files})
    message = replace(message, call=call)
    assert aftercart.parse(aftercart.encode([message]), {}) == [message]
    assert aftercart.parse(json.dumps(aftercart.as_json(message), default=str).encode(), {}) == [message]

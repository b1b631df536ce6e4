"""Other payloads of the same kinds: fields gone, null, of another type, nonsense."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st

from aftercart.connectors import aftercart
from aftercart.connectors.contract import PayloadError
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Fact
from tests.connectors.payloads import body, every_body
from tests.connectors.test_every_connector import naive_times

TIMES = ["2026-10-25T02:30:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-02-30", "1773061205", "now"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(TIMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
TOPICS = [
    "", "orders/updated", "orders/edited", "orders/delete", "fulfillments/create", "fulfillment_events/create",
    "refunds/create", "returns/approve", "reverse_deliveries/attach_deliverable",
    "reverse_fulfillment_orders/dispose", "order_transactions/create", "products/update", "variants/in_stock",
    "inventory_levels/update", "customers/update",
]  # fmt: skip


def spots(thing: Any) -> list[tuple[Any, Any]]:
    """Every place in a document where something stands: (container, key)."""
    keys = list(thing) if isinstance(thing, dict) else range(len(thing)) if isinstance(thing, list) else []
    return [spot for key in keys for spot in [(thing, key), *spots(thing[key])]]


JSON_BODIES = [at for at in every_body() if body(*at).lstrip().startswith((b"{", b"["))]
XML_BODIES = [at for at in every_body() if body(*at).lstrip().startswith(b"<")]
FORM_BODIES = [at for at in every_body() if at not in (*JSON_BODIES, *XML_BODIES)]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    source, name = draw(st.sampled_from(JSON_BODIES))
    document = json.loads(body(source, name))
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(spots(document)))
        if draw(st.booleans()):
            container[key] = draw(JSON)
        else:
            del container[key]
        if not spots(document):
            break
    return source, json.dumps(document).encode()


@given(mutations(), st.sampled_from(TOPICS))
@example(("shopify", b'{"order":{"id":1,"line_items":[null,[],{"id":{}}],"fulfillments":{"a":1}}}'), "")
@example(("shopify", b'{"id":1,"name":"\\ud83d","created_at":"2026-03-01T00:00:00Z"}'), "orders/create")
@example(
    ("shopify", b'{"id":1,"status":"open","return_line_items":[{"line_item_id":2,"quantity":-1}]}'), "returns/approve"
)
def test_whatever_is_sent_is_facts_or_one_clear_error(sent: tuple[str, bytes], topic: str) -> None:
    source, payload = sent
    try:
        reads = FACT_SOURCES[source].parse(payload, {"x-shopify-topic": topic})
    except PayloadError as error:
        assert error.field and error.reason
        return
    facts = [read for read in reads if isinstance(read, Fact)]
    assert [naive_times(fact) for fact in facts if naive_times(fact)] == []
    assert aftercart.parse(aftercart.encode(facts), {}) == facts


@st.composite
def mutated_elements(draw: st.DrawFn) -> tuple[str, bytes]:
    """Elements emptied, renamed, doubled, filled with nonsense."""
    source, name = draw(st.sampled_from(XML_BODIES))
    document = ElementTree.fromstring(body(source, name))
    for _ in range(draw(st.integers(1, 4))):
        element = draw(st.sampled_from(list(document.iter())))
        match draw(st.integers(0, 3)):
            case 0:
                for child in list(element):
                    element.remove(child)
            case 1:
                element.tag = draw(st.sampled_from(["AWBInfo", "Date", "pin", "message", "x"]))
            case 2:
                element.extend(list(element))
            case _:
                element.text = draw(st.sampled_from([*TIMES, "", "𝔘", "-", ",", "a" * 400]))
    return source, ElementTree.tostring(document)


@given(mutated_elements())
def test_so_is_any_xml_of_a_carrier(sent: tuple[str, bytes]) -> None:
    source, payload = sent
    try:
        reads = FACT_SOURCES[source].parse(payload, {})
    except PayloadError as error:
        assert error.field and error.reason
        return
    facts = [read for read in reads if isinstance(read, Fact)]
    assert [naive_times(fact) for fact in facts if naive_times(fact)] == []
    assert aftercart.parse(aftercart.encode(facts), {}) == facts


@st.composite
def mutated_forms(draw: st.DrawFn) -> tuple[str, bytes]:
    source, name = draw(st.sampled_from(FORM_BODIES))
    told = dict(parse_qsl(body(source, name).decode()))
    field = st.sampled_from([
        "Body", "MessageStatus", "From", "To", "MessageSid", "ErrorCode", "x", "CallSid", "CallStatus", "CallDuration",
        "Timestamp", "RecordingStatus", "RecordingUrl", "TranscriptionStatus", "TranscriptionText", "NumMedia",
        "MediaUrl0", "ProfileName", "Latitude", "Longitude", "Direction",
    ])  # fmt: skip
    for _ in range(draw(st.integers(1, 4))):
        told.pop(draw(field), None)
        told[draw(field)] = draw(st.text(max_size=400))
    return source, urlencode(told).encode("utf-8", "replace")


@given(mutated_forms())
def test_so_is_any_form(sent: tuple[str, bytes]) -> None:
    source, payload = sent
    try:
        reads = FACT_SOURCES[source].parse(payload, {})
    except PayloadError as error:
        assert error.field and error.reason
        return
    facts = [read for read in reads if isinstance(read, Fact)]
    assert aftercart.parse(aftercart.encode(facts), {}) == facts


@given(JSON, st.sampled_from(sorted(FACT_SOURCES)), st.sampled_from(TOPICS))
def test_so_is_any_json_at_all(document: Any, source: str, topic: str) -> None:
    try:
        FACT_SOURCES[source].parse(json.dumps(document).encode(), {"x-shopify-topic": topic})
    except PayloadError as error:
        assert error.field and error.reason

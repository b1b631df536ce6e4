"""Other bodies of the same kinds as the providers' of mail: fields gone, null, of another type, nonsense."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Fact, MessageAnnounced, MessageReceived
from tests.connectors.hook_cases import CALLS, KEPT, Call, mandrill
from tests.connectors.inbound_cases import TO, letter
from tests.connectors.test_fuzz import JSON, spots

LETTER = letter()
NONSENSE = ["=?utf-8?q?=ff?=", "a\nb: c", "\0", "x" * 3_000, {"a\n b": "c\r\n\r\nd"}, [["a"]], "Attachment1"]
ODD = (JSON | st.sampled_from(NONSENSE)).map(deepcopy)


def _document(call: Call) -> Any:
    body = call.post(LETTER, TO, call.secret)[0]
    if call.source == "mandrill":
        return json.loads(dict(parse_qsl(body.decode()))["mandrill_events"])
    return json.loads(json.loads(body)["Message"] if call.source == "ses" else body)


def _body(call: Call, document: Any) -> bytes:
    if call.source == "mandrill":
        return mandrill(*document) if isinstance(document, list) else b"mandrill_events=7"
    if call.source == "ses":
        return json.dumps({"Type": "Notification", "MessageId": "1", "Message": json.dumps(document)}).encode()
    return json.dumps(document).encode()


@pytest.mark.parametrize("call", [*CALLS, *KEPT], ids=lambda call: f"{call.source}-{call.name}")
@given(data=st.data())
def test_whatever_comes_is_facts_or_one_clear_error_and_always_the_same(call: Call, data: st.DataObject) -> None:
    document = _document(call)
    for _ in range(data.draw(st.integers(1, 3))):
        if not (places := spots(document)):
            break
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        if data.draw(st.booleans()):
            container[key] = data.draw(ODD)
        else:
            del container[key]
    connector, body = FACT_SOURCES[call.source], _body(call, document)
    try:
        found = connector.parse(body, {"content-type": ""})
    except PayloadError:
        return
    assert found == connector.parse(body, {"content-type": ""})
    assert isinstance(connector.delivery_id(body, {"content-type": ""}), str)
    for fact in found:
        if isinstance(fact, Fact):
            assert isinstance(fact, MessageReceived | MessageAnnounced) and fact.happened_at.tzinfo


@pytest.mark.parametrize("charset", ["utf\0", "undefined", "idna", "punycode", "hex", "\ud800"])
def test_a_file_whose_name_is_in_no_charset_is_a_file(charset: str) -> None:
    disposition = f"attachment; filename*={charset}''bowl%ff.txt"
    part = {"ContentRef": "Attachment1", "Headers": {"Content-Type": "text/plain", "Content-Disposition": disposition}}
    told = {"Headers": {"From": "anna@berg.example"}, "Text-part": "Hello", "Parts": [part], "Attachment1": "aGk="}
    body = json.dumps(told).encode()
    (fact,) = FACT_SOURCES["mailjet"].parse(body, {})
    assert isinstance(fact, MessageReceived) and [file.content for file in fact.files] == [b"hi"]
    assert FACT_SOURCES["mailjet"].delivery_id(body, {})

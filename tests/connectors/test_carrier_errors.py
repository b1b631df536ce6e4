"""What carriers say where they have no scans to tell, and what is no answer of theirs at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aftercart.connectors.contract import ASKED_FOR, PayloadError
from aftercart.connectors.faults import ConnectorError, Trouble
from aftercart.connectors.registry import FACT_SOURCES, TRACKERS
from aftercart.facts import ParcelScanned, State, Unread
from tests.connectors.test_carriers import HEARD

by_carrier = pytest.mark.parametrize("carrier", sorted(TRACKERS))

# carrier, what it answers, what we say of it, whether a person has to act.
NO_PARCEL = [
    ("ups", b'{"response":{"errors":[{"code":"250003","message":"Invalid Access License number"}]}}',
     "response.errors: 250003: Invalid Access License number", Trouble.REFUSED),
    ("ups", b'{"response":{"errors":[{"code":"10429","message":"Too Many Requests"}]}}',
     "response.errors: 10429: Too Many Requests", Trouble.SLOW_DOWN),
    ("ups", b'{"response":{"errors":[{"code":"99","message":"A cat sat on the server"}]}}',
     "response.errors: 99: A cat sat on the server", Trouble.BROKEN),
    ("usps", b'{"error":"invalid_client","error_description":"Client authentication failed."}',
     "error: invalid_client: Client authentication failed.", Trouble.REFUSED),
    ("usps", b'{"apiVersion":"/tracking/v3","error":{"code":"429","message":"Too many requests"}}',
     "error: 429: Too many requests", Trouble.SLOW_DOWN),
    ("usps", b'{"error":{"code":"","message":"","errors":[{"status":"503","title":"Away","detail":"Back at noon"}]}}',
     "error: Back at noon", Trouble.BROKEN),
    ("fedex", b'{"errors":[{"code":"NOT.AUTHORIZED.ERROR","message":"Access token expired."}]}',
     "errors: NOT.AUTHORIZED.ERROR: Access token expired.", Trouble.REFUSED),
    ("fedex", b'{"errors":[{"code":"SERVICE.UNAVAILABLE.ERROR","message":"Try later."}]}',
     "errors: SERVICE.UNAVAILABLE.ERROR: Try later.", Trouble.BROKEN),
    ("dhl", b'{"title":"Unauthorized","detail":"Unauthorized for given resource.","status":401}',
     "status: 401: Unauthorized for given resource.", Trouble.REFUSED),
    ("dhl", b'{"title":"Too many requests","status":429}', "status: 429: Too many requests", Trouble.SLOW_DOWN),
    ("dhl", b"<r:ShipmentTrackingErrorResponse xmlns:r='http://www.dhl.com'><Response><Status><ActionStatus>Failure"
     b"</ActionStatus><Condition><ConditionCode>111</ConditionCode><ConditionData> In element 'Password'\n too short"
     b"</ConditionData></Condition></Status></Response></r:ShipmentTrackingErrorResponse>",
     "Response.Status: 111: In element 'Password' too short", Trouble.REFUSED),
    ("canadapost", b"<messages xmlns='http://www.canadapost.ca/ws/messages'><message><code>E002</code><description>AAA"
     b" Authentication Failure</description></message></messages>",
     "messages: E002: AAA Authentication Failure", Trouble.REFUSED),
    ("canadapost", b"<messages><message><code>Server</code><description>Rejected by SLM Monitor</description></message>"
     b"</messages>", "messages: Server: Rejected by SLM Monitor", Trouble.SLOW_DOWN),
    ("royalmail", b'{"httpCode":"401","httpMessage":"Unauthorized","moreInformation":"Invalid client id or secret."}',
     "httpCode: 401: Invalid client id or secret.", Trouble.REFUSED),
    ("royalmail", b'{"httpCode":"400","errors":[{"errorCode":"E0004","errorDescription":"Failed header validation"}]}',
     "errors: E0004: Failed header validation", Trouble.REQUEST),
]  # fmt: skip


@pytest.mark.parametrize(("carrier", "sent", "sentence", "trouble"), NO_PARCEL)
def test_an_error_is_said_in_the_carrier_s_words_and_we_know_whether_asking_again_helps(
    carrier: str, sent: bytes, sentence: str, trouble: Trouble
) -> None:
    with pytest.raises(ConnectorError) as error:
        FACT_SOURCES[carrier].parse(sent, {})
    assert str(error.value) == sentence
    assert error.value.permanent == (trouble in (Trouble.REFUSED, Trouble.REQUEST))
    assert [fault.trouble for fault in TRACKERS[carrier].faults(sent)] == [trouble]


# carrier, what it answers where it does not know the number; what we call the reason.
UNKNOWN_NUMBERS = [
    ("ups", b'{"trackResponse":{"shipment":[{"warnings":[{"code":"TW0001","message":"Not Found"}]}]}}', ""),
    ("ups", b'{"response":{"errors":[{"code":"TV1002","message":"Invalid inquiry number"}]}}', "invalid_number"),
    ("usps", b'{"error":{"code":"404","message":"not yet available"}}', ""),
    ("usps", b'{"error":{"code":"400","message":"The tracking number is incorrect."}}', "invalid_number"),
    ("fedex", b'{"errors":[{"code":"TRACKING.TRACKINGNUMBER.NOTFOUND","message":"cannot be found"}]}', ""),
    ("dhl", b'{"title":"No result found","detail":"No shipment with given tracking number found.","status":404}', ""),
    ("canadapost", b"<messages><message><code>004</code><description>No Pin History</description></message></messages>",
     ""),
    ("royalmail", b'{"httpCode":"404","errors":[{"errorCode":"E1142","errorDescription":"not recognised"}]}', ""),
]  # fmt: skip


@pytest.mark.parametrize(("carrier", "sent", "reason"), UNKNOWN_NUMBERS)
def test_a_number_that_the_carrier_does_not_know_is_a_state_of_it(carrier: str, sent: bytes, reason: str) -> None:
    (scan,) = FACT_SOURCES[carrier].parse(sent, {ASKED_FOR: "JC77", **HEARD})
    assert isinstance(scan, ParcelScanned)
    assert (scan.number, scan.state, scan.reason) == ("JC77", State.NOT_FOUND, reason)
    assert scan.happened_at == datetime(2026, 3, 9, 20, tzinfo=UTC)
    # Nobody says which number: then it is only said.
    (said,) = FACT_SOURCES[carrier].parse(sent, {})
    assert isinstance(said, Unread) and said.what


@by_carrier
@pytest.mark.parametrize("sent", [b"", b"<html><body>Maintenance</body></html>", b"{}", b"[]", b"null", b'{"a":1}'])
def test_what_is_no_answer_at_all_is_the_carrier_s_trouble_and_worth_another_try(carrier: str, sent: bytes) -> None:
    assert [fault.trouble for fault in TRACKERS[carrier].faults(sent)] == [Trouble.BROKEN]
    with pytest.raises(PayloadError):
        FACT_SOURCES[carrier].parse(sent, {})


@by_carrier
def test_nothing_that_claims_to_come_from_a_carrier_that_we_ask_is_let_in(carrier: str) -> None:
    source = FACT_SOURCES[carrier]
    assert source.SIGNED
    assert not source.is_authentic(b"{}", {"x-signature": "secret"}, "secret")


def test_xml_with_a_document_type_or_without_end_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><tracking-detail><pin>&c;</pin></tracking-detail>'
    for carrier, sent in (("canadapost", bomb), ("dhl", bomb), ("dhl", b"<a>" * 5000 + b"</a>" * 5000)):
        with pytest.raises(PayloadError, match=r"document type|nested too deeply"):
            FACT_SOURCES[carrier].parse(sent, {})

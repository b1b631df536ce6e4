"""Payloads that others recorded. They are not part of this repository; see benchmarks/evidence_payloads.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from aftercart.connectors.registry import FACT_SOURCES, UNVERIFIED
from aftercart.facts import MessageReceived
from benchmarks import evidence_carriers
from benchmarks.evidence_payloads import KNOWN, payloads, run

DATA = Path(os.environ.get("AFTERCART_SHARED_DATA") or Path(__file__).parents[2].parent / "shared/data")

OURS = {"aftercart", "chat"}  # both sides of it are ours

pytestmark = pytest.mark.skipif(
    not (DATA / "payloads").is_dir(),
    reason=f"no recorded payloads at {DATA}: set AFTERCART_SHARED_DATA to where they are",
)

# What cannot be a fact, and why. Everything else of a known kind must be one.
REFUSED = {
    "orders.risk_assessment_changed": "tells a risk of payment",
    "orders__risk_assessment_changed": "tells a risk of payment",
    "orders.shopify_protect_eligibility_changed": "tells an insurance",
    "orders__shopify_protect_eligibility_changed": "tells an insurance",
    "returns__process": "id: is missing",  # the schema allows an empty object
    "refund_calculate": "order_id: is missing",  # a sum worked out beforehand, not a refund
    "test_retrack": "tag: is missing",  # an acknowledgement that names a number and no more
}


@pytest.fixture(scope="module")
def evidence() -> dict[str, Any]:
    return run(DATA)


def test_every_recorded_body_of_a_known_kind_is_a_fact_or_refused_for_a_known_reason(evidence: dict[str, Any]) -> None:
    for refusal in evidence["refused"]:
        expected = [reason for name, reason in REFUSED.items() if name in refusal["payload"]]
        assert expected and expected[0] in refusal["reason"], refusal
    assert len(evidence["refused"]) <= 10


def test_nothing_else_of_theirs_breaks_us_either(evidence: dict[str, Any]) -> None:
    assert all(other["reason"] for other in evidence["others_without_facts"])


def test_every_known_kind_is_there(evidence: dict[str, Any]) -> None:
    assert {payload.kind for payload in payloads(DATA)} >= set(KNOWN)
    assert evidence["known_bodies"] >= 100


def test_whatever_has_no_recorded_payload_is_marked_as_unverified() -> None:
    carriers = {path.name.split("_")[0] for path in (DATA / "payloads/carriers").iterdir()}
    recorded = {payload.source for payload in payloads(DATA)} | carriers
    recorded |= {"mail"} if (DATA / "mail").is_dir() else set()
    assert recorded == FACT_SOURCES.keys() - UNVERIFIED - OURS


def test_every_recorded_mail_is_a_message_under_a_name_of_its_own() -> None:
    mails = [path.read_bytes() for path in sorted((DATA / "mail").rglob("*.eml"))]
    found = [FACT_SOURCES["mail"].parse(content, {})[0] for content in mails]
    assert len(mails) >= 30 and all(isinstance(one, MessageReceived) for one in found)
    assert len({FACT_SOURCES["mail"].delivery_id(content, {}) for content in mails}) == len(set(mails))


def test_easypost_s_published_signature_fits(evidence: dict[str, Any]) -> None:
    assert evidence["easypost_official_signature"]


@pytest.fixture(scope="module")
def carriers() -> dict[str, Any]:
    return evidence_carriers.run(DATA)


def test_what_others_read_in_carriers_answers_is_read_by_us_too(carriers: dict[str, Any]) -> None:
    counts = carriers["counts"]
    alike = {name: counts[name] for name in ("read", "codes", "descriptions", "local_times", "places", "states")}
    assert counts["events"] >= 50
    assert alike == dict.fromkeys(alike, counts["events"]), carriers["differences"]


def test_every_instant_that_a_carrier_writes_is_that_instant(carriers: dict[str, Any]) -> None:
    assert carriers["instants_right"] == carriers["instants_written"] > 30


def test_every_answer_without_events_says_why(carriers: dict[str, Any]) -> None:
    assert all(error["said"] for error in carriers["errors"])
    assert len(carriers["errors"]) >= 9

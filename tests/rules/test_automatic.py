"""When a machine may answer: only where nothing speaks against it; each thing that does, alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aftercart.facts import Nature
from aftercart.outreach.automatic.rules import WISHES, Asking, Terms, person_because
from aftercart.outreach.automatic.terms import as_body, from_body
from aftercart.understanding.signals import SIGNALS
from aftercart.words.checking import check_reply, refused
from aftercart.words.kinds import LANGUAGES
from aftercart.words.shipped import shipped
from tests.world import NOW

TERMS = Terms(categories={"wismo_shipping_status": 0.9}, channels=("email", "chat", "form"), except_worries=("missed",))
EASY = Asking(
    category="wismo_shipping_status", confidence=0.95, channel="email", at=NOW, language="en", own_address=True
)


@pytest.mark.parametrize(
    "said",
    [
        {}, {"confidence": 0.9}, {"trust": "proven", "own_address": False}, {"channel": "chat", "trust": "proven"},
        {"worries": frozenset({"stalled"})}, {"language": "ja"}, {"at": NOW - timedelta(hours=24)}, {"channel": "form"},
        {"order_how": "concern"}, {"order_how": "undelivered"},
    ],
)  # fmt: skip
def test_a_machine_may_answer(said: dict[str, Any]) -> None:
    assert person_because(replace(EASY, **said), TERMS, NOW) == ""


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"category": "billing_payment"}, "no machine answers such questions"),
        ({"category": ""}, "no machine answers such questions"),
        ({"confidence": 0.8999}, "not sure enough (90%)"),
        ({"nature": Nature.AUTO_REPLY}, "no person wrote it"),
        ({"public": True}, "everybody could read"),
        ({"channel": "voice"}, "no machine answers by voice"),
        ({"channel": "sms"}, "no machine answers by sms"),
        ({"at": NOW - timedelta(hours=24, seconds=1)}, "older than 24 hours"),
        ({"opens": False}, "more in the ticket"),
        ({"comes_back": True}, "resolved before"),
        ({"taken": True}, "a colleague"),
        ({"other": 1042}, "#1042"),
        *[({"signals": (name,)}, WISHES[name]) for name in SIGNALS],
        ({"order_how": ""}, "not known which order"),
        ({"order_how": "recent"}, "may mean another"),
        ({"order_how": "undelivered", "names_other": True}, "a number that is none of theirs"),
        ({"trust": "doubted"}, "the sender is doubted"),
        ({"own_address": False}, "nothing proves"),
        ({"channel": "chat"}, "nothing proves"),
        ({"language": ""}, "its language"),
        ({"language": "nl"}, "its language"),
        ({"worries": frozenset({"missed", "stalled"})}, "(missed)"),
    ],
)  # fmt: skip
def test_a_person_answers(said: dict[str, Any], why: str) -> None:
    assert why in person_because(replace(EASY, **said), TERMS, NOW)


def test_nothing_is_answered_until_a_brand_says_so() -> None:
    assert not Terms().on and not Terms(channels=("email",)).on
    assert person_because(EASY, Terms(), NOW)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"categories": {"loyalty": 0.9}}, "categories: 'loyalty' is none of"),
        ({"categories": {"wismo_shipping_status": 0.2}}, "categories: wismo_shipping_status has 0.2"),
        ({"categories": {"wismo_shipping_status": True}}, "no confidence from 0.5 to 1"),
        ({"channels": ["voice"]}, "channels: 'voice' is none of email, form"),
        ({"except_worries": ["rain"]}, "except_worries: 'rain' is none of"),
        ({"hours": 0}, "hours: 0 is no whole number"),
        ({"resolve_hours": 1.5}, "resolve_hours: 1.5 is no whole number"),
    ],
)
def test_one_error_names_the_field_and_the_reason(body: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError) as error:
        from_body(body)
    assert why in str(error.value)


def test_terms_survive_being_published() -> None:
    assert from_body(as_body(TERMS)) == TERMS


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_machine_adds_passes_the_check_in_every_language(language: str) -> None:
    parts = shipped(language)["parts"]
    for name in ("automatic", "sms_automatic"):
        assert not refused(check_reply(str(parts[name]).format(brand="Juniper"), language=language))

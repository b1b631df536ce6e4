"""A mail as it goes over the wire must read as it was written."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.composing import compose
from aftercart.connectors.sending import Message

KEY = "<0198c0de-1111-8222-8333-444444444444@mail.a-long-domain-of-juniper-and-clay.example.com>"
STOP = "https://care.example.com/t/juniper/stop/" + "a1-_" * 40 + "/"


def message(**known: Any) -> Message:
    facts: dict[str, Any] = {"key": KEY, "sender": "Juniper & Clay <hello@juniper.example>", "to": "noor@example.com"}
    words = {"subject": "Order 1042", "text": "Hello", "html": "<p>Hello</p>", "language": "en"}
    return Message(**(facts | words | known))


words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=14)


@given(st.lists(words, min_size=1, max_size=30).map(" ".join))
def test_a_subject_arrives_as_it_was_written_however_long(subject: str) -> None:
    read = message_from_bytes(compose(message(subject=subject)).as_bytes(), policy=policy.default)

    assert read["Subject"] == subject


def test_addresses_in_the_head_are_never_cut() -> None:
    content = compose(message(stop=STOP)).as_bytes()

    assert f"List-Unsubscribe: <{STOP}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    assert f"Message-ID: {KEY}\r\n".encode() in content


def test_what_cannot_be_ended_offers_no_end() -> None:
    assert "List-Unsubscribe" not in compose(message())

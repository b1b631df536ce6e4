from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.registry import CLEAR, FACT_SOURCES
from aftercart.facts import MessageReceived
from aftercart.plumbing.sealing import OVERHEAD, SealError, fingerprint, seal, unseal
from tests.connectors.payloads import every_body, read


@given(st.binary(max_size=500), st.text(min_size=1, max_size=80), st.text(max_size=80), st.binary(max_size=16))
def test_what_is_sealed_opens_with_its_secret_also_when_that_is_an_old_one(
    plain: bytes, secret: str, newer: str, about: bytes
) -> None:
    closed = seal(plain, secret, about)
    assert unseal(closed, [newer, secret], about) == plain
    assert len(closed) == len(plain) + OVERHEAD
    assert seal(plain, secret, about) != closed
    assert fingerprint(plain, secret, about) == fingerprint(plain, secret, about)


@given(st.binary(max_size=60), st.integers(0, 90), st.integers(1, 255))
def test_one_changed_byte_and_it_does_not_open(plain: bytes, at: int, by: int) -> None:
    closed = bytearray(seal(plain, "secret", b"juniper"))
    closed[at % len(closed)] ^= by
    with pytest.raises(SealError):
        unseal(bytes(closed), ["secret"], b"juniper")


@pytest.mark.parametrize(
    ("secrets", "about"), [(["other"], b"juniper"), ([], b"juniper"), (["secret"], b"another brand")]
)
def test_it_opens_with_no_other_secret_and_for_no_other_brand(secrets: list[str], about: bytes) -> None:
    closed = seal(b"Where is my parcel?", "secret", b"juniper")
    with pytest.raises(SealError):
        unseal(closed, secrets, about)
    assert b"parcel" not in closed
    for odd in (b"", b"\x01", closed[:20], b"{}"):
        with pytest.raises(SealError):
            unseal(odd, ["secret"], b"juniper")


def test_a_fingerprint_needs_the_secret_and_the_brand() -> None:
    said = {fingerprint(b"hello", secret, about) for secret in ("a", "b") for about in (b"1", b"2")}
    assert len(said) == 4


def test_no_source_that_is_kept_in_the_clear_has_a_message() -> None:
    assert set(FACT_SOURCES) >= CLEAR
    for source, name in every_body():
        if source in CLEAR:
            assert not [fact for fact in read(source, name) if isinstance(fact, MessageReceived)], (source, name)

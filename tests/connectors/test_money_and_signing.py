from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from aftercart.plumbing.money import decimals, minor_units
from aftercart.plumbing.signing import is_standard, same, standard_signature

AT = datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("19.99", "EUR", 1999),
        (19.99, "EUR", 1999),
        ("0.1", "USD", 10),
        (0.1 + 0.2, "USD", 30),
        ("12800", "JPY", 12800),
        ("12800.00", "JPY", 12800),
        ("1.234", "KWD", 1234),
        ("1", "BHD", 1000),
        ("-5.00", "GBP", -500),
        (199, "USD", 19900),
        ("1e2", "USD", 10000),
        ("90071992547409.93", "USD", 9007199254740993),
        ("", "EUR", None),
        ("a few", "EUR", None),
        ("NaN", "EUR", None),
        ("Infinity", "EUR", None),
        ("1e40", "EUR", None),
        (None, "EUR", None),
        (True, "EUR", None),
    ],
)
def test_money_is_whole_minor_units(amount: object, currency: str, units: int | None) -> None:
    assert minor_units(amount, currency) == units


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_writing_an_amount_out_and_reading_it_back_loses_nothing(units: int, currency: str) -> None:
    places = decimals(currency)
    sign, digits = "-" if units < 0 else "", str(abs(units)).zfill(places + 1)
    written = f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :]}"
    assert minor_units(written, currency) == units


secrets = st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())


@given(secrets, st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=20), st.text())
def test_our_standard_webhooks_signature_is_the_library_s(secret: str, message_id: str, body: str) -> None:
    theirs = Webhook(secret)
    ours = standard_signature(secret, message_id, str(int(AT.timestamp())), body.encode())
    assert ours == theirs.sign(message_id, AT, body)


@given(secrets, secrets, st.text())
def test_while_keys_rotate_one_fitting_signature_is_enough(old: str, new: str, body: str) -> None:
    stamp = str(int(AT.timestamp()))
    both = " ".join(standard_signature(secret, "msg_2", stamp, body.encode()) for secret in (old, new))
    for secret in (old, new):
        assert is_standard(secret, "msg_2", stamp, both, body.encode())
        assert is_standard(secret.removeprefix("whsec_"), "msg_2", stamp, both, body.encode())
    assert not is_standard(new, "msg_3", stamp, both, body.encode())
    assert not is_standard(new, "msg_2", str(int(stamp) + 1), both, body.encode())


def test_what_the_library_refuses_so_do_we() -> None:
    secret = "whsec_" + base64.b64encode(b"moss and sand, moss and sand").decode()
    stamp = str(int(AT.timestamp()))
    headers = {"webhook-id": "msg_4", "webhook-timestamp": stamp, "webhook-signature": "v1,AAAA v1a,BBBB"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify("{}", headers)
    assert not is_standard(secret, "msg_4", stamp, headers["webhook-signature"], b"{}")


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!", "whsec_é"])
def test_a_secret_that_is_none_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        standard_signature(secret, "msg_5", "1", b"{}")
    assert not is_standard(secret, "msg_5", "1", "v1,AAAA", b"{}")


def test_nothing_never_equals_nothing() -> None:
    assert not same("", "")
    assert same("ab", "ab")
    assert not same("ä", "a")

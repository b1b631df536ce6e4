"""What every connector must do, however its sender signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from aftercart.connectors.contract import ADDRESSED_TO

SENT_AT = "1773061205"


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender as it would sign, written from its documentation and not with our code."""

    source: str
    fixture: str
    secret: str
    sign: Callable[[bytes, str], Mapping[str, str]]
    # Some prove only who they are, and nothing of what they say.
    covers_the_body: bool = True


def _hmac(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _shopify(body: bytes, secret: str) -> Mapping[str, str]:
    return {
        "x-shopify-hmac-sha256": base64.b64encode(_hmac(secret, body)).decode(),
        "x-shopify-topic": "orders/updated",
        "x-shopify-shop-domain": "juniper.example",
        "x-shopify-webhook-id": "b1c2",
    }


def _easypost(body: bytes, secret: str) -> Mapping[str, str]:
    return {"x-hmac-signature": "hmac-sha256-hex=" + _hmac(unicodedata.normalize("NFKD", secret), body).hex()}


def _aftership(header: str, prefix: str = "") -> Callable[[bytes, str], Mapping[str, str]]:
    return lambda body, secret: {header: prefix + base64.b64encode(_hmac(secret, body)).decode()}


def _shippo(body: bytes, secret: str) -> Mapping[str, str]:
    signature = _hmac(secret, SENT_AT.encode() + b"." + body).hex()
    return {"shippo-auth-signature": f"t={SENT_AT},v1={signature}"}


def _seventeentrack(body: bytes, secret: str) -> Mapping[str, str]:
    return {"sign": hashlib.sha256(body + b"/" + secret.encode()).hexdigest()}


def _standard(body: bytes, secret: str) -> Mapping[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message = b"msg_1." + SENT_AT.encode() + b"." + body
    signature = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": SENT_AT, "webhook-signature": f"v1,{signature}"}


def _basic(body: bytes, secret: str) -> Mapping[str, str]:
    return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def _chat(body: bytes, secret: str) -> Mapping[str, str]:
    derived = _hmac(secret, b"aftercart chat delivery").hex()
    signature = _hmac(derived, SENT_AT.encode() + b"." + body).hex()
    return {"aftercart-chat-timestamp": SENT_AT, "aftercart-chat-signature": signature}


ADDRESS = "https://care.juniper.example/in/juniper/twilio/token-twilio?reference=0198c0de1111822283334444444444ab"


def _twilio(body: bytes, secret: str) -> Mapping[str, str]:
    """By Twilio's own library."""
    told = ImmutableMultiDict(parse_qsl(body.decode(), keep_blank_values=True))
    return {"x-twilio-signature": RequestValidator(secret).compute_signature(ADDRESS, told), ADDRESSED_TO: ADDRESS}


SENDGRID = ec.derive_private_key(20_260_309, ec.SECP256R1())
SENDGRID_KEY = base64.b64encode(
    SENDGRID.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def _sendgrid(body: bytes, secret: str) -> Mapping[str, str]:
    signature = SENDGRID.sign(SENT_AT.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": SENT_AT,
    }


SENDERS = [
    Sender("shopify", "order", "shpss_moss", _shopify),
    Sender("easypost", "tracker_updated", "grün und ﬁn", _easypost),
    Sender("aftership", "tracking_update", "sand", _aftership("aftership-hmac-sha256")),
    Sender("aftership", "return_approved", "sand", _aftership("as-signature-hmac-sha256")),
    Sender("aftership", "return_approved", "sand", _aftership("am-webhook-signature", "hmac-sha256=")),
    Sender("shippo", "track_updated", "kelp", _shippo),
    Sender("17track", "tracking_updated", "ABCDEF0123", _seventeentrack),
    Sender("aftercart", "order", "whsec_" + base64.b64encode(b"a secret of 24 bytes!!!!").decode(), _standard),
    Sender("sendgrid", "events", SENDGRID_KEY, _sendgrid),
    Sender("twilio", "call_completed", "moss-token", _twilio),
    Sender("twilio", "photos", "moss-token", _twilio),
    Sender("twilio", "delivered", "moss-token", _twilio),
    Sender("chat", "message", "whsec_bW9zcw==", _chat),
    Sender("postmark", "delivery", "juniper:moss", _basic, covers_the_body=False),
    Sender("mail", "question", "juniper:moss", _basic, covers_the_body=False),
    Sender("ses", "bounce", "juniper:moss", _basic, covers_the_body=False),
]

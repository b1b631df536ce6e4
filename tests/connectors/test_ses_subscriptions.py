"""SNS asks whether a topic may report to us: only SNS, and only for a topic that the brand named."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.ses import parse
from aftercart.connectors.ses.subscribing import SIGNED, Refused, Subscription

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:aftercart"
HOST = "https://sns.eu-central-1.amazonaws.com"
KEY = rsa.generate_private_key(65537, 2048)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(key: Key = KEY, *, until: datetime = NOW + timedelta(9)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOW - timedelta(99)).not_valid_after(until)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def question(*, key: rsa.RSAPrivateKey = KEY, version: str = "2", **known: str) -> bytes:
    """As SNS asks, signed."""
    told = {
        "Type": "SubscriptionConfirmation", "MessageId": "7c1f0a60", "Token": "2336412f37", "TopicArn": TOPIC,
        "Message": f"You have chosen to subscribe to the topic {TOPIC}.\nTo confirm, visit the SubscribeURL.",
        "SubscribeURL": f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37",
        "Timestamp": "2026-03-10T11:59:00.000Z", "SignatureVersion": version,
        "SigningCertURL": f"{HOST}/SimpleNotificationService-0aef12.pem",
    } | known  # fmt: skip
    said = "".join(f"{name}\n{told[name]}\n" for name in SIGNED).encode()
    signature = key.sign(said, padding.PKCS1v15(), hashes.SHA1() if version == "1" else hashes.SHA256())
    return json.dumps({"Signature": base64.b64encode(signature).decode()} | told).encode()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_question_that_sns_signed_for_our_topic_may_be_answered(version: str) -> None:
    Subscription.read(question(version=version), {TOPIC}).check(certificate(), NOW)


EVIL = "https://sns.eu-central-1.amazonaws.com.evil.example"


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"Type": "Notification"}, "Type"),
        ({"TopicArn": TOPIC.replace("aftercart", "other")}, "TopicArn"),
        ({"SubscribeURL": f"{EVIL}/?Action=ConfirmSubscription&TopicArn={TOPIC}"}, "SubscribeURL"),
        ({"SubscribeURL": f"http://{HOST[8:]}/?Action=ConfirmSubscription&TopicArn={TOPIC}"}, "SubscribeURL"),
        ({"SubscribeURL": f"{HOST}:444/?Action=ConfirmSubscription&TopicArn={TOPIC}"}, "SubscribeURL"),
        ({"SubscribeURL": f"https://me@{HOST[8:]}/?Action=ConfirmSubscription&TopicArn={TOPIC}"}, "SubscribeURL"),
        ({"SubscribeURL": f"{HOST.replace('eu-central', 'us-east')}/?Action=ConfirmSubscription"}, "SubscribeURL"),
        ({"SubscribeURL": f"{HOST}/?Action=DeleteTopic&TopicArn={TOPIC}"}, "SubscribeURL"),
        ({"SubscribeURL": f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}-other"}, "SubscribeURL"),
        ({"SubscribeURL": ""}, "SubscribeURL"),
        ({"SubscribeURL": "https://["}, "SubscribeURL"),
        ({"SigningCertURL": f"{EVIL}/SimpleNotificationService-0aef12.pem"}, "SigningCertURL"),
        ({"SigningCertURL": f"{HOST}/anything.pem"}, "SigningCertURL"),
        ({"SigningCertURL": "http://169.254.169.254/SimpleNotificationService-0a.pem"}, "SigningCertURL"),
    ],
)
def test_a_question_that_leads_elsewhere_is_refused_before_anybody_is_asked(known: dict[str, str], field: str) -> None:
    with pytest.raises(Refused, match=f"^{field}: "):
        Subscription.read(question(**known), {TOPIC})  # type: ignore[arg-type]


@pytest.mark.parametrize("topics", [set(), {"arn:aws:sns:eu-central-1:123456789012:other"}])
def test_a_topic_that_the_brand_did_not_name_is_refused(topics: set[str]) -> None:
    with pytest.raises(Refused, match="is none of this brand's topics"):
        Subscription.read(question(), topics)


@pytest.mark.parametrize("sent", [b"", b"[]", b"nothing", b"\xff", b'{"Type": ["SubscriptionConfirmation"]}'])
def test_what_is_no_question_is_refused(sent: bytes) -> None:
    with pytest.raises(Refused):
        Subscription.read(sent, {TOPIC})


@pytest.mark.parametrize(
    ("asked", "shown", "field"),
    [
        (question(key=rsa.generate_private_key(65537, 2048)), certificate(), "Signature"),
        (question(Signature="bm8="), certificate(), "Signature"),
        (question(Signature="no base64!"), certificate(), "Signature"),
        (question(version="3"), certificate(), "SignatureVersion"),
        (question().replace(b"7c1f0a60", b"7c1f0a61"), certificate(), "Signature"),
        (question().replace(b"Token=2336412f37", b"Token=1111111111"), certificate(), "Signature"),
        (question(), certificate(until=NOW - timedelta(1)), "SigningCertURL"),
        (question(), certificate(ec.generate_private_key(ec.SECP256R1())), "SigningCertURL"),
        (question(), b"<html>", "SigningCertURL"),
    ],
    ids=["other key", "short", "no base64", "version", "id", "link", "run out", "other kind", "no certificate"],
)
def test_a_question_that_sns_did_not_sign_is_refused(asked: bytes, shown: bytes, field: str) -> None:
    with pytest.raises(Refused, match=f"^{field}: "):
        Subscription.read(asked, {TOPIC}).check(shown, NOW)


def test_a_question_is_no_fact_and_waits() -> None:
    with pytest.raises(PayloadError, match="waits to be confirmed"):
        parse(question(), {})

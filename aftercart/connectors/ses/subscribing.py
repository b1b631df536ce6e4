"""SNS asks whether a topic may report to us. Saying yes means following a link that came from outside.

So it is followed only to SNS itself, for a topic that the brand named before, and if SNS signed the question
(docs.aws.amazon.com/sns: "Verifying the signatures of Amazon SNS messages").
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, urlsplit

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.reading import document, mapping
from aftercart.plumbing import http

if TYPE_CHECKING:
    import httpx

TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d+:[\w-]+(?:\.fifo)?")
CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]+\.pem")
SIGNED = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
PROOF = ("Signature", "SignatureVersion", "SigningCertURL")


class Refused(ValueError):
    """Why we do not say yes: which field, and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A question of SNS that may be answered, if it is signed."""

    told: Mapping[str, str]

    @classmethod
    def read(cls, body: bytes, topics: Collection[str]) -> Subscription:
        """`topics`: those that the brand named. Raises Refused, before anything is asked of anybody."""
        try:
            given = mapping(document(body))
        except PayloadError as error:
            raise Refused(error.field, error.reason) from None
        told = {name: str(given.get(name) or "") for name in (*SIGNED, *PROOF)}
        if told["Type"] != "SubscriptionConfirmation":
            raise Refused("Type", f"{told['Type']!r} asks for nothing")
        topic = told["TopicArn"]
        if topic not in topics:
            known = ", ".join(sorted(topics)) or "none; name it with `aftercart channel add … ses --set topic=arn:…`"
            raise Refused("TopicArn", f"{topic!r} is none of this brand's topics ({known})")
        form = TOPIC.fullmatch(topic)
        if not form:
            raise Refused("TopicArn", f"{topic!r} is no topic of SNS")
        host = f"sns.{form[1]}.amazonaws.com" + (".cn" if topic.startswith("arn:aws-cn:") else "")
        asked = parse_qs(_led(told, "SubscribeURL", host).query)
        if asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [topic]:
            raise Refused("SubscribeURL", f"{told['SubscribeURL']!r} does something else than to confirm {topic}")
        if not CERTIFICATE.fullmatch(_led(told, "SigningCertURL", host).path):
            raise Refused("SigningCertURL", f"{told['SigningCertURL']!r} is no certificate of SNS")
        return cls(told)

    def check(self, certificate: bytes, at: datetime) -> None:
        """Raises Refused unless the holder of this certificate (PEM), valid at `at`, signed it."""
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        versions: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}
        if (version := self.told["SignatureVersion"]) not in versions:
            raise Refused("SignatureVersion", f"{version!r} is none of 1 and 2")
        try:
            found = x509.load_pem_x509_certificate(certificate)
            key, holds = found.public_key(), found.not_valid_before_utc <= at <= found.not_valid_after_utc
            if not isinstance(key, rsa.RSAPublicKey) or not holds:
                raise Refused("SigningCertURL", "the certificate there is not valid now, or none such as SNS has")
            signature = base64.b64decode(self.told["Signature"], validate=True)
            said = "".join(f"{name}\n{self.told[name]}\n" for name in SIGNED).encode()
            key.verify(signature, said, padding.PKCS1v15(), versions[version])
        except (InvalidSignature, binascii.Error):
            raise Refused("Signature", "is not that of SNS: somebody else asks") from None
        except Refused:
            raise
        except ValueError:
            raise Refused("SigningCertURL", "there is no certificate") from None


def _led(told: Mapping[str, str], field: str, host: str) -> SplitResult:
    """Where a link leads, if that is to SNS."""
    try:
        parts = urlsplit(told[field])
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or parts.netloc != host:
        raise Refused(field, f"{told[field]!r} does not lead to https://{host}, where its topic is")
    return parts


def confirm(body: bytes, topics: Collection[str], *, at: datetime, transport: httpx.BaseTransport | None = None) -> str:
    """Say yes to SNS; the topic. Raises Refused, or http.Unreachable where it can be tried again."""
    asked = Subscription.read(body, topics)
    with http.client(transport=transport or http.public(http.Doors.PUBLIC)) as line:
        certificate = _get(line, asked.told["SigningCertURL"])
        asked.check(certificate, at)
        _get(line, asked.told["SubscribeURL"])
    return asked.told["TopicArn"]


def _get(line: httpx.Client, url: str) -> bytes:
    answer = http.send(line, "GET", url, {}, b"")
    if answer.status == 429 or answer.status >= 500:
        raise http.Unreachable(f"{urlsplit(url).hostname} answered {answer.status}")
    if answer.status != 200:
        raise Refused("SubscribeURL", f"{urlsplit(url).hostname} answered {answer.status}; let SNS ask once more")
    return answer.body

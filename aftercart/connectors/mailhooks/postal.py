"""Postal's HTTP endpoints (docs.postalserver.io/developer/http-payloads): the mail whole, as JSON, the body signed.

Signed with the installation's RSA key, whose public half `postal default-dkim-record` prints after `p=`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from aftercart.connectors.contract import PayloadError
from aftercart.connectors.mailhooks.inbound import Headers, Hook, Letter, Told, raw
from aftercart.connectors.reading import document, mapping, text

_SHA256, _SHA1 = "x-postal-signature-256", "x-postal-signature"  # the first since version 3


def _proves(body: bytes, headers: Headers, secret: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    newer = headers.get(_SHA256, "")
    try:
        key = load_der_public_key(base64.b64decode(secret, validate=True))
        signature = base64.b64decode(newer or headers.get(_SHA1, ""), validate=True)
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, body, padding.PKCS1v15(), hashes.SHA256() if newer else hashes.SHA1())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _wrong(secret: str) -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(secret, validate=True))
    except (binascii.Error, ValueError):
        key = None
    return "" if isinstance(key, rsa.RSAPublicKey) else "is no public RSA key in base64, as the DKIM record has it"


def _mails(body: bytes, headers: Headers) -> Iterator[Told]:
    told = mapping(document(body))
    if "message" not in told:
        raise PayloadError("message", "is missing: let the endpoint send the raw message as JSON")
    content = raw(told["message"], "message", packed=told.get("base64"))
    yield Letter(content=content, to=text(told.get("rcpt_to"), 320))


hook = Hook(proves=_proves, mails=_mails, wrong=_wrong)

"""One mail as those providers bring it that bring nothing else, signed by their rules: written from their pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from aftercart.connectors.contract import ADDRESSED_TO
from tests.connectors.inbound_cases import as_json, basic, cid_of, content_of, taken_apart

SHOWN, KEY, SVIX = "juniper:moss", "a-signing-key", "whsec_" + base64.b64encode(b"moss" * 8).decode()
POSTAL = rsa.generate_private_key(public_exponent=65537, key_size=2048)
POSTAL_KEY = base64.b64encode(
    POSTAL.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()  # fmt: skip
# Where the servers of our tests believe to be.
ADDRESS = "http://127.0.0.1:8000/in/juniper/{source}/t-{source}"
JSON, FORM = {"content-type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Call:
    """How a provider calls: `told` makes a body of mails, `sign` the headers that prove it."""

    source: str
    name: str
    secret: str
    told: Callable[..., bytes]
    sign: Callable[[bytes, str], dict[str, str]]
    # How it is told that a mail is there, and what must be asked for then; None: all of it is in the body.
    keeps: str | None = None
    settings: tuple[tuple[str, str], ...] = ()

    def post(self, content: bytes, to: str, secret: str) -> tuple[bytes, dict[str, str]]:
        body = self.told(content, to)
        return body, self.sign(body, secret)


def _shown(body: bytes, secret: str) -> dict[str, str]:
    return JSON | basic(secret)


def _hex(name: str) -> Callable[[bytes, str], dict[str, str]]:
    return lambda body, secret: JSON | {name: hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def _rsa(name: str, kind: hashes.HashAlgorithm) -> Callable[[bytes, str], dict[str, str]]:
    return lambda body, _: JSON | {name: base64.b64encode(POSTAL.sign(body, padding.PKCS1v15(), kind)).decode()}


def _svix(body: bytes, secret: str) -> dict[str, str]:
    from svix.webhooks import Webhook

    at = int(time.time())
    name = f"msg_{hashlib.sha256(body).hexdigest()[:20]}"
    signed = Webhook(secret).sign(name, _moment(at), body.decode("utf-8", "replace"))
    return JSON | {"svix-id": name, "svix-timestamp": str(at), "svix-signature": f"v1,bm90IG91cnM= {signed}"}


def _moment(at: int) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC)


def _over_address(body: bytes, secret: str) -> dict[str, str]:
    from urllib.parse import parse_qsl

    address = ADDRESS.format(source="mandrill")
    signed = address + "".join(
        name + value for name, value in sorted(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
    )
    proof = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return FORM | {"x-mandrill-signature": proof, ADDRESSED_TO: address}


def _mailersend(content: bytes, to: str) -> bytes:
    return as_json({
        "type": "inbound.message", "inbound_id": "r1", "created_at": "2026-03-10T09:12:09.000000Z",
        "data": {
            "object": "message", "id": "5f2", "recipients": {"rcptTo": [{"email": to}], "to": {"data": [], "raw": to}},
            "from": {"name": "Nööra", "email": "noor@example.com"}, "sender": {"email": "noor@example.com"},
            "spf_check": {"code": "+", "value": None}, "dkim_check": True, "raw": content.decode(),
        },
    })  # fmt: skip


def _sparkpost(packed: bool) -> Callable[..., bytes]:
    def told(content: bytes, to: str) -> bytes:
        mail = {
            "content": {
                "email_rfc822": base64.b64encode(content).decode() if packed else content.decode(),
                "email_rfc822_is_base64": packed, "headers": [], "subject": "s", "text": "t", "to": [to],
            },
            "customer_id": "1", "friendly_from": "noor@example.com", "msg_from": "noor@example.com", "rcpt_to": to,
            "protocol": "smtp", "webhook_id": "4839201967643219",
        }  # fmt: skip
        return json.dumps([{"msys": {"relay_message": mail}}]).encode()

    return told


def _postal(packed: bool) -> Callable[..., bytes]:
    def told(content: bytes, to: str) -> bytes:
        message = base64.b64encode(content).decode() if packed else content.decode()
        return as_json({
            "id": 7, "rcpt_to": to, "mail_from": "noor@example.com", "message": message, "base64": packed, "size": 9
        })  # fmt: skip

    return told


def mandrill(*events: dict[str, Any]) -> bytes:
    return urlencode({"mandrill_events": json.dumps(events)}).encode()


def _mandrill(content: bytes, to: str) -> bytes:
    said = {"spf": {"result": "pass"}, "dkim": {"signed": True, "valid": True}, "spam_report": {"score": 0.1}}
    return mandrill({"event": "inbound", "ts": 1773133929, "msg": {"raw_msg": content.decode(), "email": to, **said}})


def _grouped(head: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in head:
        known = found.get(name)
        found[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return found


def _mailjet(content: bytes, to: str) -> bytes:
    head, text, html, files = taken_apart(content)
    told: dict[str, Any] = {
        "Sender": "noor@example.com", "Recipient": to, "Date": "20260310T091205", "From": dict(head)["From"],
        "Subject": dict(head)["Subject"], "Headers": _grouped(head), "Text-part": text, "Html-part": html,
        "SpamAssassinScore": "0.1", "CustomID": "", "Payload": "",
        "Parts": [
            {"Headers": {"Content-Type": "text/plain; charset=utf-8"}, "ContentRef": "Text-part"},
            {"Headers": {"Content-Type": "text/html; charset=utf-8"}, "ContentRef": "Html-part"},
        ],
    }  # fmt: skip
    for n, file in enumerate(files, 1):
        ref = f"{'InlineAttachment' if file['Content-ID'] else 'Attachment'}{n}"
        told[ref] = base64.b64encode(content_of(file)).decode()
        told["Parts"].append({"Headers": {name: str(value) for name, value in file.items()}, "ContentRef": ref})
    return as_json(told)


def _brevo(content: bytes, to: str) -> bytes:
    head, text, html, files = taken_apart(content)
    return as_json({
        "items": [{
            "Uuid": [hashlib.sha256(content).hexdigest()[:36]], "MessageId": "<b7c1@example.com>",
            "Headers": _grouped([*head, ("Delivered-To", to.replace("+", "%2B"))]), "SpamScore": 0.1,
            "RawTextBody": text, "RawHtmlBody": html, "ExtractedMarkdownMessage": text,
            "Attachments": [
                {"Name": one.get_filename(), "ContentType": one.get_content_type(), "ContentLength": 9,
                 "ContentID": cid_of(one) or None, "DownloadToken": f"tok/{n}"}
                for n, one in enumerate(files)
            ],
        }],
    })  # fmt: skip


def _resend(content: bytes, to: str) -> bytes:
    head = dict(taken_apart(content)[0])
    name = hashlib.sha256(content).hexdigest()[:12]
    data = {
        "email_id": name, "from": head["From"], "to": [head["To"]], "cc": [], "received_for": [to],
        "subject": head["Subject"], "message_id": head["Message-ID"], "attachments": [],
    }  # fmt: skip
    return as_json({"type": "email.received", "created_at": "2026-03-10T09:12:09.000Z", "data": data})


def _mailtrap(content: bytes, to: str) -> bytes:
    name = hashlib.sha256(content).hexdigest()[:12]
    told = {"event": "inbound.message_received", "inbox_id": 42, "message_id": name, "timestamp": 1773133929000}
    return as_json({"events": [told | {"from": "noor@example.com", "event_id": "e1"}]})


def _ses(content: bytes, to: str) -> bytes:
    head = taken_apart(content)[0]
    told = {
        "notificationType": "Received",
        "mail": {"messageId": "o3vr", "destination": [to], "headersTruncated": False,
                 "headers": [{"name": name, "value": value} for name, value in head]},
        "receipt": {
            "recipients": [to], **{f"{one}Verdict": {"status": "PASS"} for one in ("spf", "dkim", "dmarc")},
            "action": {"type": "S3", "topicArn": "arn:aws:sns:eu-central-1:1:mail", "bucketName": "juniper-mail",
                       "objectKey": f"in/{hashlib.sha256(content).hexdigest()[:12]} ö"},
        },
    }  # fmt: skip
    return as_json({"Type": "Notification", "MessageId": f"sns-{to}", "Message": json.dumps(told)})


TOKEN = {"x-messagesystems-webhook-token": "a-token"}
CALLS = [
    Call("mailersend", "whole", KEY, _mailersend, _hex("signature")),
    Call("sparkpost", "whole", SHOWN, _sparkpost(False), _shown),
    Call("sparkpost", "base64", SHOWN, _sparkpost(True), _shown),
    Call("sparkpost", "token", "a-token", _sparkpost(True), lambda body, secret: JSON | {next(iter(TOKEN)): secret}),
    Call("postal", "whole", POSTAL_KEY, _postal(False), _rsa("x-postal-signature", hashes.SHA1())),
    Call("postal", "base64", POSTAL_KEY, _postal(True), _rsa("x-postal-signature-256", hashes.SHA256())),
    Call("mandrill", "whole", KEY, _mandrill, _over_address),
    Call("mailjet", "parts", SHOWN, _mailjet, _shown),
]
S3 = (("bucket", "juniper-mail"), ("region", "eu-central-1"), ("access_key_id", "AK"), ("secret_access_key", "sk"))
KEPT = [
    Call("brevo", "parts", SHOWN, _brevo, _shown, "files", (("api_key", "xkeysib-1"),)),
    Call("resend", "notice", SVIX, _resend, _svix, "mail", (("api_key", "re_1"),)),
    Call("mailtrap", "notice", KEY, _mailtrap, _hex("mailtrap-signature"), "mail", (("api_token", "mt-1"),)),
    Call("ses", "s3", SHOWN, _ses, _shown, "mail", S3),
]
SIGNING = [one for one in (*CALLS, *KEPT) if one.secret not in (SHOWN, "a-token")]

"""One mail as each provider brings it, whole and in parts, signed by its rules: written from their documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.connectors.cases import SENDGRID, SENDGRID_KEY, SENT_AT

TO = "help+r.token@juniper.example"
TOKEN = "0f6d0c1a"


# Of a mail, the address of ours that it came to, and the secret: (body, headers).
Post = Callable[[bytes, str, str], tuple[bytes, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Way:
    source: str
    name: str
    secret: str
    post: Post


HTML = "<p>Schönen Tag, <b>ほら</b></p>"
PICTURE = b"\x89PNG\r\n\x1a\n"


def letter(text: str = "Schönen Tag, ほら", file: bytes = b"%PDF-1.7 x") -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["Received"] = "from client.example by mx.example; Tue, 10 Mar 2026 09:12:09 +0000"
    mail["From"] = "Nööra Haddad <noor@example.com>"
    mail["To"] = "Juniper <help@juniper.example>"
    mail["Subject"] = "Bestellung 1042 – wo?"
    mail["Date"] = "Tue, 10 Mar 2026 10:12:05 +0100"
    mail["Message-ID"] = "<b7c1@example.com>"
    mail["In-Reply-To"] = "<late-1042@juniper.example>"
    mail.set_content(text)
    mail.add_alternative(HTML, subtype="html")
    mail.add_attachment(file, maintype="application", subtype="pdf", filename="Rechnung.pdf")
    mail.add_attachment(PICTURE, "image", "png", filename="vase.png", cid="<vase>", disposition="inline")
    return mail.as_bytes()


def taken_apart(content: bytes) -> tuple[list[tuple[str, str]], str, str, list[EmailMessage]]:
    mail = message_from_bytes(content, policy=policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    files = [part for part in mail.walk() if part.get_filename()]
    texts = [one.get_content().replace("\n", "\r\n") if one else "" for one in (plain, html)]
    return [(n, str(v)) for n, v in mail.items()], texts[0], texts[1], files


def content_of(part: EmailMessage) -> bytes:
    return cast(bytes, part.get_payload(decode=True))


def cid_of(part: EmailMessage) -> str:
    return str(part["Content-ID"] or "").strip("<>")


def basic(secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def _form(fields: list[tuple[str, bytes, str, str]]) -> tuple[bytes, dict[str, str]]:
    """(name, content, file name, type) of each."""
    body = b""
    for name, content, file, kind in fields:
        body += f'--xYzZY\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += f'; filename="{file}"\r\nContent-Type: {kind}'.encode() if file else b""
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + b"--xYzZY--\r\n", {"content-type": "multipart/form-data; boundary=xYzZY"}


def as_json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told).encode()


def _postmark(whole: bool) -> Post:
    def post(content: bytes, to: str, secret: str) -> tuple[bytes, dict[str, str]]:
        head, text, html, files = taken_apart(content)
        told: dict[str, Any] = {
            "FromName": "Nööra Haddad", "MessageStream": "inbound", "From": dict(head)["From"],
            "FromFull": {"Email": "noor@example.com", "Name": "Nööra Haddad", "MailboxHash": ""},
            "To": "Juniper <help@juniper.example>", "OriginalRecipient": to, "Subject": dict(head)["Subject"],
            "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b", "Date": dict(head)["Date"], "TextBody": text,
            "HtmlBody": html, "Tag": "", "StrippedTextReply": "",
            "Headers": [{"Name": n, "Value": v} for n, v in head if n not in ("From", "To", "Subject", "Date")],
            "Attachments": [
                {"Name": one.get_filename(), "Content": base64.b64encode(content_of(one)).decode(),
                 "ContentType": one.get_content_type(), "ContentLength": 1, "ContentID": cid_of(one)}
                for one in files
            ],
        }  # fmt: skip
        return as_json(told | ({"RawEmail": content.decode()} if whole else {})), basic(secret)

    return post


def _mailgun(whole: bool) -> Post:
    def post(content: bytes, to: str, secret: str) -> tuple[bytes, dict[str, str]]:
        head, text, html, files = taken_apart(content)
        token = hashlib.sha256(to.encode()).hexdigest()[:50]
        signature = hmac.new(secret.encode(), f"{SENT_AT}{token}".encode(), hashlib.sha256).hexdigest()
        fields = [
            ("recipient", to),
            ("sender", "noor@example.com"),
            ("timestamp", SENT_AT),
            ("token", token),
            ("signature", signature),
        ]
        fields += [
            ("subject", dict(head)["Subject"]),
            ("from", dict(head)["From"]),
            ("message-headers", json.dumps(head)),
        ]
        if whole:
            fields += [("body-mime", content.decode())]
        else:
            cids = {str(one["Content-ID"]): f"attachment-{n}" for n, one in enumerate(files, 1) if one["Content-ID"]}
            fields += [
                ("body-plain", text),
                ("body-html", html),
                ("stripped-text", text),
                ("content-id-map", json.dumps(cids)),
                ("attachment-count", str(len(files))),
            ]
        given = [(name, value.encode(), "", "") for name, value in fields]
        if not whole:
            given += _files(files, "attachment-")
        return _form(given)

    return post


def _files(files: list[EmailMessage], name: str) -> list[tuple[str, bytes, str, str]]:
    return [
        (f"{name}{n}", content_of(one), one.get_filename() or "", one.get_content_type())
        for n, one in enumerate(files, 1)
    ]


def _sendgrid(whole: bool, signed: bool) -> Post:
    def post(content: bytes, to: str, secret: str) -> tuple[bytes, dict[str, str]]:
        _, text, html, files = taken_apart(content)
        envelope = json.dumps({"to": [to], "from": "noor@example.com"}).encode()
        given = [("envelope", envelope, "", ""), ("SPF", b"pass", "", ""), ("dkim", b"{@example.com : pass}", "", "")]
        if whole:
            given += [("email", content, "", "")]
        else:
            raw_head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\n"
            about = {f"attachment{n}": {"content-id": cid_of(one)} for n, one in enumerate(files, 1)}
            given += [
                ("headers", raw_head, "", ""),
                ("text", text.encode("utf-16"), "", ""),
                ("html", html.encode(), "", ""),
            ]
            given += [
                ("charsets", b'{"text":"utf-16","html":"utf-8"}', "", ""),
                ("attachment-info", json.dumps(about).encode(), "", ""),
            ]
            given += _files(files, "attachment")
        body, headers = _form(given)
        if not signed:
            return body, headers | basic(secret)
        signature = base64.b64encode(SENDGRID.sign(SENT_AT.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
        return body, headers | {
            "x-twilio-email-event-webhook-signature": signature, "x-twilio-email-event-webhook-timestamp": SENT_AT
        }  # fmt: skip

    return post


def _ses(encoding: str) -> Post:
    def post(content: bytes, to: str, secret: str) -> tuple[bytes, dict[str, str]]:
        told = {
            "notificationType": "Received", "mail": {"messageId": "o3vr", "destination": [to]},
            "receipt": {
                "recipients": [to], "spfVerdict": {"status": "PASS"}, "dkimVerdict": {"status": "PASS"},
                "dmarcVerdict": {"status": "PASS"}, "action": {"type": "SNS", "encoding": encoding},
            },
            "content": base64.b64encode(content).decode() if encoding == "BASE64" else content.decode(),
        }  # fmt: skip
        return as_json({"Type": "Notification", "MessageId": f"sns-{to}", "Message": json.dumps(told)}), basic(secret)

    return post


WAYS = [
    Way("postmark", "whole", "juniper:moss", _postmark(True)),
    Way("postmark", "parts", "juniper:moss", _postmark(False)),
    Way("mailgun", "whole", "signing-key", _mailgun(True)),
    Way("mailgun", "parts", "signing-key", _mailgun(False)),
    Way("sendgrid", "whole", "juniper:moss", _sendgrid(True, False)),
    Way("sendgrid", "parts", "juniper:moss", _sendgrid(False, False)),
    Way("sendgrid", "signed", SENDGRID_KEY, _sendgrid(True, True)),
    Way("ses", "utf-8", "juniper:moss", _ses("UTF-8")),
    Way("ses", "base64", "juniper:moss", _ses("BASE64")),
    Way("mail", "posted", "juniper:moss", lambda content, to, secret: (content, basic(secret))),
]

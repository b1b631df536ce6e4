"""Every provider that takes messages by HTTP: what it needs, how it says yes, and what it then was told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from urllib.parse import parse_qs

from aftercart.connectors.sending import EVENT, SMS, TEAM
from tests.gateway import Answer, Asked

REFERENCE = "0198c0de1111822283334444444444ab"
SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes!!!!").decode()


@dataclass(frozen=True, slots=True)
class Case:
    """`read` finds (to, text, reference) in what the provider got. `given` is the id that it gave; `at` where it is."""

    name: str
    settings: Mapping[str, str]
    yes: Answer
    given: str
    read: Callable[[Asked], tuple[str, str, str]]
    no: Answer
    path: str
    address: str = "noor@example.com"
    at: str = "address"
    also: Mapping[str, str] = field(default_factory=dict)


def _said(**body: object) -> bytes:
    return json.dumps(body).encode()


def _form(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}


def _postmark(asked: Asked) -> tuple[str, str, str]:
    told = json.loads(asked.body)
    return told["To"], told["TextBody"], told["Metadata"]["aftercart"]


def _sendgrid(asked: Asked) -> tuple[str, str, str]:
    told = json.loads(asked.body)
    to = told["personalizations"][0]["to"][0]["email"]
    return to, told["content"][0]["value"], told["custom_args"]["aftercart"]


def _mailgun(asked: Asked) -> tuple[str, str, str]:
    told = _form(asked)
    return told["to"], told["text"], told["v:aftercart"]


def _ses(asked: Asked) -> tuple[str, str, str]:
    told = json.loads(asked.body)
    mail = message_from_bytes(base64.b64decode(told["Content"]["Raw"]["Data"]), policy=policy.default)
    words = mail.get_body(("plain",))
    assert words is not None and asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIA1/")
    return str(mail["To"]), words.get_content().strip(), told["EmailTags"][0]["Value"]


def _twilio(asked: Asked) -> tuple[str, str, str]:
    told = _form(asked)
    return told["To"], told["Body"], told["StatusCallback"].partition("reference=")[2]


def _klaviyo(asked: Asked) -> tuple[str, str, str]:
    told = json.loads(asked.body)["data"]["attributes"]
    properties = told["properties"]
    return told["profile"]["data"]["attributes"]["email"], properties["text"], properties["reference"]


def _shopify(asked: Asked) -> tuple[str, str, str]:
    """It goes to the order: no recipient."""
    assert asked.headers["x-shopify-access-token"] == "shpat_1"
    (entry,) = json.loads(asked.body)["variables"]["metafields"]
    assert (entry["ownerId"], entry["namespace"], entry["key"]) == ("gid://shopify/Order/1042", "aftercart", "status")
    told = json.loads(entry["value"])
    assert told["latest"] == "2026-03-13" and told["headline"] == "Order 1042 will be late"
    return "noor@example.com", told["message"], told["reference"]


def _slack(asked: Asked) -> tuple[str, str, str]:
    """It goes to whoever reads there: no recipient, no reference."""
    told = json.loads(asked.body)["text"]
    return "noor@example.com", told.partition("\n")[2], REFERENCE


def _webhook(asked: Asked) -> tuple[str, str, str]:
    from standardwebhooks import Webhook

    told = Webhook(SECRET).verify(
        asked.body,
        dict(asked.headers),
    )["data"]
    return told["to"], told["text"], told["reference"]


CASES = [
    Case(
        name="postmark", settings={"server_token": "pm-1"}, path="/email", given="pm-77", read=_postmark,
        yes=Answer(body=_said(To="noor@example.com", MessageID="pm-77", ErrorCode=0, Message="OK")),
        no=Answer(422, _said(ErrorCode=406, Message="You tried to send to an inactive recipient")),
    ),
    Case(
        name="sendgrid", settings={"api_key": "SG.1"}, path="/v3/mail/send", given="sg-77", read=_sendgrid,
        yes=Answer(202, b"", {"x-message-id": "sg-77"}),
        no=Answer(400, _said(errors=[{"message": "Does not contain a valid address.", "field": "to"}])),
    ),
    Case(
        name="mailgun", settings={"api_key": "key-1", "domain": "mg.juniper.example"}, given="mg-77@juniper.example",
        path="/v3/mg.juniper.example/messages", read=_mailgun,
        yes=Answer(body=_said(id="<mg-77@juniper.example>", message="Queued. Thank you.")),
        no=Answer(400, _said(message="to parameter is not a valid address")),
    ),
    Case(
        name="ses", settings={"access_key_id": "AKIA1", "secret_access_key": "s", "region": "eu-central-1"},
        path="/v2/email/outbound-emails", given="ses-77", read=_ses, yes=Answer(body=_said(MessageId="ses-77")),
        no=Answer(400, _said(message="Email address is not verified.")),
    ),
    Case(
        name="twilio", settings={"account_sid": "AC1", "auth_token": "t", "from": "+15005550006"}, given="SM77",
        path="/2010-04-01/Accounts/AC1/Messages.json", read=_twilio, yes=Answer(201, _said(sid="SM77")),
        no=Answer(400, _said(code=21211, message="The 'To' number is not a valid phone number.", status=400)),
        address="+31612345678", also={"channel": SMS, "callback": "https://care.example/in/juniper/twilio/t"},
    ),
    Case(
        name="klaviyo", settings={"api_key": "pk_1"}, path="/api/events", given="<late-1042@juniper.example>",
        yes=Answer(202, b""), read=_klaviyo, no=Answer(400, _said(errors=[{"detail": "Invalid email address"}])),
    ),
    Case(
        name="shopify", settings={"shop": "juniper.myshopify.com", "access_token": "shpat_1"},
        path="/admin/api/2026-07/graphql.json", given="gid://shopify/Metafield/77", read=_shopify,
        yes=Answer(200, _said(data={"metafieldsSet": {
            "metafields": [{"id": "gid://shopify/Metafield/77"}], "userErrors": []}})),
        no=Answer(400, _said(errors=[{"message": "Parse error on MetafieldsSetInput"}])),
    ),
    Case(
        name="slack", settings={}, path="/services/T0/B0/x", given="", read=_slack, yes=Answer(200, b"ok"),
        no=Answer(400, b"invalid_payload"), at="url", also={"channel": TEAM, "doors": "loopback"},
    ),
    Case(
        name="webhook", settings={"secret": SECRET}, path="/hook", given="late-1042@juniper.example", read=_webhook,
        yes=Answer(204, b""), no=Answer(400, _said(message="no such customer")), at="url",
        also={"channel": EVENT, "doors": "loopback"},
    ),
]  # fmt: skip

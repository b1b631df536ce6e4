"""Mails and files that a provider keeps are fetched from it, over real sockets, and from nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from aftercart import pipeline
from aftercart.brands.models import Brand, Member, Source
from aftercart.connectors.contract import BELIEVED
from aftercart.connectors.registry import FACT_SOURCES, FETCHERS
from aftercart.intake import fetching
from aftercart.intake.fetching import NotYet
from aftercart.intake.models import Delivery, DeliveryPerson
from aftercart.intake.services import arrival, store
from aftercart.tickets.models import Blob, Body, File, Message, Ticket
from tests.connectors.hook_cases import KEPT, Call
from tests.connectors.inbound_cases import PICTURE, TO, letter
from tests.gateway import Answer, Gateway, gateway
from tests.world import NOW

pytestmark = pytest.mark.django_db
MAILS = [call for call in KEPT if call.keeps == "mail"]
by_mail = pytest.mark.parametrize("call", MAILS, ids=lambda call: call.source)
PROOF = {"brevo": ("api-key", "xkeysib-1"), "resend": ("authorization", "Bearer re_1"),
         "mailtrap": ("authorization", "Bearer mt-1")}  # fmt: skip


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    """The provider, on this machine."""
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as one:
        yield one


def told(brand: Brand, call: Call, there: Gateway, content: bytes, **headers: str) -> UUID:
    keys = {"address": there.url, **dict(call.settings)}
    defaults = {"secrets": [call.secret], "token": "t", "settings": keys}
    Source.objects.get_or_create(brand=brand, kind=call.source, defaults=defaults)
    body, given = call.post(content, TO, call.secret)
    name = FACT_SOURCES[call.source].delivery_id(body, given)
    (delivery,) = store([arrival(brand.id, call.source, body, NOW, key=name, headers=headers)])
    pipeline.settle(NOW)
    assert delivery is not None and not store([arrival(brand.id, call.source, body, NOW, key=name)])[0]
    return delivery


def fetch(brand: Brand, delivery: UUID, *, last: bool = False) -> int:
    got = fetching.fetch(brand.id, delivery, last=last)
    pipeline.settle(NOW)
    return got


def answers(call: Call, there: Gateway, content: bytes) -> list[Answer]:
    """The mail; or first, where it can be had."""
    named = {
        "resend": {"raw": {"download_url": f"{there.url}/cdn?s=1"}},
        "mailtrap": {"raw_message_url": f"{there.url}/cdn?s=1"},
    }
    described = [Answer(body=json.dumps(named[call.source]).encode())] if call.source in named else []
    return [*described, Answer(body=content)]


@by_mail
def test_a_mail_that_was_announced_comes_in_whole_and_once(brand: Brand, there: Gateway, call: Call) -> None:
    content = letter()
    delivery = told(brand, call, there, content)
    (job,) = ProcrastinateJob.objects.filter(task_name__endswith="fetch_files")
    assert job.args["delivery_id"] == str(delivery) and not Message.objects.exists()
    assert Delivery.objects.get(id=delivery).unplaced == 0
    assert DeliveryPerson.objects.filter(delivery_id=delivery).exists(), "an erasure finds the notice"

    for _ in range(2):
        there.answers = answers(call, there, content)
        assert fetch(brand, delivery) == 1
    body = Body.objects.get()
    assert (body.subject, body.text, body.notes) == ("Bestellung 1042 – wo?", "Schönen Tag, ほら", [])
    assert [Blob.objects.get(id=one.blob_id).plain for one in File.objects.order_by("position")] == [
        b"%PDF-1.7 x", PICTURE
    ]  # fmt: skip
    assert Ticket.objects.count() == Message.objects.count() == Delivery.objects.filter(source="mail").count() == 1
    if call.source in PROOF:
        name, shown = PROOF[call.source]
        first, second = there.asked[:2]
        assert first.headers[name] == shown and name not in second.headers and second.path == "/cdn?s=1"


@by_mail
def test_it_is_the_same_mail_by_whatever_way(brand: Brand, there: Gateway, call: Call) -> None:
    content = letter()
    store([arrival(brand.id, "mail", content, NOW, key="another way")])
    there.answers = answers(call, there, content)
    fetch(brand, told(brand, call, there, content))
    assert Message.objects.count() == 1


@by_mail
@pytest.mark.parametrize("status", [500, 429])
def test_who_is_in_trouble_is_asked_again_and_then_what_is_known_is_kept(
    brand: Brand, there: Gateway, call: Call, status: int
) -> None:
    delivery = told(brand, call, there, letter())
    there.usual = Answer(status)
    with pytest.raises(NotYet):
        fetch(brand, delivery)
    assert not Message.objects.exists()
    assert fetch(brand, delivery, last=True) == 0
    body = Body.objects.get()
    assert body.notes == [f"The mail itself could not be fetched: it answered {status}"]
    assert body.sender == "noor@example.com" and body.text == ""
    assert (body.subject == "Bestellung 1042 – wo?") == (call.source != "mailtrap")

    # Asked once more by hand, it comes all the same.
    there.usual, there.answers = Answer(404), answers(call, there, letter())
    assert fetch(brand, delivery) == 1 and Body.objects.filter(text="Schönen Tag, ほら").count() == 1


@by_mail
def test_two_that_cannot_be_had_are_two_messages(brand: Brand, there: Gateway, call: Call) -> None:
    there.usual = Answer(404)
    for said in ("one", "two"):
        fetch(brand, told(brand, call, there, letter(said)))
    assert Message.objects.count() == 2


@by_mail
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(404), "it answered 404"),
        (Answer(403), "it answered 403"),
        (Answer(body=b""), ""),
        (Answer(302, headers={"location": "http://169.254.169.254/latest"}), "169.254.169.254 is 169.254.169.254"),
        (Answer(302, headers={"location": "http://10.0.0.7/"}), "10.0.0.7 is 10.0.0.7"),
    ],
)
def test_what_cannot_be_had_is_said(brand: Brand, there: Gateway, call: Call, answer: Answer, reason: str) -> None:
    there.usual = answer
    assert fetch(brand, told(brand, call, there, letter()), last=True) == 0
    (note,) = Body.objects.get().notes
    assert note.startswith(f"The mail itself could not be fetched: {reason}")


@by_mail
def test_one_that_is_too_large_is_said_to_be(brand: Brand, there: Gateway, call: Call, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 5_000
    there.answers = answers(call, there, letter(file=bytes(9_000)))
    fetch(brand, told(brand, call, there, letter()))
    assert Body.objects.get().notes == ["The mail itself could not be fetched: the answer is longer than 5000 bytes"]


@pytest.mark.parametrize("call", [one for one in MAILS if one.source != "ses"], ids=lambda call: call.source)
def test_the_address_that_an_answer_names_leads_into_no_private_network(
    brand: Brand, there: Gateway, call: Call
) -> None:
    for url in ("http://169.254.169.254/latest", "file:///etc/passwd", "gopher://x", "", 7):
        named = {"raw": {"download_url": url}, "raw_message_url": url}
        there.answers = [Answer(body=json.dumps(named).encode())]
        assert fetch(brand, told(brand, call, there, letter(str(url))), last=True) == 0
    assert Body.objects.count() == 5 == len(there.asked)


def test_the_files_of_a_mail_of_brevo_s_join_it(brand: Brand, there: Gateway) -> None:
    (call,) = (one for one in KEPT if one.source == "brevo")
    delivery = told(brand, call, there, letter())
    assert Body.objects.get().text == "Schönen Tag, ほら" and File.objects.filter(size=0).count() == 2
    there.answers = [Answer(body=b"%PDF-1.7 x"), Answer(404)]
    assert fetch(brand, delivery) == 1
    found = [(one.name, one.type, one.inline, one.content_id, one.size) for one in File.objects.order_by("position")]
    assert found == [("Rechnung.pdf", "application/pdf", False, "", 10), ("vase.png", "", True, "vase", 0)]
    assert Body.objects.get().notes == ["vase.png could not be fetched: it answered 404"]
    assert [one.headers["api-key"] for one in there.asked] == ["xkeysib-1"] * 2
    assert there.asked[0].path == "/v3/inbound/attachments/tok%2F0" and Message.objects.count() == 1


def test_a_question_to_s3_is_signed_as_aws_itself_signs_it(brand: Brand, there: Gateway) -> None:
    (call,) = (one for one in KEPT if one.source == "ses")
    there.answers = [Answer(body=letter())]
    fetch(brand, told(brand, call, there, letter()))
    (asked,) = there.asked
    assert asked.path.startswith("/juniper-mail/in/") and asked.path.endswith("%20%C3%B6")

    names = ("host", "x-amz-date", "x-amz-content-sha256")
    request = AWSRequest("GET", there.url + asked.path, {name: asked.headers[name] for name in names}, b"")
    request.context["timestamp"] = asked.headers["x-amz-date"]
    aws = S3SigV4Auth(Credentials("AK", "sk"), "s3", "eu-central-1")
    signature = aws.signature(aws.string_to_sign(request, aws.canonical_request(request)), request)
    assert asked.headers["authorization"].endswith(f"Signature={signature}")


def test_only_the_bucket_that_was_named_is_read() -> None:
    keys = {"bucket": "juniper-mail", "region": "eu-central-1", "access_key_id": "AK", "secret_access_key": "sk"}
    ask = FETCHERS["ses"].request
    assert ask("s3://others/in/1", keys, at=NOW) is None and ask("https://juniper-mail/1", keys, at=NOW) is None
    found = ask("s3://juniper-mail/in/1", keys, at=NOW)
    assert found is not None and found.url == "https://juniper-mail.s3.eu-central-1.amazonaws.com/in/1"
    dotted = ask("s3://mail.juniper/in/1", keys | {"bucket": "mail.juniper"}, at=NOW)
    assert dotted is not None and dotted.url == "https://s3.eu-central-1.amazonaws.com/mail.juniper/in/1"


@pytest.mark.parametrize("source", sorted(PROOF))
def test_a_key_is_shown_to_its_provider_alone(source: str) -> None:
    (call,) = (one for one in KEPT if one.source == source)
    for url in ("https://evil.example/v3", "https://api.brevo.com.evil.example/x", "https://mailtrap.io@evil.example/"):
        assert FETCHERS[source].request(url, dict(call.settings), at=NOW) is None


@by_mail
def test_only_what_the_provider_or_a_believed_server_found_makes_a_sender_proven(
    brand: Brand, there: Gateway, call: Call
) -> None:
    """SES tells its verdict beside the mail; of others the server counts that was named for the mailbox."""
    for said, believed in (("one", "mx.provider"), ("two", "mx.else")):
        content = b"Authentication-Results: mx.provider; dmarc=pass\r\n" + letter(said)
        there.answers = answers(call, there, content)
        fetch(brand, told(brand, call, there, content, **{BELIEVED: believed}))
    trusts = [Message.objects.get(id=one.id).trust for one in Body.objects.order_by("text")]
    assert trusts[0] == "proven"
    assert (trusts[1] == "proven") == (call.source == "ses")


@pytest.mark.parametrize("call", KEPT, ids=lambda call: call.source)
def test_whoever_looks_at_the_notice_sees_what_it_tells_and_that_nobody_has_verified_it(
    brand: Brand, there: Gateway, call: Call, client: Client, django_user_model: Any
) -> None:
    Member.objects.create(brand=brand, user=django_user_model.objects.create_user("maren"))
    client.force_login(django_user_model.objects.get())
    delivery = told(brand, call, there, letter())
    page = client.get(f"/ops/juniper/inbox/{delivery}/").content.decode()
    assert "Message announced" in page or call.source == "brevo"
    assert "noor@example.com" in page and "nverified" in page


def test_what_began_encrypted_is_not_followed_into_the_open() -> None:
    with pytest.raises(fetching.Gone, match="not encrypted"):
        fetching._next("https://api.resend.com/emails/receiving/1", "http://cdn.example/1")

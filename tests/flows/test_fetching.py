"""Pictures that a text names are fetched from whoever keeps them, over real sockets, and nothing else ever is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from aftercart import pipeline
from aftercart.brands.models import Brand, Source
from aftercart.connectors.asking import basic_authorization
from aftercart.connectors.twilio import media
from aftercart.intake import fetching
from aftercart.intake.fetching import MOST_BYTES, NotYet
from aftercart.intake.models import Delivery
from aftercart.intake.services import arrival, claim, read, store
from aftercart.risk.models import Contact
from aftercart.tickets.models import Blob, Body, File, Message, Ticket
from tests.gateway import Answer, Gateway, gateway
from tests.world import NOW

pytestmark = pytest.mark.django_db
GIF, PDF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", b"%PDF-1.4 it leaks"
ACCOUNT = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/"


@pytest.fixture
def twilio(settings: Any) -> Iterator[Gateway]:
    """Twilio, on this machine."""
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as one:
        yield one


def texted(brand: Brand, *urls: str, secrets: tuple[str, ...] = ("moss-token",)) -> str:
    """A text with pictures at these addresses comes in. Answers the delivery's id."""
    Source.objects.get_or_create(brand=brand, kind="twilio", defaults={"secrets": list(secrets), "token": "t"})
    form = {
        "AccountSid": "AC1",
        "MessageSid": "MM1",
        "From": "+31612345678",
        "To": "+15005550006",
        "Body": "It came like this",
    }
    form |= {"NumMedia": str(len(urls))} | {f"MediaUrl{n}": url for n, url in enumerate(urls)}
    form |= {f"MediaContentType{n}": "image/jpeg" for n in range(len(urls))}
    (delivery,) = store([arrival(brand.id, "twilio", urlencode(form).encode(), NOW, topic="received")])
    pipeline.settle(NOW)
    return str(delivery)


def fetch(brand: Brand, delivery: str, *, last: bool = False) -> int:
    got = fetching.fetch(brand.id, delivery, last=last)  # type: ignore[arg-type]
    pipeline.settle(NOW)
    return got


def files() -> list[tuple[str, str, bytes]]:
    rows = File.objects.order_by("position")
    return [(row.name, row.type, Blob.objects.get(id=row.blob_id).plain) for row in rows]


def told_on() -> list[str]:
    """What is noted in the deliveries that were made of what was fetched."""
    Delivery.objects.filter(topic="files").update(state=Delivery.WAITING)
    return [note for one in claim(10) for fact in read(one) for note in fact.notes]  # type: ignore[union-attr]


def test_the_pictures_of_a_text_join_its_message(brand: Brand, twilio: Gateway) -> None:
    twilio.answers = [Answer(body=GIF, headers={"content-type": "image/gif"}), Answer(body=PDF)]
    delivery = texted(brand, *(f"{twilio.url}{ACCOUNT}{name}" for name in ("ME1", "ME2")))
    assert files() == [("attachment-1.jpg", "", b""), ("attachment-2.jpg", "", b"")]
    (job,) = ProcrastinateJob.objects.filter(task_name__endswith="fetch_files")
    assert (job.args["delivery_id"], job.queue_name) == (delivery, "fetching")

    assert fetch(brand, delivery) == 2
    assert files() == [("attachment-1.jpg", "image/gif", GIF), ("attachment-2.jpg", "application/pdf", PDF)]
    assert Ticket.objects.count() == Message.objects.count() == Contact.objects.count() == 1
    assert [asked.headers["authorization"] for asked in twilio.asked] == [basic_authorization("AC1", "moss-token")] * 2

    assert fetch(brand, delivery) == 0 or files()[0][2] == GIF, "twice is once"
    pipeline.settle(NOW)
    assert Delivery.objects.filter(topic="files").count() == 1
    assert ProcrastinateJob.objects.filter(task_name__endswith="fetch_files").count() == 1


def test_a_text_without_pictures_owes_nothing(brand: Brand) -> None:
    texted(brand)
    assert not ProcrastinateJob.objects.filter(task_name__endswith="fetch_files").exists()


def test_credentials_go_to_the_first_address_alone(brand: Brand, twilio: Gateway) -> None:
    twilio.answers = [Answer(307, headers={"location": f"{twilio.url}/cdn/ME1?signed=1"}), Answer(body=GIF)]
    assert fetch(brand, texted(brand, f"{twilio.url}{ACCOUNT}ME1")) == 1
    first, second = twilio.asked
    assert "authorization" in first.headers and "authorization" not in second.headers
    assert second.path == "/cdn/ME1?signed=1"


def test_of_several_lines_the_one_whose_account_it_is_gets_it(brand: Brand, twilio: Gateway) -> None:
    twilio.answers = [Answer(401), Answer(body=GIF)]
    assert fetch(brand, texted(brand, f"{twilio.url}{ACCOUNT}ME1", secrets=("another", "moss-token"))) == 1
    shown = [asked.headers["authorization"] for asked in twilio.asked]
    assert shown == [basic_authorization("AC1", "another"), basic_authorization("AC1", "moss-token")]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_what_is_in_trouble_is_asked_again_and_at_last_it_is_said(brand: Brand, twilio: Gateway, status: int) -> None:
    delivery = texted(brand, f"{twilio.url}{ACCOUNT}ME1")
    twilio.usual = Answer(status)
    with pytest.raises(NotYet):
        fetch(brand, delivery)
    assert not Delivery.objects.filter(topic="files").exists()
    assert fetch(brand, delivery, last=True) == 0
    assert told_on() == [f"attachment-1.jpg could not be fetched: it answered {status}"]
    assert files() == [("attachment-1.jpg", "", b"")]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([Answer(404)], "it answered 404"),
        ([Answer(401)], "it answered 401"),
        ([Answer(302, headers={"location": "/round"})] * 9, "it leads from one address to the next"),
        ([Answer(302, headers={"location": "http://169.254.169.254/latest"})], "169.254.169.254 is 169.254.169.254"),
        ([Answer(302, headers={"location": "http://10.0.0.7/"})], "10.0.0.7 is 10.0.0.7"),
        ([Answer(302)], "it leads to an address that is not encrypted"),
        ([Answer(body=b"x", headers={"content-length": str(MOST_BYTES + 9)})], "Protocol"),
        ([Answer(body=bytes(MOST_BYTES + 1))], "the answer is longer than 26214400 bytes"),
    ],
)
def test_what_cannot_be_had_is_said_in_the_message(
    brand: Brand, twilio: Gateway, answers: list[Answer], reason: str
) -> None:
    twilio.answers = list(answers)
    fetch(brand, texted(brand, f"{twilio.url}{ACCOUNT}ME1"), last=True)
    (note,) = told_on()
    assert note.startswith(f"attachment-1.jpg could not be fetched: {reason}") or "Protocol" in reason
    assert files()[0][2] == b"" and Body.objects.get().notes == told_on()


def test_one_that_is_gone_does_not_cost_the_other(brand: Brand, twilio: Gateway) -> None:
    twilio.answers = [Answer(404), Answer(body=GIF)]
    assert fetch(brand, texted(brand, *(f"{twilio.url}{ACCOUNT}{name}" for name in ("ME1", "ME2")))) == 1
    assert [content for _, _, content in files()] == [b"", GIF]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/AC1/Media/ME1",
        "https://api.twilio.com@evil.example/2010-04-01/Accounts/AC1/Media/ME1",
        "https://evilapi.twilio.com/2010-04-01/Accounts/AC1/Media/ME1",
        "http://api.twilio.com/2010-04-01/Accounts/AC1/Media/ME1",
        "http://127.0.0.1:1/2010-04-01/Accounts/AC1/Media/ME1",
        "https://api.twilio.com/elsewhere",
        "https://[broken/2010-04-01/Accounts/AC1/",
    ],
)
def test_credentials_are_shown_to_nobody_else(brand: Brand, url: str) -> None:
    assert media.request(url, {"secret": "moss-token"}, at=NOW) is None
    assert fetch(brand, texted(brand, url)) == 0
    assert told_on() == ["attachment-1.jpg could not be fetched: its address is not one of theirs"]


def test_twilio_itself_and_its_regions_are_asked() -> None:
    for host in ("api.twilio.com", "api.dublin.ie1.twilio.com"):
        asking = media.request(f"https://{host}{ACCOUNT}ME1", {"secret": "moss-token"}, at=NOW)
        assert asking is not None and asking.headers == {"authorization": basic_authorization("AC1", "moss-token")}

"""SNS asks by a real request whether it may report; we answer it once, or refuse it with one reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from aftercart import pipeline
from aftercart.brands.models import AuditEntry, Brand, Source
from aftercart.intake import services as intake
from aftercart.intake.models import Delivery
from aftercart.outbox import lines, subscriptions
from aftercart.plumbing import clock, http
from tests.connectors.test_ses_subscriptions import NOW, TOPIC, certificate, question
from tests.gateway import Answer, Gateway, gateway

CERTIFICATE = Answer(body=certificate(until=datetime(2100, 1, 1, tzinfo=UTC)))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """What would go to SNS goes to a server of ours, over a real socket; by the address that it was meant for."""
    with gateway() as found:
        port = urlsplit(found.url).port

        class Elsewhere(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                request.headers["meant-for"] = f"{request.url.scheme}://{request.url.host}"
                request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
                return super().handle_request(request)

        monkeypatch.setattr(http, "public", lambda doors: Elsewhere())
        yield found


def asks(brand: Brand, sent: bytes) -> Delivery:
    Source.objects.get_or_create(brand=brand, kind="ses", defaults={"secrets": ["user:password"], "token": "token-ses"})
    arrived = intake.arrival(brand.id, "ses", sent, clock.machine(), topic="SubscriptionConfirmation")
    intake.store([arrived])
    pipeline.drain(NOW)
    return Delivery.objects.get()


def named(brand: Brand, topic: str = TOPIC) -> None:
    told = {"access_key_id": "a", "secret_access_key": "b", "region": "eu-central-1", "topic": topic}
    lines.add(brand, provider="ses", channel="email", settings=told, by="maren")


def test_a_true_question_is_answered_once(brand: Brand, there: Gateway) -> None:
    named(brand)
    delivery = asks(brand, question())
    assert delivery.state == Delivery.QUARANTINED and "waits to be confirmed" in delivery.error
    there.answers = [CERTIFICATE]

    assert subscriptions.answer_all() == 1 and subscriptions.answer_all() == 0

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (Delivery.APPLIED, "")
    assert [urlsplit(asked.path).path for asked in there.asked] == ["/SimpleNotificationService-0aef12.pem", "/"]
    assert {asked.headers["meant-for"] for asked in there.asked} == {"https://sns.eu-central-1.amazonaws.com"}
    assert AuditEntry.objects.get(action="channel.confirmed").detail == {"topic": TOPIC}


def test_a_topic_of_somebody_else_is_refused_and_nobody_is_asked_until_the_brand_names_it(
    brand: Brand, there: Gateway
) -> None:
    delivery = asks(brand, question())
    assert subscriptions.answer_all() == 0 and subscriptions.answer_all() == 0

    delivery.refresh_from_db()
    assert delivery.error.startswith("Not confirmed: TopicArn: ") and "--set topic=arn:" in delivery.error
    assert not there.asked and AuditEntry.objects.filter(action="channel.refused").count() == 1

    named(brand)
    intake.replay(brand.id, [delivery.id])
    pipeline.drain(NOW)
    there.answers = [CERTIFICATE]
    assert subscriptions.answer_all() == 1


def test_a_forged_question_is_refused_and_its_link_is_not_followed(brand: Brand, there: Gateway) -> None:
    named(brand)
    delivery = asks(brand, question().replace(b"2336412f37", b"1111111111"))
    there.answers = [CERTIFICATE]
    assert subscriptions.answer_all() == 0

    delivery.refresh_from_db()
    assert delivery.error == "Not confirmed: Signature: is not that of SNS: somebody else asks"
    assert [urlsplit(asked.path).path for asked in there.asked] == ["/SimpleNotificationService-0aef12.pem"]


def test_where_sns_is_away_it_is_answered_the_next_time(brand: Brand, there: Gateway) -> None:
    named(brand)
    delivery = asks(brand, question())
    there.answers = [Answer(503), CERTIFICATE, Answer(500), CERTIFICATE]
    assert [subscriptions.answer_all() for _ in range(3)] == [0, 0, 1]
    delivery.refresh_from_db()
    assert delivery.state == Delivery.APPLIED


def test_a_question_that_has_run_out_is_refused(brand: Brand, there: Gateway) -> None:
    named(brand)
    delivery = asks(brand, question())
    there.answers = [CERTIFICATE, Answer(400)]
    assert subscriptions.answer_all() == 0
    delivery.refresh_from_db()
    assert "answered 400; let SNS ask once more" in delivery.error

"""What customers write is kept sealed from the moment that it arrives; whoever looks at it is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import AuditEntry, Brand, Member
from aftercart.brands.services import VIEWS_ARE_ONE, viewed
from aftercart.intake import services as intake
from aftercart.intake.arrivals import arrival
from aftercart.intake.models import Delivery, Fault, Payload, Seen
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from tests.world import NOW

CARD = "4242 4242 4242 4242"


def body(text: str = f"My card is {CARD}, and where is it?", message: str = "m-1") -> bytes:
    fact = {
        "kind": "message_received", "message_id": message, "channel": "email", "text": text,
        "happened_at": NOW.isoformat(), "customer": {"email": "ida@example.com", "name": "Ida"},
    }  # fmt: skip
    return json.dumps({"facts": [fact]}).encode()


def deliver(brand: Brand, content: bytes | None = None, source: str = "aftercart") -> Delivery:
    (stored,) = intake.store([arrival(brand.id, source, content or body(), NOW)])
    assert stored
    return Delivery.objects.get(id=stored)


@pytest.fixture
def maren(brand: Brand, django_user_model: Any, client: Client) -> Client:
    user = django_user_model.objects.create_user("maren")
    Member.objects.create(brand=brand, user=user)
    client.force_login(user)
    return client


def everything_kept() -> str:
    """All that is in the database, as somebody with a copy of it sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.body, p.headers::text, s.key, s.content FROM intake_payload p JOIN intake_seen s USING (id)"
        )
        return "".join(bytes(row[0]).decode("latin-1") + "".join(row[1:]) for row in cursor.fetchall())


def test_a_message_is_nowhere_in_clear_and_is_read_all_the_same(brand: Brand) -> None:
    delivery = deliver(brand)
    kept = everything_kept()
    # Not "4242" alone, which the digits of a fingerprint may be as well.
    assert [clear for clear in (CARD, "ending 4242", "ida@") if clear in kept] == []
    assert Payload.objects.get(id=delivery.id).sealed

    pipeline.drain(NOW)
    delivery.refresh_from_db()
    assert (delivery.error, delivery.state, delivery.facts) == ("", Delivery.APPLIED, 1)
    assert Customer.objects.get(email="ida@example.com").name == "Ida"
    assert intake.replay(brand.id, [delivery.id]) == 1
    pipeline.drain(NOW)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.APPLIED


def test_what_a_carrier_sends_is_kept_as_it_came(brand: Brand) -> None:
    delivery = deliver(brand, b'{"a": 1}', "easypost")
    payload = Payload.objects.get(id=delivery.id)
    assert (bytes(payload.body), payload.sealed) == (b'{"a": 1}', False)


def test_the_same_message_twice_is_kept_once_and_its_hash_tells_nobody_what_it_says(brand: Brand) -> None:
    deliver(brand)
    assert intake.store([arrival(brand.id, "aftercart", body(), NOW)]) == [None]
    (kept,) = Seen.objects.values_list("content", flat=True)
    other = Brand.objects.create(slug="other", name="Other", from_email="o@example.com", country="US")
    assert arrival(other.id, "aftercart", body(), NOW).content != kept


def test_a_new_secret_opens_what_the_old_one_closed_and_without_it_the_delivery_waits(
    brand: Brand, settings: Any
) -> None:
    delivery, old = deliver(brand), settings.SECRET_KEY
    healthy = deliver(brand, b'{"a": 1}', "easypost")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", []
    pipeline.drain(NOW)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.QUARANTINED
    assert "SealError" in delivery.error
    assert Delivery.objects.exclude(state=Delivery.WAITING).filter(id=healthy.id).exists()

    settings.SECRET_KEY_FALLBACKS = [old]
    intake.replay(brand.id, [delivery.id])
    pipeline.drain(NOW)
    delivery.refresh_from_db()
    assert delivery.state == Delivery.APPLIED


def test_one_brand_s_delivery_cannot_be_read_as_another_s(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other", from_email="o@example.com", country="US")
    delivery = deliver(brand)
    Delivery.objects.filter(id=delivery.id).update(brand=other)
    with transaction.atomic():
        (claimed,) = intake.claim(10)
        with pytest.raises(intake.SealError):
            intake.read(claimed)


def test_what_went_wrong_is_told_without_the_number(brand: Brand) -> None:
    delivery = deliver(brand, b'{"facts": [{"kind": "4242 4242 4242 4242"}]}')
    pipeline.drain(NOW)
    fault = Fault.objects.get(delivery_id=delivery.id)
    assert "4242 4242" not in fault.error + fault.traceback


@pytest.mark.usefixtures("mid_hour")
def test_whoever_looks_at_a_delivery_sees_no_card_and_is_written_down(brand: Brand, maren: Client) -> None:
    delivery = deliver(brand)
    page = maren.get(f"/ops/juniper/inbox/{delivery.id}/").content.decode()
    assert "[card ending 4242]" in page and CARD not in page
    file = maren.get(f"/ops/juniper/inbox/{delivery.id}/body/").content
    assert file == body().replace(CARD.encode(), b"[card ending 4242]")

    (entry,) = AuditEntry.objects.filter(action="viewed")
    assert (entry.actor, entry.subject, entry.detail) == ("maren", str(delivery.id), {"what": "delivery"})


def test_many_looks_of_one_stretch_are_one_entry(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    at = NOW.replace(minute=1)
    monkeypatch.setattr(clock, "machine", lambda: at)
    for who, what in [("maren", "order"), ("otis", "order"), ("maren", "message"), ("maren", "order")]:
        viewed(brand, who, brand.id, what)
    assert AuditEntry.objects.count() == 3
    at += VIEWS_ARE_ONE
    viewed(brand, "maren", brand.id, "order")
    assert AuditEntry.objects.count() == 4

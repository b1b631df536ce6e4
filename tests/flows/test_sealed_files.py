"""What came attached is nowhere in clear, and is given to whoever may see it as it was sent."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import AuditEntry, Brand, Member
from aftercart.intake.arrivals import arrival
from aftercart.intake.services import store
from aftercart.tickets.models import Blob, File
from tests.connectors.hook_cases import CALLS
from tests.connectors.inbound_cases import TO
from tests.world import NOW

pytestmark = pytest.mark.django_db
CARD = "4242 4242 4242 4242"
KINDS = ("plain", "csv", "html", "calendar")


def letter(*contents: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "Noor <noor@example.com>", TO, "<files@example.com>"
    mail["Subject"] = "It is attached"
    mail.set_content(f"My card is {CARD}.")
    for kind, content in zip(KINDS, contents or [f"card {CARD}"] * len(KINDS), strict=False):
        mail.add_attachment(content.encode(), maintype="text", subtype=kind, filename=f"card.{kind}")
    mail.add_attachment(b"%PDF-1.7 " + CARD.encode(), maintype="application", subtype="pdf", filename="card.pdf")
    return mail.as_bytes()


def take_in(brand: Brand, content: bytes) -> None:
    store([arrival(brand.id, "mail", content, NOW)])
    pipeline.settle(NOW)


def found(needle: str) -> list[str]:
    """The tables that hold it, as text or as bytes, for somebody with a copy of the database."""
    tables = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE strpos(t::text, %s) > 0 OR strpos(t::text, %s) > 0)',
                [needle, needle.encode().hex()],
            )
            if cursor.fetchone()[0]:
                tables.append(table)
    return tables


@pytest.fixture
def maren(brand: Brand, django_user_model: Any, client: Client) -> Client:
    user = django_user_model.objects.create_user("maren")
    Member.objects.create(brand=brand, user=user)
    client.force_login(user)
    return client


def test_the_number_of_a_card_in_a_file_is_in_no_table(brand: Brand) -> None:
    take_in(brand, letter())
    (call,) = (one for one in CALLS if one.source == "mailjet")
    body, _ = call.post(letter(*(f"another card: {CARD}" for _ in KINDS)), TO, call.secret)
    store([arrival(brand.id, "mailjet", body, NOW)])
    pipeline.settle(NOW)
    assert File.objects.count() == 10 and "tickets_body" in found("It is attached")
    assert not found(CARD) and not found(CARD.replace(" ", ""))
    assert not found("%PDF-1.7") and not found("another card")


@pytest.mark.usefixtures("mid_hour")
def test_it_is_shown_as_it_was_sent_and_that_is_written_down(brand: Brand, maren: Client) -> None:
    take_in(brand, letter())
    for row in File.objects.order_by("position"):
        shown = maren.get(f"/desk/juniper/files/{row.id}/")
        assert shown.status_code == 200 and CARD.encode() in shown.content
    (entry,) = AuditEntry.objects.filter(action="viewed")
    assert (entry.actor, entry.subject, entry.detail) == ("maren", str(row.message_id), {"what": "file"})


def test_the_same_file_twice_is_kept_once_and_its_name_tells_nobody_what_it_holds(brand: Brand, settings: Any) -> None:
    take_in(brand, letter())
    take_in(brand, letter().replace(b"files@", b"again@"))
    assert File.objects.count() == 10 and Blob.objects.count() == 2
    kept = set(Blob.objects.values_list("id", flat=True))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", [settings.SECRET_KEY]
    take_in(brand, letter().replace(b"files@", b"third@"))
    assert len(kept & set(Blob.objects.values_list("id", flat=True))) == 2 and Blob.objects.count() == 4


def test_an_old_secret_opens_what_it_closed_and_without_it_nothing_is_shown(
    brand: Brand, maren: Client, settings: Any
) -> None:
    take_in(brand, letter())
    path = f"/desk/juniper/files/{File.objects.order_by('position')[0].id}/"
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", [old]
    maren.force_login(Member.objects.get(user__username="maren").user)
    assert CARD.encode() in maren.get(path).content
    settings.SECRET_KEY_FALLBACKS = []
    assert maren.get(path).status_code == 404


def test_files_of_before_are_read_as_they_are(brand: Brand, maren: Client) -> None:
    take_in(brand, letter())
    row = File.objects.order_by("position")[0]
    Blob.objects.filter(id=row.blob_id).update(content=b"in clear", sealed=False)
    assert maren.get(f"/desk/juniper/files/{row.id}/").content == b"in clear"


def test_one_brand_s_file_does_not_open_as_another_s(brand: Brand) -> None:
    from aftercart.intake.sealed import SealError

    take_in(brand, letter())
    other = Brand.objects.create(slug="other", name="Other", from_email="o@example.com", country="US")
    Blob.objects.update(brand=other)
    with pytest.raises(SealError):
        _ = Blob.objects.all()[0].plain

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aftercart.brands.models import AuditEntry, Brand
from aftercart.connectors.mail.console import console
from aftercart.connectors.mail.file import File
from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.sending import Message
from aftercart.outbox import handover, services
from aftercart.outbox.models import Outgoing
from aftercart.outbox.services import Owed
from aftercart.plumbing import clock
from tests.mailserver import mail_server
from tests.world import NOW

CUSTOMER, EPISODE = uuid4(), uuid4()


def owed(**known: object) -> Owed:
    words: dict[str, object] = {"subject": "Order 1042 will be late", "text": ".Hello\n\nñ", "html": "<p>Hello</p>"}
    facts: dict[str, object] = {"channel": "email", "kind": "late", "customer_id": CUSTOMER, "episode": EPISODE}
    return Owed(**(facts | words | {"address": "noor@example.com", "language": "en"} | known))  # type: ignore[arg-type]


def owe(brand: Brand, **known: object) -> UUID:
    at = NOW + timedelta(minutes=Outgoing.objects.count())
    return services.owe(brand, owed(**known), at=at)


def row(outgoing: UUID) -> Outgoing:
    return Outgoing.objects.get(id=outgoing)


def test_what_is_owed_twice_is_sent_once_and_arrives_whole(brand: Brand) -> None:
    first, again = owe(brand), owe(brand, subject="Something else")

    with mail_server() as box:
        done = handover.drain({"email": Smtp(box.url)}, now=NOW)

    (mail,) = box.received
    assert first == again and done.sent == 1 and row(first).sent_at == NOW
    assert mail["Subject"] == "Order 1042 will be late" and mail["To"] == "noor@example.com"
    body = mail.get_body(("plain",))
    assert body is not None and body.get_content().split() == [".Hello", "ñ"]
    assert mail["Message-ID"] == row(first).message_id


def test_a_server_that_says_no_for_now_gets_it_later_and_one_that_says_never_parks_it(brand: Brand) -> None:
    for_now, never = owe(brand), owe(brand, episode=uuid4())

    with mail_server() as box:
        box.answers = ["451 Come back", "550 No such box"]
        done = handover.drain({"email": Smtp(box.url)})

    assert (done.sent, done.retried, done.parked) == (0, 1, 1)
    assert row(for_now).state == Outgoing.DUE and row(for_now).due_at > clock.machine()
    assert row(never).state == Outgoing.PARKED and "550" in row(never).reason


def test_a_line_that_breaks_before_the_acknowledgement_is_parked_never_repeated(brand: Brand) -> None:
    outgoing = owe(brand)

    with mail_server() as box:
        box.answers = ["hang up"]
        handover.drain({"email": Smtp(box.url)})
        handover.drain({"email": Smtp(box.url)})

    assert len(box.received) == 1
    assert row(outgoing).state == Outgoing.PARKED and "line broke" in row(outgoing).reason


def test_a_server_that_is_away_costs_nothing_but_time(brand: Brand) -> None:
    outgoing = owe(brand)

    done = handover.drain({"email": Smtp("smtp://127.0.0.1:9", timeout=2)})

    assert done.retried == 1 and row(outgoing).state == Outgoing.DUE and row(outgoing).attempts == 1


def test_an_address_that_cannot_be_is_parked_with_the_reason(brand: Brand) -> None:
    outgoing = owe(brand, address="nobody at all")

    handover.drain({"email": Smtp("smtp://127.0.0.1:9")})

    assert row(outgoing).state == Outgoing.PARKED and row(outgoing).reason.startswith("recipient:")


class Crash(BaseException):
    """As SIGKILL: nothing after it runs."""


def test_a_sender_that_dies_before_handing_over_leaves_it_due(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    outgoing = owe(brand)

    def dies(*_: object) -> str:
        raise Crash

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(handover, "_mark_sending", dies)
        handover.drain({"email": console})
    assert handover.drain({"email": console}).idle, "somebody may still be at it"

    Outgoing.objects.update(due_at=clock.machine())
    with mail_server() as box:
        handover.drain({"email": Smtp(box.url)})
    assert row(outgoing).state == Outgoing.SENT and len(box.received) == 1


def test_a_sender_that_dies_while_handing_over_parks_it_for_a_person(brand: Brand) -> None:
    outgoing = owe(brand)

    def dies(message: Message) -> str:
        raise Crash

    with pytest.raises(Crash):
        handover.drain({"email": dies})
    assert row(outgoing).state == Outgoing.SENDING

    Outgoing.objects.update(lease_until=clock.machine() - timedelta(seconds=1), due_at=clock.machine())
    with mail_server() as box:
        handover.drain({"email": Smtp(box.url)})
    assert row(outgoing).state == Outgoing.PARKED and not box.received


def test_a_person_releases_a_parked_message_or_cancels_it_and_is_remembered(brand: Brand, tmp_path: Path) -> None:
    kept, dropped = owe(brand), owe(brand, episode=uuid4())
    Outgoing.objects.update(state=Outgoing.PARKED)

    assert services.release(brand, kept, "maren") and services.cancel(brand, dropped, "phoned instead", "maren")
    handover.drain({"email": File(tmp_path)})

    assert row(kept).state == Outgoing.SENT and row(dropped).state == Outgoing.CANCELLED
    assert not services.release(brand, kept, "maren"), "it was sent"
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert set(AuditEntry.objects.values_list("actor", "action")) == {
        ("maren", "outbox.release"),
        ("maren", "outbox.cancel"),
    }

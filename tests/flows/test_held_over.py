"""What could not leave while it was true is decided again: what is said is true when it is said, and is said once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors.sending import EMAIL, SMS
from aftercart.facts import State
from aftercart.ops.books import imbalances
from aftercart.outbox import handover, lines
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outbox.services import owe, release
from aftercart.outreach import terms, waiting
from aftercart.outreach.models import Decision
from aftercart.people import consent
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from aftercart.plumbing.addresses import address_hash
from tests.connectors.provider_cases import SECRET
from tests.flows.test_outbox import Crash, owed
from tests.flows.test_outreach import HOUR, MORNING, silent
from tests.flows.test_watch import hear, wait
from tests.gateway import HANG_UP, Answer, Gateway, gateway
from tests.telling import scanned
from tests.world import NOW

PHONE = "+13125550147"
MINUTE = timedelta(minutes=1)
TAKEN = Answer(201, b'{"sid":"SM1"}')
MAILED = Answer(body=b'{"MessageID":"pm-1","ErrorCode":0,"Message":"OK"}')


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


@pytest.fixture
def speaking(brand: Brand) -> Brand:
    brand.speaks_since = NOW
    brand.save()
    return brand


def mails(brand: Brand, there: Gateway) -> None:
    told = {"server_token": "pm-secret-token", "address": there.url}
    lines.add(brand, provider="postmark", channel=EMAIL, settings=told, by="maren")


def texts(brand: Brand, there: Gateway) -> None:
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
    lines.add(brand, provider="twilio", channel=SMS, settings=told, by="maren")
    Customer.objects.update(phone=PHONE)
    consent.tell(brand.id, address_hash(brand.id, PHONE), channel=SMS, purpose="service", granted=True, at=NOW)


def send(at: datetime) -> handover.Sent:
    """As the worker does, once leases and breakers have run out."""
    past = clock.machine() - timedelta(seconds=1)
    Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=past)
    Line.objects.exclude(open_until=None).update(open_until=past)
    return pipeline.send(at)


def test_what_waited_for_an_hour_is_said_as_it_is_by_then(speaking: Brand, there: Gateway) -> None:
    mails(speaking, there)
    hear(speaking, NOW, *silent())
    wait(MORNING)
    first = Outgoing.objects.get()
    there.usual = Answer(500)
    for minutes in (1, 20, 59, 60):
        send(MORNING + minutes * MINUTE)
    assert Outgoing.objects.get().state == Outgoing.DUE and Decision.objects.get().spoken

    assert send(MORNING + 61 * MINUTE).void == 1
    decision = Decision.objects.get()
    assert not decision.spoken and decision.outgoing_id is None and decision.waits_until == MORNING + 61 * MINUTE
    there.usual, asked = MAILED, len(there.asked)
    wait(MORNING + 62 * MINUTE)
    send(MORNING + 62 * MINUTE)

    first.refresh_from_db()
    assert first.state == Outgoing.VOID and first.reason == handover.OUTDATED
    (fresh,) = Outgoing.objects.exclude(id=first.id)
    assert fresh.state == Outgoing.SENT and fresh.message_id == first.message_id and len(there.asked) == asked + 1
    assert Decision.objects.get().outgoing_id == fresh.id and fresh.attempts == first.attempts + 1
    assert imbalances() == []


def test_what_is_over_meanwhile_is_not_said(speaking: Brand, there: Gateway) -> None:
    mails(speaking, there)
    hear(speaking, NOW, *silent())
    wait(MORNING)
    there.usual = Answer(500)
    send(MORNING + MINUTE)
    tried = len(there.asked)
    hear(speaking, MORNING + HOUR, scanned(State.OUT_FOR_DELIVERY, MORNING + HOUR, number="1Z1", city="Gary"))
    there.usual = MAILED
    send(MORNING + 2 * HOUR)
    wait(MORNING + 2 * HOUR)
    send(MORNING + 2 * HOUR + MINUTE)

    assert len(there.asked) == tried and Outgoing.objects.get().state == Outgoing.VOID
    assert Decision.objects.get().reason == "over before it could be said"
    assert imbalances() == []


def test_a_text_whose_hours_have_closed_waits_for_the_morning_and_says_what_is_true_then(
    speaking: Brand, there: Gateway
) -> None:
    terms.publish(speaking, at=NOW, by="Noor", order=[SMS], quiet_from=9 * 60, quiet_until=8 * 60)
    hear(speaking, NOW, *silent())
    texts(speaking, there)
    wait(MORNING + HOUR)  # eight in the morning in Chicago
    assert Outgoing.objects.get().channel == SMS
    there.usual = Answer(500)
    send(MORNING + HOUR + 50 * MINUTE)

    assert send(MORNING + 2 * HOUR).void == 1, "nine: within the hour, but no longer within its hours"
    wait(MORNING + 2 * HOUR)
    assert Decision.objects.get().waits_until == MORNING + 25 * HOUR
    there.usual = TAKEN
    tried = len(there.asked)
    for hours in (3, 12, 24.9):
        wait(MORNING + hours * HOUR)
        send(MORNING + hours * HOUR)
    assert len(there.asked) == tried
    wait(MORNING + 25 * HOUR)
    send(MORNING + 25 * HOUR)
    assert len(there.asked) == tried + 1 and imbalances() == []


def test_where_a_channel_takes_nothing_another_one_says_it(speaking: Brand, there: Gateway) -> None:
    terms.publish(speaking, at=NOW, by="Noor", order=[SMS, EMAIL])
    hear(speaking, NOW, *silent())
    texts(speaking, there)
    there.usual = Answer(500)
    at = MORNING + 2 * HOUR
    wait(at)
    for minutes in (1, 2, 3, 61):
        send(at + minutes * MINUTE)
    assert Outgoing.objects.get().state == Outgoing.VOID
    Line.objects.update(open_until=clock.machine() + HOUR)
    wait(at + 62 * MINUTE)

    assert Outgoing.objects.exclude(state=Outgoing.VOID).get().channel == EMAIL


def test_what_somebody_may_have_already_is_never_decided_again(
    speaking: Brand, there: Gateway, settings: pytest.FixtureRequest
) -> None:
    settings.WEBHOOK_DOORS = "loopback"  # type: ignore[attr-defined]
    told = {"url": f"{there.url}/hook", "secret": SECRET}
    lines.add(speaking, provider="webhook", channel=EMAIL, settings=told, by="maren")
    hear(speaking, NOW, *silent())
    wait(MORNING)
    there.answers = [Answer(manner=HANG_UP)]
    send(MORNING + MINUTE)
    there.usual = Answer(204, b"")

    assert send(MORNING + 9 * HOUR).sent == 1
    assert len({asked.headers["webhook-id"] for asked in there.asked}) == 1 and Outgoing.objects.count() == 1


def test_what_a_person_released_and_what_holds_however_late_is_sent_as_it_is(speaking: Brand, there: Gateway) -> None:
    mails(speaking, there)
    there.usual = MAILED
    kept = owe(speaking, owed(), at=NOW)
    dated = owe(speaking, owed(kind="lost", true_until=NOW + HOUR), at=NOW)
    Outgoing.objects.filter(id=dated).update(state=Outgoing.PARKED, reason="nobody knows")
    assert release(speaking, dated, "maren")

    assert send(NOW + timedelta(days=2)).sent == 2
    assert {row.state for row in Outgoing.objects.filter(id__in=[kept, dated])} == {Outgoing.SENT}


@pytest.mark.parametrize("where", ["_void", "decide_again", "_mark_sending", "_message"])
def test_a_sender_that_dies_on_the_way_neither_forgets_nor_says_it_twice(
    speaking: Brand, there: Gateway, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    mails(speaking, there)
    hear(speaking, NOW, *silent())
    wait(MORNING)
    there.usual = MAILED

    def dies(*_: object, **__: object) -> object:
        raise Crash

    late = MORNING + (2 * HOUR if where in ("_void", "decide_again") else MINUTE)
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(waiting if where == "decide_again" else handover, where, dies)
        send(late)
    decision = Decision.objects.get()
    assert decision.spoken == (decision.outgoing_id is not None), "both or neither"

    for minutes in range(1, 4):
        Outgoing.objects.filter(state=Outgoing.SENDING).update(lease_until=clock.machine() - MINUTE)
        wait(late + minutes * MINUTE)
        send(late + minutes * MINUTE)
    states = sorted(Outgoing.objects.values_list("state", flat=True))
    parked = where == "_message"
    assert len(there.asked) == (0 if parked else 1)
    assert states == {"_message": ["parked"], "_mark_sending": ["sent"]}.get(where, ["sent", "void"])
    assert imbalances() == []
    assert OutgoingBody.objects.count() == len(states)

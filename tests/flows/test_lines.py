"""A brand's ways out: which one a message takes, and what happens when one is in trouble. Real sockets, real rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.mail.smtp import Smtp
from aftercart.connectors.sending import SettingError
from aftercart.outbox import handover, lines, services
from aftercart.outbox.models import Line, Outgoing
from aftercart.plumbing import clock
from tests.connectors.provider_cases import SECRET
from tests.flows.test_outbox import owe, row
from tests.gateway import HANG_UP, Answer, Gateway, gateway
from tests.mailserver import mail_server

YES = Answer(body=b'{"MessageID":"pm-1","ErrorCode":0,"Message":"OK","To":"noor@example.com"}')


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        found.usual = YES
        yield found


def postmark(brand: Brand, url: str, **known: object) -> Line:
    told = {"server_token": "pm-secret-token", "address": url}
    return lines.add(brand, provider="postmark", channel="email", settings=told, by="maren", **known)  # type: ignore[arg-type]


def send() -> handover.Sent:
    return handover.drain({})


def again(outgoing: UUID) -> None:
    Outgoing.objects.filter(id=outgoing).update(due_at=clock.machine())


def test_a_message_leaves_through_its_brand_s_own_line_which_names_it(brand: Brand, there: Gateway) -> None:
    line = postmark(brand, there.url)
    outgoing = owe(brand)

    assert send().sent == 1

    (asked,) = there.asked
    sent = row(outgoing)
    assert (sent.state, sent.provider_id, sent.line_id) == (Outgoing.SENT, "pm-1", line.id)
    assert json.loads(asked.body)["Metadata"] == {"aftercart": outgoing.hex}


def test_brands_without_a_line_speak_as_before(brand: Brand) -> None:
    outgoing = owe(brand)
    with mail_server() as box:
        handover.drain({"email": Smtp(box.url)})

    assert len(box.received) == 1 and row(outgoing).state == Outgoing.SENT


def test_a_channel_without_a_line_keeps_its_message_until_there_is_one(brand: Brand, there: Gateway) -> None:
    outgoing = owe(brand, channel="sms", address="+31612345678")

    assert send().idle
    waiting = row(outgoing)
    assert waiting.state == Outgoing.DUE and waiting.attempts == 0 and "no line for sms" in waiting.reason

    there.usual = Answer(201, b'{"sid":"SM1"}')
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
    lines.add(brand, provider="twilio", channel="sms", settings=told, by="maren")
    again(outgoing)
    assert send().sent == 1 and row(outgoing).provider_id == "SM1"
    assert parse_qs(there.asked[0].body.decode())["To"] == ["+31612345678"]


def test_a_line_that_fails_three_times_is_left_alone_and_the_next_one_takes_over(brand: Brand, there: Gateway) -> None:
    broken = postmark(brand, there.url, name="first")
    there.answers = [Answer(500)] * 3
    with mail_server() as box:
        lines.add(brand, provider="smtp", channel="email", settings={"url": box.url}, name="second", by="maren")
        owed = [owe(brand, episode=uuid4()) for _ in range(5)]
        done = send()
        assert (done.retried, done.sent) == (3, 2) and len(box.received) == 2
        for one in owed:
            again(one)
        send()

    assert len(box.received) == 5 and len(there.asked) == 3
    assert {row(one).state for one in owed} == {Outgoing.SENT}
    broken.refresh_from_db()
    assert broken.open_until is not None and broken.open_until > clock.machine() and broken.failures == 3


def test_a_closed_line_is_tried_by_one_message_and_opens_for_all_when_that_goes_well(
    brand: Brand, there: Gateway
) -> None:
    line = postmark(brand, there.url)
    Line.objects.update(failures=3, open_until=clock.machine() - timedelta(seconds=1), error="answered 500")
    owed = [owe(brand, episode=uuid4()) for _ in range(3)]
    there.answers = [Answer(500)]

    send()
    assert len(there.asked) == 1, "the trial failed, and nobody else was sent after it"
    line.refresh_from_db()
    assert line.failures == 4 and all(row(one).state == Outgoing.DUE for one in owed)
    assert sorted(row(one).attempts for one in owed) == [0, 0, 1]

    Line.objects.update(open_until=clock.machine() - timedelta(seconds=1))
    Outgoing.objects.update(due_at=clock.machine())
    assert send().sent == 3
    line.refresh_from_db()
    assert (line.failures, line.open_until, line.error) == (0, None, "")


def test_where_every_line_is_in_trouble_messages_wait_and_none_is_lost(brand: Brand, there: Gateway) -> None:
    postmark(brand, there.url)
    owed = [owe(brand, episode=uuid4()) for _ in range(12)]
    there.usual = Answer(500)
    for _ in range(20):
        Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=clock.machine())
        Line.objects.exclude(open_until=None).update(open_until=clock.machine() - timedelta(seconds=1))
        send()
    assert {row(one).state for one in owed} <= {Outgoing.DUE, Outgoing.PARKED}

    there.usual = YES
    Line.objects.update(open_until=None)
    for parked in Outgoing.objects.filter(state=Outgoing.PARKED):
        assert "500" in parked.reason and services.release(brand, parked.id, "maren")
    Outgoing.objects.update(due_at=clock.machine())
    send()
    assert {row(one).state for one in owed} == {Outgoing.SENT}


def test_a_provider_that_asks_for_patience_gets_it(brand: Brand, there: Gateway) -> None:
    line = postmark(brand, there.url)
    there.answers = [Answer(429, b"", {"retry-after": "40"})]
    first, second = owe(brand), owe(brand, episode=uuid4())

    assert send().retried == 1
    line.refresh_from_db()
    assert line.open_until is not None and line.failures == 0
    assert 35 < (line.open_until - clock.machine()).total_seconds() <= 40
    for one in (first, second):
        again(one)
    assert send().idle and len(there.asked) == 1
    assert row(second).attempts == 0, "to wait is no attempt"


def test_a_refused_message_says_nothing_against_the_line(brand: Brand, there: Gateway) -> None:
    line = postmark(brand, there.url)
    there.usual = Answer(422, b'{"ErrorCode":300,"Message":"Invalid To address, token pm-secret-token"}')
    owed = [owe(brand, episode=uuid4()) for _ in range(4)]

    assert send().parked == 4
    line.refresh_from_db()
    assert line.failures == 0 and line.open_until is None
    assert row(owed[0]).reason == "answered 422: Invalid To address, token …"


def test_refused_credentials_keep_the_messages_and_say_why(brand: Brand, there: Gateway) -> None:
    postmark(brand, there.url)
    there.usual = Answer(401, b'{"Message":"The server token is wrong"}')
    outgoing = owe(brand)

    assert send().retried == 1
    assert row(outgoing).state == Outgoing.DUE and "server token" in row(outgoing).reason


def test_a_line_is_used_no_oftener_than_it_may_be(brand: Brand, there: Gateway) -> None:
    postmark(brand, there.url, per_minute=30)
    owed = [owe(brand, episode=uuid4()) for _ in range(6)]

    assert send().sent == 1
    left = [row(one) for one in owed if row(one).state == Outgoing.DUE]
    assert len(left) == 5 and {one.attempts for one in left} == {0}
    turns = sorted(one.due_at for one in left)
    assert all(later - earlier > timedelta(seconds=1.9) for earlier, later in pairwise(turns))


def test_what_a_broken_line_leaves_unknowable_is_parked_and_never_said_again(brand: Brand, there: Gateway) -> None:
    postmark(brand, there.url)
    there.answers = [Answer(manner=HANG_UP)]
    outgoing = owe(brand)

    send()
    again(outgoing)
    send()
    assert len(there.asked) == 1 and row(outgoing).state == Outgoing.PARKED


def test_whoever_knows_a_message_is_told_again_with_the_same_key(
    brand: Brand, there: Gateway, settings: pytest.FixtureRequest
) -> None:
    settings.WEBHOOK_DOORS = "loopback"  # type: ignore[attr-defined]
    told = {"url": f"{there.url}/hook", "secret": SECRET}
    lines.add(brand, provider="webhook", channel="event", settings=told, by="maren")
    there.answers = [Answer(manner=HANG_UP), Answer(204, b"")]
    outgoing = owe(brand, channel="event")

    assert send().retried == 1
    again(outgoing)
    assert send().sent == 1
    assert len({asked.headers["webhook-id"] for asked in there.asked}) == 1 and len(there.asked) == 2


def test_a_phone_number_without_its_country_is_one_clear_reason_and_nothing_is_sent(
    brand: Brand, there: Gateway
) -> None:
    told = {"account_sid": "AC1", "auth_token": "token", "from": "+15005550006", "address": there.url}
    lines.add(brand, provider="twilio", channel="sms", settings=told, by="maren")
    outgoing = owe(brand, channel="sms", address="06 12345678")

    send()
    assert not there.asked and row(outgoing).state == Outgoing.PARKED
    assert "a phone number without its country" in row(outgoing).reason


def test_a_line_that_is_switched_off_is_passed_over(brand: Brand, there: Gateway) -> None:
    postmark(brand, there.url)
    assert lines.switch(brand, "email", "postmark", on=False, by="maren")
    outgoing = owe(brand)

    assert send().idle and row(outgoing).state == Outgoing.DUE and not there.asked


@pytest.mark.parametrize(
    ("provider", "channel", "told", "reason"),
    [
        ("pigeon", "email", {}, "provider: 'pigeon' is none of"),
        ("postmark", "sms", {"server_token": "t"}, "channel: postmark takes email, not 'sms'"),
        ("postmark", "email", {}, "server_token: is missing"),
        ("smtp", "email", {"url": "mail.example"}, "url: is no address of a mail server"),
        ("ses", "email", {"access_key_id": "a", "secret_access_key": "b", "region": "Mars"}, "region: 'Mars' is none"),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_once(
    brand: Brand, provider: str, channel: str, told: dict[str, str], reason: str
) -> None:
    with pytest.raises(SettingError, match=f"^{reason}"):
        lines.add(brand, provider=provider, channel=channel, settings=told, by="maren")
    assert not Line.objects.exists()


@pytest.mark.parametrize("trouble", [{"open_until": timedelta(seconds=-1)}, {}], ids=["half open", "one permit"])
def test_two_senders_who_know_the_same_of_a_line_never_both_use_it(
    brand: Brand, there: Gateway, trouble: dict[str, timedelta]
) -> None:
    postmark(brand, there.url, per_minute=None if trouble else 1)
    for name, ago in trouble.items():
        Line.objects.update(**{name: clock.machine() + ago}, failures=3)
    first, second = lines.Lines({}), lines.Lines({})
    for one in (first, second):
        assert one._known(brand.id, "email")

    chosen = [one.choose(brand.id, "email") for one in (first, second)]

    assert [type(one) for one in chosen] == [lines.Way, lines.Wait]

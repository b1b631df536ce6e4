"""What a chat believes, when it says that somebody is there, and how a reader who was away goes on."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.chat.hours import DAY, Week, is_open, opens, written
from aftercart.chat.identity import EXPIRED, INVALID, NotProven, identify
from aftercart.chat.leaving import unseen
from aftercart.chat.resuming import Line, Reader
from aftercart.chat.tokens import LIFE, STRANGER, Held, Tokens, continued
from aftercart.connectors import chat as connector
from aftercart.connectors.chat.bodies import Person, Said
from aftercart.connectors.contract import PayloadError
from aftercart.facts import MessageReceived
from tests.flows.chat_world import SECRET, jwt

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
BRAND, OTHER = UUID(int=1), UUID(int=2)

# Tokens of the shop


def named(token: str) -> Person:
    return identify(token, [SECRET, "the one before"], "juniper", NOW)


def test_whom_the_shop_names_is_believed() -> None:
    assert named(jwt(exp=STAMP + 60)) == Person(external_id="7001", email="alice@example.com", name="Alice")
    assert named(jwt("the one before", exp=STAMP + 60)).external_id == "7001"
    assert named(jwt(exp=STAMP + 60, sub=7001, aud=["juniper"], iat=STAMP, nbf=STAMP)).external_id == "7001"
    assert named(jwt(exp=STAMP + 60, email_verified=False)).email == ""


def test_the_example_of_the_standard_is_read() -> None:
    """RFC 7515, A.1: its key is bytes that are no text, so only its signature is compared here."""
    import hmac

    head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    body = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    made = base64.urlsafe_b64encode(hmac.digest(key, f"{head}.{body}".encode(), "sha256")).decode().rstrip("=")
    assert made == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (jwt(exp=STAMP - 61), EXPIRED),
        (jwt(exp=None), INVALID),
        (jwt(exp="soon"), INVALID),
        (jwt(exp=True), INVALID),
        (jwt(exp=STAMP + 25 * 3600), INVALID),
        (jwt(exp=STAMP + 3600, iat=STAMP - 24 * 3600), INVALID),
        (jwt(exp=STAMP + 3600, iat=STAMP + 600), INVALID),
        (jwt(exp=STAMP + 3600, nbf=STAMP + 600), INVALID),
        (jwt(exp=STAMP + 60, aud="fern"), INVALID),
        (jwt(exp=STAMP + 60, aud=[]), INVALID),
        (jwt(exp=STAMP + 60, sub=None), INVALID),
        (jwt(exp=STAMP + 60, sub=""), INVALID),
        (jwt(exp=STAMP + 60, sub=["7001"]), INVALID),
        (jwt(exp=STAMP + 60, sub="x" * 121), INVALID),
        (jwt("another secret", exp=STAMP + 60), INVALID),
        (jwt("", exp=STAMP + 60), INVALID),
        (jwt(header={"alg": "none"}, exp=STAMP + 60), INVALID),
        (jwt(header={"alg": "HS512"}, exp=STAMP + 60), INVALID),
        (jwt(header={"alg": "HS256", "crit": ["exp"]}, exp=STAMP + 60), INVALID),
        (jwt(exp=STAMP + 60).rpartition(".")[0] + ".", INVALID),
        (jwt(exp=STAMP + 60) + "A", INVALID),
        ("", INVALID),
        ("..", INVALID),
        ("a.b.c.d", INVALID),
        ("é.é.é", INVALID),
        ("x" * 5000, INVALID),
    ],
)
def test_any_other_token_proves_nothing_and_says_whether_a_fresh_one_helps(token: str, kind: str) -> None:
    with pytest.raises(NotProven) as wrong:
        named(token)
    assert wrong.value.kind == kind and str(wrong.value)


@given(st.text(max_size=60), st.data())
def test_no_change_of_a_token_is_believed(junk: str, data: st.DataObject) -> None:
    token = jwt(exp=STAMP + 60)
    at = data.draw(st.integers(0, len(token) - 1))
    changed = token[:at] + junk + token[at + 1 :]
    if changed != token:
        with pytest.raises(NotProven):
            named(changed)


# Tokens of conversations


@given(st.uuids(), st.binary(min_size=8, max_size=8), st.integers(0, int(LIFE.total_seconds()) - 1))
def test_a_conversation_s_token_opens_it_until_it_is_too_old_and_at_its_brand_alone(
    conversation: UUID, customer: bytes, age: int
) -> None:
    tokens, held = Tokens(b"key"), Held(conversation, customer)
    token = tokens.issue(held, BRAND, NOW)
    assert tokens.read(token, BRAND, NOW + timedelta(seconds=age)) == held
    assert tokens.read(token, BRAND, NOW + LIFE) is None
    assert tokens.read(token, OTHER, NOW) is None
    assert Tokens(b"another").read(token, BRAND, NOW) is None


@given(st.data())
def test_no_change_of_a_conversation_s_token_opens_one(data: st.DataObject) -> None:
    tokens = Tokens(b"key")
    raw = bytearray(base64.urlsafe_b64decode(tokens.issue(Held(uuid4()), BRAND, NOW)))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert tokens.read(base64.urlsafe_b64encode(bytes(raw)).decode(), BRAND, NOW) is None


@given(st.text(max_size=90))
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert Tokens(b"key").read(text, BRAND, NOW) is None


def test_a_conversation_goes_on_with_its_own_customer_alone() -> None:
    tokens, id = Tokens(b"key"), uuid4()
    alice, bob = tokens.customer("7001", BRAND), tokens.customer("7002", BRAND)
    assert alice not in (bob, STRANGER, tokens.customer("7001", OTHER))
    assert continued(Held(id), STRANGER) == Held(id)
    assert continued(Held(id), alice) == Held(id, alice)
    assert continued(Held(id, alice), alice) == Held(id, alice)
    assert continued(Held(id, alice), STRANGER) == Held(id, alice), "her token may just have expired"
    assert continued(Held(id, alice), bob) is None
    assert continued(None, alice) is None


# Hours

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
spans = st.lists(st.tuples(st.integers(0, DAY - 60), st.integers(1, 60)).map(lambda s: (s[0], s[0] + s[1])), max_size=2)
weeks = st.dictionaries(st.integers(0, 6), spans.map(lambda s: tuple(sorted(set(s)))), max_size=7).map(Week)
instants = st.integers(0, 400 * DAY).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
days_off = st.frozensets(st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n)), max_size=20)


@given(weeks, st.sampled_from(ZONES), days_off, instants)
def test_when_it_says_that_it_opens_it_does_and_not_before(
    week: Week, zone: str, off: frozenset[date], at: datetime
) -> None:
    found = opens(week, ZoneInfo(zone), off, at)
    if found is None:
        return
    assert found > at and found.astimezone(UTC).astimezone(ZoneInfo(zone)).date() not in off
    assert is_open(week, ZoneInfo(zone), off, found)
    if not is_open(week, ZoneInfo(zone), off, at):
        steps = int((found - at) / timedelta(minutes=37))
        assert not any(is_open(week, ZoneInfo(zone), off, at + n * timedelta(minutes=37)) for n in range(1, steps))


def test_a_week_is_written_as_people_write_it() -> None:
    week = written("Mon-Fri 09:00-12:00, mon-fri 13:00-18:00, sat 10:00-14:00,")
    assert Week.read(json.loads(json.dumps(week.plain))) == week
    assert str(week).startswith("mon 09:00-12:00, mon 13:00-18:00, tue ")
    zone, tuesday = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 10, 12, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert not is_open(week, zone, frozenset(), tuesday)
    assert opens(week, zone, frozenset(), tuesday) == tuesday.replace(hour=13, minute=0)
    assert opens(week, zone, frozenset([tuesday.date()]), tuesday) == datetime(2026, 3, 11, 9, 0, tzinfo=zone)
    assert opens(Week({}), zone, frozenset(), tuesday) is None
    assert is_open(written("mon-sun 00:00-24:00"), zone, frozenset(), tuesday)


@pytest.mark.parametrize(
    "text", ["always", "mon 9-18", "mon 18:00-09:00", "fri-mon 09:00-18:00", "mon 09:00-25:00", "mon 09:70-10:00"]
)
def test_what_is_no_week_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"^hours: "):
        written(text)


# Readers

lines = st.lists(st.integers(0, 30), unique=True, max_size=12).map(
    lambda ns: [Line(uuid5(BRAND, str(n)), n % 2 == 0, NOW + timedelta(minutes=n), f"line {n}") for n in sorted(ns)]
)


@given(lines, st.randoms(use_true_random=False), st.lists(st.integers(0, 12), max_size=6))
def test_a_reader_who_breaks_off_wherever_and_comes_back_misses_nothing(
    conversation: list[Line], chance: Random, breaks: list[int]
) -> None:
    """Lines appear in any order; between them the reader is cut off, and has what came with the last whole event."""
    has: dict[UUID, str] = {}
    position, there = "", list[Line]()
    arrivals = chance.sample(conversation, k=len(conversation))
    for told in [*breaks, len(conversation)]:
        there = sorted([*there, *arrivals[:2]], key=lambda line: line.at)
        arrivals = arrivals[2:]
        reader = Reader()
        reader.resume(there, position)
        for _, line in zip(range(told), reader.fresh(there), strict=False):
            has[line.id] = line.text
            position = reader.position
    assert has == {line.id: line.text for line in there}


@given(lines)
def test_who_has_all_gets_nothing_again_and_who_has_a_beginning_gets_the_rest(conversation: list[Line]) -> None:
    positions = [""]
    first = Reader()
    for _ in first.fresh(conversation):
        positions.append(first.position)
    for have, position in enumerate(positions):
        reader = Reader()
        reader.resume(conversation, position)
        assert list(reader.fresh(conversation)) == conversation[have:]
    assert list(first.fresh(conversation)) == []


def test_a_line_that_was_changed_is_told_again() -> None:
    line = Line(uuid4(), True, NOW, "before")
    reader = Reader()
    assert list(reader.fresh([line])) == [line]
    changed = Line(line.id, True, NOW, "after")
    assert list(reader.fresh([changed])) == [changed]
    again = Reader()
    again.resume([changed], reader.position)
    assert list(again.fresh([changed])) == []


# Leaving


def answer(minute: int) -> Line:
    return Line(uuid5(BRAND, str(minute)), True, NOW + timedelta(minutes=minute), f"answer {minute}")


@pytest.mark.parametrize(
    ("answers", "seen", "mailed", "now", "told"),
    [
        ([1], 0, None, 3, []),  # they may only have reloaded the page
        ([1], 0, None, 4, [1]),
        ([1, 3], 0, None, 4, [1, 3]),  # together, if they are close
        ([1], 2, None, 60, []),
        ([1, 5], 2, None, 8, [5]),
        ([1, 5], 0, 1, 8, [5]),
        ([1], 0, 1, 60, []),
        ([], 0, None, 60, []),
    ],
)
def test_what_nobody_has_seen_for_three_minutes_goes_by_mail_once(
    answers: list[int], seen: int, mailed: int | None, now: int, told: list[int]
) -> None:
    at = [NOW + timedelta(minutes=n) if n is not None else None for n in (seen, mailed, now)]
    assert at[0] and at[2]
    found = unseen([answer(n) for n in answers], seen_at=at[0], mailed_until=at[1], now=at[2])
    assert list(found) == [answer(n) for n in told]


# What is stored

THREAD = "0" * 32


@given(st.text(min_size=1, max_size=200), st.booleans())
def test_what_is_written_down_is_read_back(text: str, proven: bool) -> None:
    said = Said(id="0123456789", thread=THREAD, at=NOW, text=text, proven=proven, customer=Person(email="a@b.example"))
    body = connector.encode(said)
    (fact,) = connector.parse(body, {})
    assert isinstance(fact, MessageReceived)
    assert (fact.text, fact.proven, fact.thread, fact.channel) == (text.replace("\0", ""), proven, THREAD, "chat")
    assert connector.delivery_id(body, {}) == f"{THREAD}:0123456789" == fact.message_id
    signed = connector.signed(body, SECRET, NOW)
    assert connector.is_authentic(body, signed, SECRET) and connector.sent_at(signed) == NOW
    assert not connector.is_authentic(body + b" ", signed, SECRET)
    assert not connector.is_authentic(body, signed, "another")
    assert not connector.is_authentic(body, connector.signed(body, "", NOW), "")


@pytest.mark.parametrize("changed", [{"text": ""}, {"id": "x"}, {"thread": "me"}, {"at": "now"}, {"more": 1}])
def test_what_is_not_as_we_write_it_is_no_message(changed: dict[str, object]) -> None:
    body = {"id": "0123456789", "thread": THREAD, "at": NOW.isoformat(), "text": "Hello"} | changed
    with pytest.raises(PayloadError):
        connector.parse(json.dumps(body).encode(), {})

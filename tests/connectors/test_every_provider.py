"""Whoever takes messages: what is known of a message afterwards, however the conversation ended. Over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from aftercart.connectors.registry import PROVIDERS
from aftercart.connectors.sending import Channel, Message, SendError, SettingError, Unknowable
from tests.connectors.provider_cases import CASES, REFERENCE, Case
from tests.gateway import HANG_UP, SLOW, TWICE, Answer, Gateway, gateway

by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


def message(case: Case, to: str = "") -> Message:
    return Message(
        key="<late-1042@juniper.example>",
        reference=REFERENCE,
        kind="late",
        sender="Juniper & Clay <hello@juniper.example>",
        to=to or case.address,
        subject="Order 1042 will be late",
        text="It comes on Friday. ñ",
        html="<p>It comes on Friday.</p>",
        language="en",
        about={"source": "shopify", "order": "1042", "latest": "2026-03-13"},
    )


def channel(case: Case, url: str, seconds: str = "0.4") -> Channel:
    place = url + case.path if case.at == "url" else url
    return PROVIDERS[case.name].sender({**case.settings, **case.also, case.at: place, "seconds": seconds})


def failure(case: Case, there: Gateway, answer: Answer) -> SendError:
    there.answers = [answer]
    with pytest.raises(SendError) as error:
        channel(case, there.url)(message(case))
    return error.value


@by_case
def test_it_takes_a_message_and_says_under_which_name(case: Case, there: Gateway) -> None:
    there.usual = case.yes

    given = channel(case, there.url, "5")(message(case))

    (asked,) = there.asked
    assert given == case.given and asked.path == case.path
    assert case.read(asked) == (case.address, "It comes on Friday. ñ", REFERENCE)


@by_case
def test_what_it_refuses_is_refused_for_good_and_says_why(case: Case, there: Gateway) -> None:
    refused = failure(case, there, case.no)

    assert refused.permanent and not refused.of_line
    assert str(case.no.status) in str(refused) and len(str(refused)) > len("answered 400: ")


@by_case
@pytest.mark.parametrize("status", [429, 503])
def test_one_that_is_busy_is_left_alone_for_as_long_as_it_asks(case: Case, there: Gateway, status: int) -> None:
    busy = failure(case, there, Answer(status, b"", {"retry-after": "90"}))

    assert not busy.permanent and busy.of_line and busy.wait == timedelta(seconds=90)


@by_case
def test_one_that_is_broken_did_not_take_it(case: Case, there: Gateway) -> None:
    broken = failure(case, there, Answer(500))

    assert not broken.permanent and broken.of_line and broken.wait is None


@by_case
@pytest.mark.parametrize("status", [401, 403])
def test_credentials_that_are_refused_are_the_line_s_trouble_and_no_message_s(
    case: Case, there: Gateway, status: int
) -> None:
    refused = failure(case, there, Answer(status))

    assert not refused.permanent and refused.of_line


@by_case
@pytest.mark.parametrize("answer", [Answer(manner=HANG_UP), Answer(manner=SLOW), Answer(502), Answer(504)])
def test_no_answer_after_the_message_has_left_leaves_it_unknowable_unless_it_may_be_said_again(
    case: Case, there: Gateway, answer: Answer
) -> None:
    there.answers = [answer]
    with pytest.raises((SendError, Unknowable)) as error:
        channel(case, there.url)(message(case))

    assert len(there.asked) == 1
    if PROVIDERS[case.name].REPEATABLE:
        assert isinstance(error.value, SendError) and not error.value.permanent and error.value.of_line
    else:
        assert isinstance(error.value, Unknowable)


@by_case
def test_one_that_cannot_be_reached_did_not_take_it(case: Case) -> None:
    with gateway() as gone:
        url = gone.url
    with pytest.raises(SendError) as error:
        channel(case, url)(message(case))

    assert not error.value.permanent and error.value.of_line and "cannot be reached" in str(error.value)


@by_case
def test_one_that_answers_twice_was_told_once(case: Case, there: Gateway) -> None:
    there.usual = Answer(case.yes.status, case.yes.body, case.yes.headers, TWICE)

    sending = channel(case, there.url, "5")
    assert (sending(message(case)), sending(message(case))) == (case.given, case.given)
    assert len(there.asked) == 2


@by_case
def test_a_redirect_is_not_followed(case: Case, there: Gateway) -> None:
    elsewhere = failure(case, there, Answer(307, b"", {"location": f"{there.url}/elsewhere"}))

    assert len(there.asked) == 1 and elsewhere.of_line


@by_case
def test_a_yes_that_nobody_can_read_is_a_yes(case: Case, there: Gateway) -> None:
    there.usual = Answer(200, b"\xff<html>")

    assert isinstance(channel(case, there.url, "5")(message(case)), str)


# A system of the brand's own knows its addresses itself; an order and a place where the team talks have none.
ADDRESSED = [case for case in CASES if case.name not in ("webhook", "shopify", "slack")]


@pytest.mark.parametrize("case", ADDRESSED, ids=lambda case: case.name)
def test_an_address_that_cannot_be_is_one_clear_message_and_nothing_is_sent(case: Case, there: Gateway) -> None:
    with pytest.raises(SendError) as error:
        channel(case, there.url)(message(case, to="nobody at all"))

    assert error.value.permanent and str(error.value).startswith("recipient:") and not there.asked


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    for missing in PROVIDERS[name].NEEDED:
        given = {one: "https://x.example" for one in PROVIDERS[name].NEEDED if one != missing}
        given |= {"url": "smtp://x.example"} if name == "smtp" and missing != "url" else {}
        given |= {"region": "eu-central-1"} if "region" in given else {}
        given |= {"account_sid": "AC1"} if "account_sid" in given else {}
        with pytest.raises(SettingError, match=rf"^{missing}: is missing"):
            PROVIDERS[name].sender(given)


def test_no_secret_shows_when_a_channel_is_printed() -> None:
    for case in CASES:
        settings = {name: f"hidden-{name}" for name in case.settings} | {"region": "eu-central-1", "account_sid": "AC1"}
        settings |= {"shop": "juniper.myshopify.com"}
        settings |= {"secret": case.settings["secret"]} if "secret" in case.settings else {}
        shown = repr(PROVIDERS[case.name].sender({**settings, "url": "https://x.example"}))
        for secret in ("server_token", "api_key", "secret_access_key", "auth_token", "access_token"):
            assert f"hidden-{secret}" not in shown
        assert settings.get("secret", "never") not in shown

"""People who text or call through Twilio. Nobody's recorded forms are public: these are after its documentation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.contract import ADDRESSED_TO, ASKED_WITH, RECEIVED_AT, PayloadError, Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Call, ConsentTold, MessageReceived, Unread
from aftercart.facts.tellings import folded, is_contact, words
from tests.connectors.cases import SENDERS
from tests.connectors.payloads import body, read

NUMBER, OURS = "+31612345678", "+15005550006"
RANG = datetime(2026, 3, 9, 13, 0, 5, tzinfo=UTC)
LONG = "https://" + "a" * 1000
SIGN = next(sender.sign for sender in SENDERS if sender.source == "twilio")
HEARD = {RECEIVED_AT: "2026-03-09T13:01:30Z"}


def told(name: str, **more: str) -> list[Read]:
    return FACT_SOURCES["twilio"].parse(body("twilio", name), HEARD | more)


def message(name: str, **more: str) -> MessageReceived:
    (found,) = told(name, **more)
    assert isinstance(found, MessageReceived)
    return found


def wrote(said: str) -> list[Read]:
    form = urlencode({"MessageSid": "SM1", "From": NUMBER, "To": OURS, "Body": said})
    return FACT_SOURCES["twilio"].parse(form.encode(), HEARD)


NAMES = st.sampled_from(["Body", "From", "To", "CallSid", "body", "Body2", "é", ""])
VALUES = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.sampled_from(["a", "moss-token", "é"]))
def test_whatever_twilio_s_own_library_signs_is_let_in_and_nothing_else(
    form: list[tuple[str, str]], secret: str
) -> None:
    body = urlencode(form).encode()
    headers = dict(SIGN(body, secret))
    connector = FACT_SOURCES["twilio"]
    assert connector.is_authentic(body, headers, secret)
    assert not connector.is_authentic(body + b"&Body=more", headers, secret)
    assert not connector.is_authentic(body, headers, secret + "x")
    elsewhere = headers | {ADDRESSED_TO: headers[ADDRESSED_TO] + "&more=1"}
    assert not connector.is_authentic(body, elsewhere, secret)


def test_a_text_names_its_pictures_and_follows_no_link() -> None:
    wrote = message("photos")
    assert (wrote.channel, wrote.text, wrote.proven, wrote.to) == ("sms", "", True, (OURS,))
    assert [(file.name, file.declared, file.type, file.content) for file in wrote.files] == [
        ("attachment-1.jpg", "image/jpeg", "", b""),
        ("attachment-2.pdf", "application/pdf", "", b""),
    ]
    assert [file.url[-3:] for file in wrote.files] == ["ME1", "ME2"]


@pytest.mark.parametrize(
    "said",
    ["STOP", "stop\n", "\u201cSTOP\u201d", "Stop!", "Stop \N{RAISED HAND}", "stop all", "opt-out", "Unsubscribe.",
     "BAJA", "Parar", "cancelar", "Arr\u00eat", "ARRETER", "D\u00e9sabonner", "STOPP", "abmelden", "Sair",
     "停止", "配信停止", "ストップ", "ｓｔｏｐ"],
)  # fmt: skip
def test_a_wish_to_hear_no_more_is_understood_in_each_language_however_it_is_typed(said: str) -> None:
    (found,) = wrote(said)
    assert isinstance(found, ConsentTold) and not found.granted and found.address == NUMBER


@pytest.mark.parametrize("said", ["Stop at the gate, please", "Please cancel order 1042", "the end", "...", "", "？"])
def test_what_only_holds_such_a_word_is_a_contact(said: str) -> None:
    (found,) = wrote(said)
    assert isinstance(found, MessageReceived) and found.text == said and found.category == ""


@pytest.mark.parametrize("said", ["help", "HELP!", "Info?", "Ayuda", "aide", "Hilfe", "Ajuda", "ヘルプ"])
def test_a_cry_for_help_is_a_contact_that_says_so(said: str) -> None:
    (found,) = wrote(said)
    assert isinstance(found, MessageReceived) and found.category == "help"


def test_a_whatsapp_message_names_who_wrote_what_it_answers_and_a_place() -> None:
    wrote = message("whatsapp_answer")
    assert (wrote.channel, wrote.customer.phone, wrote.customer.name) == ("whatsapp", NUMBER, "Noor")
    assert wrote.answers == ("SM77",)
    assert wrote.notes == ("They shared a place: Home, 52.3702, 4.8952",)


def test_two_numbers_that_text_each_other_for_years_are_no_conversation() -> None:
    assert message("photos").thread == message("whatsapp_answer").thread == ""


@pytest.mark.parametrize("url", ["ftp://x.example/a", "file:///a", "https://x.example/a b", "", LONG])
def test_what_is_no_address_of_a_file_is_said(url: str) -> None:
    form = urlencode({"MessageSid": "SM1", "From": NUMBER, "Body": "", "NumMedia": "1", "MediaUrl0": url})
    (wrote,) = FACT_SOURCES["twilio"].parse(form.encode(), HEARD)
    assert isinstance(wrote, MessageReceived)
    assert wrote.files == () and wrote.notes == ("Twilio names 1 more of its files, but not where they are.",)


def test_a_call_is_known_once_it_is_over() -> None:
    assert told("call_ringing") == []
    call = message("call_completed")
    assert (call.channel, call.customer.phone, call.proven) == ("voice", NUMBER, True)
    assert (call.message_id, call.thread, call.to) == ("CA881", "CA881", (OURS,))
    assert (call.happened_at, call.call) == (RANG, Call(seconds=41, outcome="completed"))


def test_its_recording_and_transcript_are_added_in_whatever_order_they_come() -> None:
    names = ("recording_completed", "call_completed", "transcription_completed", "recording_completed")
    sums = {str(folded(map(message, order))) for order in permutations(names)}
    assert len(sums) == 1
    ((whole,),) = [folded(map(message, names)).values()]
    assert whole.happened_at == RANG
    assert whole.call == Call(
        seconds=41,
        outcome="completed",
        recording_url="https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1",
        transcript="Hi, it is Noor. The throw that I ordered two weeks ago is still not here.",
    )
    assert words(whole).startswith("Hi, it is Noor.")
    assert [is_contact(message(name)) for name in names] == [False, True, False, False]


def test_a_recording_does_not_say_who_called_unless_its_address_does() -> None:
    alone = message("recording_completed")
    assert (alone.customer.phone, alone.proven) == ("", False)
    named = message("recording_completed", **{ASKED_WITH: "caller=%2B31612345678"})
    assert (named.customer.phone, named.proven) == (NUMBER, True)
    assert message("recording_completed", **{ASKED_WITH: "caller=%7B%7BFrom%7D%7D"}).customer.phone == ""


def test_a_number_that_the_carriers_found_to_be_made_up_is_doubted() -> None:
    call = message("call_missed")
    assert (call.customer.phone, call.proven, call.doubted) == (NUMBER, False, True)
    assert call.call == Call(seconds=0, outcome="no-answer")


def test_whoever_withholds_their_number_is_nobody() -> None:
    call = message("call_withheld")
    assert (call.customer.phone, call.proven, call.happened_at) == ("", False, RANG + timedelta(minutes=19, seconds=43))


def test_a_call_of_ours_is_with_whom_we_rang_and_no_contact() -> None:
    call = message("call_by_us")
    assert (call.customer.phone, call.to) == (NUMBER, ())
    assert call.call == Call(seconds=90, outcome="completed", inbound=False) and not is_contact(call)


def test_the_leg_to_our_own_agent_and_a_recording_of_nothing_say_nothing() -> None:
    assert told("call_leg") == told("recording_absent") == []


def test_what_could_not_be_written_down_is_noted() -> None:
    assert message("transcription_failed").notes == ("Twilio could not write down what was said.",)


def test_words_that_nobody_has_translated_are_counted() -> None:
    assert read("twilio", "transcription_live") == [Unread("TranscriptionEvent", "transcription-content")]
    assert FACT_SOURCES["twilio"].parse(b"CallSid=CA1&CallStatus=warbled", {}) == [Unread("CallStatus", "warbled")]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (b"Digits=1", "MessageSid: is missing, and so is CallSid"),
        (b"CallSid=CA1&Digits=1", "CallStatus: is missing, and so are RecordingStatus and TranscriptionStatus"),
        (b"MessageSid=SM1", "MessageStatus: is missing, and so is Body"),
        (b"CallSid=" + b"A" * 121 + b"&CallStatus=busy", "CallSid: is not an id"),
    ],
)
def test_another_shape_goes_to_quarantine(form: bytes, reason: str) -> None:
    with pytest.raises(PayloadError) as error:
        FACT_SOURCES["twilio"].parse(form, {})
    assert str(error.value) == reason

from __future__ import annotations

from datetime import date

import pytest

from aftercart.watch.rules import KINDS as WORRIES
from aftercart.words.checking import MOST_SEGMENTS, check, refused
from aftercart.words.filling import variables
from aftercart.words.kinds import KINDS as NOTICES
from aftercart.words.kinds import TAPPED
from aftercart.words.rules import Said, Situation, say, say_sms
from aftercart.words.services import LANGUAGES, shipped
from aftercart.words.writing import day_writer

KINDS = (*WORRIES, "moving_again")
DAY = date(2026, 3, 12)


def situation(kind: str, **known: object) -> Situation:
    facts: dict[str, object] = {
        "kind": kind,
        "brand": "Juniper & Clay",
        "number": "1042",
        "link": "https://x.example/t/1",
    }
    facts |= {"since": DAY, "carrier": "DHL", "latest": DAY, "deadline": DAY} | known
    return Situation(**facts)  # type: ignore[arg-type]


def spoken(kind: str, language: str, **known: object) -> Said:
    return say(situation(kind, **known), shipped(language), day=lambda value: f"<{value}>", language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "known", [{}, {"city": "Leipzig", "name": "Noor", "promised": DAY, "earliest": date(2026, 3, 9)}]
)
def test_every_notice_says_what_went_wrong_what_to_expect_by_when_and_what_to_do(
    kind: str, language: str, known: dict[str, object]
) -> None:
    said = spoken(kind, language, **known)

    assert said.wrong and said.can_do
    assert "<20" in said.expect, "no date"
    assert not any(mark in said.text + said.subject for mark in ("  ", " .", " ,", "{", "}", "<>"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_texts_with_the_same_words_to_fill_in(language: str) -> None:
    english, other = shipped("en"), shipped(language)

    for group in ("parts", "kinds", "methods", "reasons"):
        assert english[group].keys() == other[group].keys()
    for kind, texts in english["kinds"].items():
        ours, theirs = dict(texts), dict(other["kinds"][kind])  # type: ignore[call-overload]
        assert ours.keys() == theirs.keys()
        for part, text in ours.items():
            assert fields(text) == fields(theirs[part]), (language, kind, part)


def fields(text: str) -> set[str]:
    return set(variables(text))


def test_there_are_words_for_every_kind_and_for_every_worry() -> None:
    assert set(shipped("en")["kinds"]) == set(NOTICES) >= set(KINDS)


@pytest.mark.parametrize(
    ("reason", "asked"),
    [("address", "Write back"), ("docs", "Write back"), ("damaged", "send again"), ("carrier", "If you would rather")],
)
def test_only_what_the_customer_can_remove_is_asked_of_the_customer(reason: str, asked: str) -> None:
    assert asked in spoken("exception", "en", reason=reason).can_do


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_is_known_of_its_arrival_the_notice_says_when_to_write(kind: str, language: str) -> None:
    said = spoken(kind, language, latest=None, promised=DAY)

    assert "<20" in said.expect
    assert not any(mark in said.text + said.subject for mark in ("  ", " .", "{", "<>", "el ."))
    assert not said.subject.rstrip().endswith((":", "expected", "esperamos"))


def test_a_window_that_keeps_the_promise_says_that_it_still_holds() -> None:
    said = spoken("stalled", "en", promised=date(2026, 3, 20), latest=date(2026, 3, 18))

    assert said.expect == "We still expect it by <2026-03-20>, the date that we gave you."
    assert said.changed == "", "nothing did"


@pytest.mark.parametrize(
    ("earliest", "subject"),
    [(date(2026, 3, 12), "Order 1042 may be late: now"), (date(2026, 3, 13), "Order 1042 will be late: now")],
)
def test_an_order_is_called_late_only_if_it_can_no_longer_come_in_time(earliest: date, subject: str) -> None:
    said = spoken("late", "en", promised=DAY, earliest=earliest, latest=date(2026, 3, 16))

    assert said.subject.startswith(subject)


def test_a_german_sms_ends_its_sentence_with_one_dot() -> None:
    about = situation("late", promised=None, deadline=DAY)
    said = say_sms(about, shipped("de"), day=day_writer("de", short=True), language="de")

    assert "Ankunft jetzt am 12.3. Ansehen" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("longer", ["launch", "preorder", "backorder", "peak"])
def test_the_confirmation_says_why_it_takes_longer_and_until_when_all_can_be_sent_back(
    longer: str, language: str
) -> None:
    usual = spoken("confirmation", language)
    said = spoken("confirmation", language, longer=longer, ships_from=date(2026, 4, 1), return_by=date(2026, 5, 2))

    assert said.changed not in ("", usual.changed) and "<2026-04-01>" in said.changed
    assert "<2026-05-02>" in said.can_do and "<2026-05-02>" not in usual.can_do


def test_a_note_of_the_brands_calendar_stands_beside_the_reason() -> None:
    said = spoken("confirmation", "en", longer="preorder", note="The kiln is booked until May.")

    assert said.changed.endswith("what we have in stock. The kiln is booked until May.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["address_problem", "customs_document", "pickup_waiting", "attempt_failed"])
def test_what_only_the_customer_can_do_has_a_link_that_does_it(kind: str, language: str) -> None:
    said = spoken(kind, language, action="https://x.example/do")

    first, second = said.follow.splitlines()
    assert first.endswith("https://x.example/do") and second.endswith("https://x.example/t/1")
    assert [button.address for button in said.buttons] == ["https://x.example/do", "https://x.example/t/1"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(TAPPED))
def test_a_question_is_answered_with_one_tap(kind: str, language: str) -> None:
    said = spoken(kind, language, yes_link="https://x.example/y", no_link="https://x.example/n")

    assert [button.address for button in said.buttons] == ["https://x.example/y", "https://x.example/n"]
    assert "https://x.example/y" in said.text and "https://x.example/n" in said.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_that_may_yet_be_kept_is_not_said_to_be_missed(language: str) -> None:
    told = date(2026, 3, 11)
    sure = spoken("slipped", language, promised=told, earliest=DAY)
    doubt = spoken("slipped", language, promised=told, earliest=date(2026, 3, 10))
    assert sure.wrong != doubt.wrong and sure.expect != "" != doubt.expect
    own, parts = shipped(language)["kinds"]["slipped"], shipped(language)["parts"]
    assert isinstance(own, dict)
    text = f"{own['wrong_doubt']} {{changed}}\n\n{{expectation}}\n\n{parts['answer']}"
    assert refused(check(text, language=language, kind="slipped")) == []
    text = f"{parts['sms_open']}{own['sms_doubt']} {{expectation}} {parts['sms_link']}"
    assert refused(check(text, language=language, kind="slipped", channel="sms", segments=MOST_SEGMENTS)) == []

from __future__ import annotations

import pytest

from aftercart.words.checking import check, check_reply, refused
from aftercart.words.findings import CAN_DO, CHANGED, EXPECT, LENGTH, VAGUE, VARIABLE, VOICE, WRONG
from aftercart.words.kinds import CHANNELS, KINDS, LANGUAGES
from aftercart.words.shipped import as_text
from tests.rules.words_world import shipped_templates, written

CLEAR = (
    "Your parcel {number} has not moved since {since}. We told you {promised}. "
    "It arrives by {latest}. Answer this message if you would rather not wait."
)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_text_passes_the_check_and_keeps_the_voice_guide(language: str, channel: str) -> None:
    found = {
        (kind, subject, text): findings
        for kind, subject, text in shipped_templates(language, channel)
        if (findings := check(text, language=language, channel=channel, subject=subject, segments=6))
    }
    assert found == {}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_editor_begins_with_could_be_published_as_it_is(language: str, channel: str) -> None:
    found = {}
    for kind in KINDS:
        subject, text = as_text(kind, channel, language)
        if lacks := check(text, language=language, channel=channel, kind=kind, subject=subject, segments=6):
            found[kind] = lacks
    assert found == {}


@pytest.mark.parametrize("half", [slice(25), slice(25, 50)], ids=["looked at", "held back"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_texts_written_before_it_at_least_95_in_100_are_judged_rightly(language: str, half: slice) -> None:
    texts = written(language)
    vague = [text for text in texts["vague"][half] if not refused(check(text, language=language))]
    clear = [text for text in texts["clear"][half] if refused(check(text, language=language))]

    assert len(vague) + len(clear) <= 0.05 * 50, (vague, clear)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_in_other_styles_are_judged_rightly(language: str) -> None:
    texts = written(language, later=True)

    assert [text for text in texts["vague"] if not refused(check(text, language=language))] == []
    assert [text for text in texts["clear"] if refused(check(text, language=language))] == []


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (WRONG, CLEAR.replace("Your parcel {number} has not moved since {since}. We told you {promised}. ", "")),
        (CHANGED, CLEAR.replace("We told you {promised}. ", "")),
        (EXPECT, CLEAR.replace("It arrives by {latest}. ", "")),
        (CAN_DO, CLEAR.replace("Answer this message if you would rather not wait.", "")),
    ],
)
def test_the_part_that_lacks_is_named(part: str, text: str) -> None:
    assert check(CLEAR, language="en") == []
    assert part in [finding.part for finding in check(text, language="en")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It comes soon."),
        ("en", "We're looking into it."),
        ("de", "Wir melden uns in Kürze."),
        ("de", "Wir kümmern uns darum."),
        ("es", "Le informaremos pronto."),
        ("es", "Estamos en ello."),
        ("fr", "Nous revenons vers vous sous peu."),
        ("fr", "Votre demande est en cours de traitement."),
        ("pt", "Avisaremos em breve."),
        ("pt", "Estamos verificando."),
        ("ja", "まもなくご連絡いたします。"),
        ("ja", "現在調査中です。"),
    ],
)
def test_words_that_promise_nothing_are_refused_and_shown(language: str, text: str) -> None:
    found = [finding for finding in check(text, language=language) if finding.part == VAGUE]

    assert found and all(finding.excerpt.strip("…") in text for finding in found)


@pytest.mark.parametrize(
    "text", ["We send it as soon as you tell us the size.", "Your rescheduled parcel comes by Friday."]
)
def test_a_condition_is_not_vague(text: str) -> None:
    assert [finding for finding in check(text, language="en") if finding.part == VAGUE] == []


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("{parcel_colour}", "{parcel_colour}"),
        ("{Number}", "{Number}"),
        ("{latest", "{latest"),
        ("latest}", "latest}"),
        ("{days, plural, one {# day}}", "one {# day}}"),
    ],
)
def test_a_variable_that_cannot_be_filled_in_is_refused_with_its_place(text: str, excerpt: str) -> None:
    (found,) = [finding for finding in check(f"{CLEAR} {text}", language="en") if finding.part == VARIABLE]

    assert excerpt in found.excerpt


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (f"{CLEAR} {{days, plural, one {{We write soon.}} other {{We write within # days.}}}}", VAGUE),
        (f"{CLEAR} {{days, plural, =0 {{Now}} one {{{{days, plural, one {{Soon}} other {{A}}}}}} other {{B}}}}", VAGUE),
        (CLEAR.replace("by {latest}", "{days, plural, =0 {at your door} other {by {latest}}}"), EXPECT),
    ],
)
def test_each_form_of_a_plural_is_read(text: str, part: str) -> None:
    assert [finding.part for finding in check(text, language="en")] == [part]


def test_what_all_forms_lack_is_said_once() -> None:
    text = f"{CLEAR} We are looking into it. {{days, plural, one {{It was # day}} other {{It was # days}}}}."
    assert [finding.part for finding in check(text, language="en")] == [VAGUE]


def test_a_kind_knows_its_own_variables_only() -> None:
    text = f"{CLEAR} You have {{points}} points."

    assert check(text, language="en") == []
    assert [finding.excerpt for finding in check(text, language="en", kind="late")] == ["{points}"]


def test_an_sms_says_how_long_it_is() -> None:
    long = CLEAR.replace("Your parcel", "Good morning from all of us at the warehouse: your parcel")

    (found,) = check(long, language="en", channel="sms")
    assert found.part == LENGTH and "2 segments" in found.reason
    assert check(long, language="en", channel="sms", segments=2) == []
    assert check(long, language="en", channel="email") == []


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="language: 'nl' is none of en"):
        check("Hallo", language="nl")


def test_a_free_reply_is_held_to_the_same_words_but_needs_no_four_parts() -> None:
    assert check_reply("Thank you, that is the right flat number: {4b}.", language="en") == []
    assert [one.part for one in check_reply("We are looking into it!", language="en")] == [VAGUE, VOICE]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We told you that it would arrive on Friday."),
        ("en", "It will not come on 4 December."),
        ("en", "We planned to reach you on {promised}."),
        ("en", "It isn't going to be 4 December, which we hoped for."),
        ("de", "Wir hatten Ihnen eine Ankunft bis Freitag versprochen."),
        ("es", "Le habíamos dicho que llegaba el viernes."),
        ("fr", "Nous avions promis une arrivée vendredi."),
        ("fr", "Votre commande ne viendra pas vendredi."),
        ("es", "El viernes no podrá ser."),
        ("pt", "Tínhamos dito que chegaria na sexta."),
        ("pt", "O dia {promised} não vai dar."),
        ("ja", "金曜日に届くとお伝えしていました。"),
    ],
)
def test_a_day_that_was_told_before_is_none_to_expect_something_by(language: str, text: str) -> None:
    assert EXPECT in [finding.part for finding in check(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We cannot promise {latest} any more."),
        ("en", "Nobody knows yet whether it makes {latest}."),
        ("de", "Den {latest} können wir nicht mehr zusagen."),
        ("de", "Ob sie bis {latest} kommt, wissen wir noch nicht."),
        ("es", "Ya no podemos prometer el {latest}."),
        ("fr", "Nous ne pouvons plus promettre le {latest}."),
        ("pt", "Já não podemos prometer {latest}."),
        ("ja", "{latest}のお届けはお約束できなくなりました。"),
    ],
)
def test_a_day_on_which_nobody_can_count_is_none_to_expect_something_by(language: str, text: str) -> None:
    assert EXPECT in [finding.part for finding in check(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It does not arrive on {promised} and comes by {latest}."),
        ("en", "Expect it on {latest} and not on {promised}."),
        ("en", "If it is not there by {deadline} we send another."),
        ("de", "Es kommt nicht am {promised} sondern am {latest}."),
        ("es", "No llega el {promised} sino el {latest}."),
        ("fr", "Il n'arrivera pas le {promised} mais le {latest}."),
        ("pt", "Não chega em {promised} e sim em {latest}."),
        ("ja", "{promised}には届きませんが{latest}に届きます。"),
    ],
)
def test_that_another_day_is_denied_takes_nothing_from_the_new_one(language: str, text: str) -> None:
    assert EXPECT not in [finding.part for finding in check(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It arrives within 3 business days."),
        ("en", "Expect it by 2026-12-04."),
        ("en", "You will have it tomorrow by 6 pm."),
        ("de", "Es ist spätestens am 4.12. bei Ihnen."),
        ("es", "Llega en 3 días hábiles."),
        ("fr", "Il arrive sous 48 heures."),
        ("pt", "Chega amanhã até as 18h."),
        ("ja", "3営業日以内に届きます。"),
    ],
)
def test_a_span_or_an_hour_is_as_good_as_a_day(language: str, text: str) -> None:
    assert EXPECT not in [finding.part for finding in check(text, language=language)]

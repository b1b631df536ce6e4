"""Thanks waits for no answer; whoever thanks and asks, asks."""

from __future__ import annotations

import pytest

from aftercart.understanding.closing import closes


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "Thank you so much, it arrived today",
        "Perfect, thanks for the quick reply",
        "Danke, alles gut jetzt",
        "Vielen Dank für die schnelle Hilfe",
        "Merci beaucoup, c'est bon",
        "Muchas gracias por tu ayuda",
        "Grazie mille",
        "Hartelijk dank voor de snelle reactie",
        "Dziękuję bardzo",
        "Muito obrigada, chegou",
        "Tack så mycket för hjälpen",
        "ありがとうございました。",
        "無事届きました。ありがとうございます！",
        "Paket ist angekommen, danke",
        "Ok thanks",
        "Dank je wel!",
        "Dank u wel",
        "Top, heel erg bedankt!",
        "Thank you for letting me know",
        "Much appreciated",
        "Besten Dank",
        "Alles klar, danke",
        "D'accord, merci",
        "Un grand merci",
        "Genial, muchísimas gracias",
        "La ringrazio",
        "Wielkie dzięki",
        "Valeu!",
        "Tusen tack",
        "Okej, stort tack",
        "大変お世話になりました。ありがとうございます。",
        "Perfect, thanks 👍",
        "👍🏽",
        "🙏 ❤️",
    ],
)
def test_what_only_closes(text: str) -> None:
    assert closes(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "ok",
        "Thanks. Where is my refund?",
        "Thanks but it is broken",
        "thank you for nothing",
        "Danke, aber wo ist es",
        "Arrived damaged",
        "Hello",
        "No",
        "Where is it",
        "Merci de me rembourser",
        "Gracias pero no llegó",
        "ありがとう。返金はいつですか",
        "Thanks, my new address is 12 Rose Lane",
        "received the wrong order",
        "not received",
        "It has not arrived",
        "😡",
        "👍 but where is it",
        "Thanks in advance for a new one",
        "ありがとうございます。まだ届いていません。",
    ],
)
def test_what_waits_for_an_answer(text: str) -> None:
    assert not closes(text)


def test_whoever_signs_with_their_name_says_no_more_by_it() -> None:
    assert closes("Thanks!\n\nAnna Berg", "Anna Berg") and not closes("Thanks!\n\nAnna Berg")
    assert not closes("Anna Berg", "Anna Berg")

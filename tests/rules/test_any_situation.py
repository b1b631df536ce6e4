from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from aftercart.words.checking import check, refused
from aftercart.words.kinds import KINDS, LANGUAGES
from aftercart.words.rules import Situation, say, say_sms
from aftercart.words.shipped import shipped, writer

# What shops and customers send: braces, markup and signs of every script, but words (no gaps of their own).
WORDS = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Z")), max_size=12)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1))
COUNTS = st.none() | st.integers(0, 10**6)

situations = st.builds(
    Situation,
    kind=st.sampled_from(sorted(KINDS)),
    brand=st.just("Juniper"),
    number=st.sampled_from(["1042", "{number}", "#7 {", "<b>"]),
    link=st.just("https://x.example/t/1"),
    since=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    name=WORDS,
    carrier=WORDS,
    city=WORDS,
    reason=st.sampled_from(["", "address", "damaged", "weather", "no such reason"]),
    promised=DAYS,
    earliest=DAYS,
    latest=DAYS,
    deadline=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    state=st.sampled_from(["", "rest", "in_customs", "out_for_delivery", "delivered"]),
    return_by=DAYS,
    longer=st.sampled_from(["", "launch", "preorder", "backorder", "peak"]),
    ships_from=DAYS,
    note=WORDS,
    action=st.sampled_from(["", "https://x.example/do"]),
    yes_link=st.sampled_from(["", "https://x.example/y"]),
    no_link=st.sampled_from(["", "https://x.example/n"]),
    amount=COUNTS,
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    days=COUNTS,
    points=st.integers(0, 10**6),
    balance=COUNTS,
)


@given(situations, st.sampled_from(LANGUAGES))
def test_whatever_is_known_every_notice_can_be_written_and_has_no_gaps(situation: Situation, language: str) -> None:
    long, short = writer(language), writer(language, short=True)
    said = say(situation, shipped(language), day=long.day, money=long.money, language=language)
    sms = say_sms(situation, shipped(language), day=short.day, money=short.money, language=language)

    assert said.subject and said.wrong and said.expect and said.can_do and all(button.label for button in said.buttons)
    for text in (said.subject, said.text, sms):
        assert "  " not in text and not re.search(r"\{(?!number\})[a-z_]+(?:, plural|\})", _ours(text, situation))


def _ours(text: str, situation: Situation) -> str:
    """Without what others sent."""
    for word in (situation.name, situation.carrier, situation.city, situation.note):
        text = text.replace(word, "") if word else text
    return text


@given(st.text(max_size=300), st.sampled_from(LANGUAGES), st.sampled_from(["email", "sms"]))
def test_every_text_can_be_checked_and_none_that_names_no_day_passes(text: str, language: str, channel: str) -> None:
    found = check(text, language=language, channel=channel, subject=text[:50])

    assert all(finding.reason and finding.title for finding in found)
    if not any(sign.isdigit() for sign in text) and "{" not in text and len(text) < 12:
        assert refused(found)

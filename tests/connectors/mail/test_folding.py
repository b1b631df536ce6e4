from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.mail.inbound.folding import folded
from aftercart.connectors.mail.inbound.shapes import Part, joined

TOLD = tomllib.loads((Path(__file__).parent / "introductions.toml").read_text("utf-8"))
WROTE: dict[str, str] = TOLD["wrote"]
BLOCKS: dict[str, str] = TOLD["blocks"]
ADDED: list[str] = TOLD["added"]

OWN = "Hello,\n\nmy parcel has not come. Could you look where it is?\n\nAnna"
SOLD = "Dear Anna,\n\nyour order left our house today.\n\nNordwind"


def reply(text: str) -> str:
    return joined(segment for segment in folded(text) if not segment.folded).strip()


def quoted(text: str) -> str:
    return joined(segment for segment in folded(text) if segment.folded).strip()


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("introduction", WROTE.values(), ids=WROTE)
def test_an_introduction_folds_away_what_it_introduces(introduction: str) -> None:
    assert reply(f"{OWN}\n\n{introduction}\n\n{marked(SOLD)}\n") == OWN
    assert reply(f"{OWN}\n\n{introduction}\n{SOLD}") == OWN
    assert reply(f"{OWN}\n{introduction}\n{marked(SOLD)}") == OWN


@pytest.mark.parametrize("introduction", WROTE.values(), ids=WROTE)
def test_an_answer_below_is_the_answer(introduction: str) -> None:
    assert reply(f"{introduction}\n{marked(SOLD)}\n\n{OWN}") == OWN


@pytest.mark.parametrize(
    "introduction",
    [
        "Nordwind wrote:", "Nordwind schrieb:", "Nordwind a écrit :", "Nordwind escribió:", "Nordwind ha scritto:",
        "Nordwind escreveu:", "Nordwind schreef:", "Nordwind skrev:", "Nordwind napisał(a):", "Nordwind написал(а):",
        "Nordwind さんは書きました:", "Nordwind 写道：", "You wrote:", "Sie schrieben:",
        "El jueves, 5 de marzo de 2026, Nordwind escribió:", "четверг, 5 марта 2026 г. пользователь Nordwind написал:",
    ],
)  # fmt: skip
def test_a_name_and_a_word_introduce_only_what_is_marked(introduction: str) -> None:
    assert reply(f"{OWN}\n\n{introduction}\n{marked(SOLD)}") == OWN
    assert reply(f"{OWN}\n\n{introduction}\n{SOLD}") == f"{OWN}\n\n{introduction}\n{SOLD}"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_of_headers_folds_away_what_follows(block: str) -> None:
    assert reply(f"{OWN}\n\n{block}\n\n{SOLD}") == OWN
    assert reply(f"{OWN}\n\n\n{marked(block)}\n>\n{marked(SOLD)}") == OWN


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_mail_that_is_only_passed_on_is_shown_without_its_headers(block: str) -> None:
    assert reply(f"{block}\n\n{SOLD}") == SOLD


@pytest.mark.parametrize(
    "line", [*ADDED, "Sent from my cell, please excuse typos", "Sent from [Mail](https://a.example/?b=1) for Windows"]
)
def test_what_a_telephone_adds_is_folded(line: str) -> None:
    assert reply(f"{OWN}\n\n{line}") == OWN
    assert reply(f"{OWN}\n\n{line}\n\n{WROTE['en gmail']}\n{marked(SOLD)}") == OWN
    assert reply(f"{OWN}\n\n{WROTE['de gmail']}\n{marked(SOLD)}\n\n{line}") == OWN


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnna Berg\nHauptstr. 5\n12345 Berlin",
        "--\nAnna Berg",
        "—\nAnna",
        "_____________\nAnna Berg | Buyer | +49 30 123456",
        "-- \nAnna Berg\n\nThis e-mail is confidential and intended only for the person named in it.",
    ],
)
def test_a_signature_is_folded_below_and_above_a_quotation(signature: str) -> None:
    assert reply(f"{OWN}\n\n{signature}") == OWN
    assert reply(f"{OWN}\n\n{signature}\n\n{WROTE['en apple']}\n{marked(SOLD)}") == OWN
    assert reply(f"{OWN}\n\n{WROTE['fr gmail']}\n{marked(SOLD)}\n\n{signature}") == OWN
    assert "Anna" in quoted(f"{OWN}\n\n{signature}")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday your colleague wrote:\nthe parcel is on its way. It is not.",
        "From: Berlin\nTo: Paris\nPlease change the address.",
        "Please send it again.\n\nSent via DHL on Monday, never arrived",
        "I was told on 3 March: wait. I waited.",
        "Two things:\n\n----------\n1. The red one is broken.\n" + "It has a crack on its side that is long.\n" * 9,
        "```\n--\nnot the end\n```\nThe end.",
        "Please change:\n\nName: Anna\nDatum: 3.3.\nAn: Bob\nVon: Carl",
        "Order: 1234\nDate: 3 March\nName: Anna",
        "He wrote: wait.\nI wrote: no.",
        "my mail: anna@berg.example\nphone: 030 1234",
        "> only this",
        "-- \nAnna",
        "Sent from my office, the parcel never reached its mobile phone shop.",
        "I sent it back.\n\nSent from Berlin by courier, phone me",
    ],
)
def test_what_a_customer_writes_stays(text: str) -> None:
    assert reply(text) == text.strip()


def test_answers_between_the_lines_keep_the_lines_that_they_answer() -> None:
    text = f"{WROTE['en gmail']}\n\n> Which size?\n\nM please\n\n> Which colour?\n\nBlue\n\n> Nordwind"
    assert reply(text) == "> Which size?\n\nM please\n\n> Which colour?\n\nBlue"
    assert [segment.text.strip() for segment in folded(text) if segment.part is Part.WRITTEN] == ["M please", "Blue"]


def test_an_introduction_among_the_marked_lines_is_no_context() -> None:
    marked_too = f"Hi\n\n> {WROTE['en apple']}\n>\n> Which size?\n\nM\n\n> Which colour?\n\nBlue"
    assert reply(marked_too) == "Hi\n\n>\n> Which size?\n\nM\n\n> Which colour?\n\nBlue"


def test_a_greeting_above_and_answers_below_are_both_kept() -> None:
    assert reply(f"Hi, see below.\n\n{WROTE['nl gmail']}\n> Which size?\n\nM please") == (
        "Hi, see below.\n\n> Which size?\n\nM please"
    )


def test_a_long_quotation_between_two_pieces_of_text_is_folded() -> None:
    long = "\n".join(f"> line {number}" for number in range(60))
    assert reply(f"Above\n\n{WROTE['sv gmail']}\n{long}\n\nBelow") == "Above\n\nBelow"


LINES = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=80),
    st.sampled_from(
        [*(line for text in [*WROTE.values(), *BLOCKS.values()] for line in text.split("\n")), *ADDED,
         "", "", "> quoted", ">> deeper", "-- ", "____", "hello", "C> x", "```", "On 3 March", "<", "wrote:"]
    ),
)  # fmt: skip


@given(st.lists(LINES, max_size=40).map("\n".join))
def test_every_line_is_in_exactly_one_place(text: str) -> None:
    segments = folded(text)
    assert "\n".join(segment.text for segment in segments) == text
    assert all(one.part is not other.part for one, other in pairwise(segments))


@given(st.lists(LINES, max_size=40).map("\n".join), st.sampled_from(list(WROTE.values())))
def test_what_stands_above_the_first_quotation_is_never_taken_for_one(below: str, introduction: str) -> None:
    shown = reply(f"{OWN}\n\n{introduction}\n\n> x\n{below}")
    assert shown.startswith(OWN)

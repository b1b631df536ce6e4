"""What a chat model is asked, and what of its answer is an opinion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.understanding.category import Judged
from aftercart.understanding.chat import Cost, answers, question

LABELS = ("wismo_shipping_status", "loyalty", "other")


def body(content: object, **more: object) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps({"choices": [{"message": {"content": text}}], **more}).encode()


def said(*rows: object) -> list[Judged | None]:
    return answers(body({"answers": rows}), 2, LABELS, "m")[0]


def row(n: object = 0, category: object = "loyalty", confidence: object = 0.8) -> dict[str, object]:
    return {"n": n, "category": category, "confidence": confidence}


def test_the_question_has_the_categories_and_the_messages_as_data() -> None:
    asked = json.loads(question("m", ["where is it", "x" * 2_000], LABELS))
    assert asked["model"] == "m" and asked["temperature"] == 0
    system, user = (one["content"] for one in asked["messages"])
    assert all(label in system for label in LABELS)
    assert [(one["n"], len(one["message"])) for one in json.loads(user)] == [(0, 11), (1, 600)]
    schema = asked["response_format"]["json_schema"]["schema"]["properties"]["answers"]["items"]
    assert schema["properties"]["category"]["enum"] == [*LABELS, ""]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(), row(1, "other", 0.7)], [("loyalty", 0.8), ("other", 0.7)]),
        ([row(1)], [None, ("loyalty", 0.8)]),
        ([row(0, "wismo_shipping_status", 1)], [("wismo_shipping_status", 0.9), None]),
        ([row(0, "shipping")], [None, None]),
        ([row(0, "")], [None, None]),
        ([row(0, "loyalty", 0.49)], [None, None]),
        ([row(0, "loyalty", 1.01)], [None, None]),
        ([row(0, "loyalty", "0.9")], [None, None]),
        ([row(0, "loyalty", True)], [None, None]),
        ([row(2), row(-1), row("0"), None, 7, {}], [None, None]),
        ([], [None, None]),
    ],
)
def test_only_a_category_of_the_brand_with_a_fair_confidence_is_an_opinion(
    rows: list[object], found: list[tuple[str, float] | None]
) -> None:
    assert [one and (one.label, one.confidence) for one in said(*rows)] == found
    assert all(one is None or (one.by, one.likeliest) == ("m", one.label) for one in said(*rows))


@pytest.mark.parametrize(
    "told",
    [b"", b"<html>", b"{}", b"[]", b"7", body("loyalty"), body("[]"), body({"answers": "loyalty"}), body({"other": []}),
     body('{"answers": [{"n": 0'), json.dumps({"choices": []}).encode(), b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_answer_is_said_to_be_none(told: bytes) -> None:
    with pytest.raises(ValueError):
        answers(told, 2, LABELS, "m")


NAMES = ["n", "category", "confidence", "answers", "choices", "message", "content", "usage", "prompt_tokens"]
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON)
def test_whatever_comes_is_an_opinion_or_none(told: object, usage: object) -> None:
    for made in (json.dumps(told).encode(), body(told, usage=usage), body({"answers": told}, usage=usage)):
        try:
            found, cost = answers(made, 2, LABELS, "m")
        except ValueError:
            continue
        assert len(found) == 2 and all(one is None or one.label in LABELS for one in found)
        assert cost.tokens_in >= 0 and cost.tokens_out >= 0


def test_the_cost_is_what_the_server_says() -> None:
    usage = {"prompt_tokens": 312, "completion_tokens": 40}
    assert answers(body({"answers": []}, usage=usage), 2, LABELS, "m")[1] == Cost(312, 40)
    assert answers(body({"answers": []}, usage=[1]), 2, LABELS, "m")[1] == Cost()

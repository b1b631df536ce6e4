"""A chat model over real sockets: asked only where our own is unsure, and never waited for when it is slow or gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.plumbing import clock
from aftercart.understanding import second
from aftercart.understanding.asking import Spent, spent
from aftercart.understanding.models import Question
from aftercart.understanding.reading import Reading, Text
from aftercart.understanding.services import reader_for
from tests.gateway import HANG_UP, SLOW, Answer, Gateway, gateway
from tests.telling import days

PLAIN = "where is my parcel, it is late"
ODD = "my neighbour's cat sat by box 10421, noor@example.com"


@pytest.fixture
def model(settings: Any) -> Iterator[Gateway]:
    with gateway() as there:
        settings.MODEL_URL, settings.MODEL, settings.MODEL_KEY = f"{there.url}/v1/", "small", "k-123"
        settings.MODEL_TIMEOUT = 0.4
        yield there


def answer(*categories: str, status: int = 200, manner: str = "") -> Answer:
    rows = [{"n": n, "category": one, "confidence": 0.8} for n, one in enumerate(categories)]
    content = json.dumps({"answers": rows})
    usage = {"prompt_tokens": 200, "completion_tokens": 20}
    body = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}], "usage": usage})
    return Answer(status, body.encode(), manner=manner)


def read(brand: Brand, *texts: str) -> list[Reading]:
    return reader_for(brand).read([Text(one) for one in texts])


def test_it_is_asked_only_where_our_own_is_unsure(brand: Brand, model: Gateway) -> None:
    model.usual = answer("loyalty")
    plain, odd, empty = read(brand, PLAIN, ODD, "!!!")
    assert (plain.category.label, plain.category.by) == ("wismo_shipping_status", "")
    assert (odd.category.label, odd.category.by, odd.category.confidence) == ("loyalty", "small", 0.8)
    assert empty.category.label == ""
    (asked,) = model.asked
    assert asked.path == "/v1/chat/completions" and asked.headers["authorization"] == "Bearer k-123"

    read(brand, PLAIN)
    assert len(model.asked) == 1


def test_nothing_that_tells_who_wrote_leaves_the_house(brand: Brand, model: Gateway) -> None:
    read(brand, ODD)
    (message,) = json.loads(json.loads(model.asked[0].body)["messages"][1]["content"])
    assert message["message"] == "my neighbour's cat sat by box 00000, @"


def test_what_it_costs_is_counted(brand: Brand, model: Gateway) -> None:
    model.answers = [answer("loyalty"), answer("no such category")]
    read(brand, ODD)
    read(brand, ODD)
    since = clock.machine() - days(1)
    assert spent(brand, since) == Spent(2, 0, 2, 1, 400, 40)
    told = CliRunner().invoke(app, ["triage", "spent", "--json"])
    assert json.loads(told.stdout)["tokens_in"] == 400
    assert spent(brand, clock.machine() + days(1)) == Spent(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (answer("loyalty", manner=SLOW), "ReadTimeout"),
        (answer("loyalty", manner=HANG_UP), "RemoteProtocolError"),
        (answer("loyalty", status=500), "status 500"),
        (answer("loyalty", status=401), "status 401"),
        (Answer(302, b"", {"location": "http://127.0.0.1:1/"}), "status 302"),
        (Answer(200, b"<html>busy</html>"), "no answer: JSONDecodeError"),
        (Answer(200, b'{"choices": []}'), "no answer: ValueError"),
    ],
    ids=["slow", "hangs up", "broken", "refused", "moved", "a page", "empty"],
)
def test_who_is_slow_or_wrong_changes_nothing_and_rests_for_a_minute(
    brand: Brand, model: Gateway, monkeypatch: pytest.MonkeyPatch, wrong: Answer, fault: str
) -> None:
    model.usual = wrong
    (found,) = read(brand, ODD)
    assert (found.category.label, found.category.by) == ("", "")
    asked = Question.objects.get()
    assert asked.fault == fault and asked.milliseconds < 950, "the slow one takes a second"

    model.usual = answer("loyalty")
    assert read(brand, ODD)[0].category.label == "" and len(model.asked) == 1, "it rests"
    monkeypatch.setattr(second, "REST", 0.0)
    reader_for(brand).second._rests_until = 0.0  # type: ignore[union-attr]
    assert read(brand, ODD)[0].category.label == "loyalty"


def test_who_is_not_there_changes_nothing(brand: Brand, model: Gateway, settings: Any) -> None:
    settings.MODEL_URL = "http://127.0.0.1:1/v1"
    assert read(brand, ODD, PLAIN)[0].category.label == ""
    assert Question.objects.get().fault == "ConnectError"


def test_many_unsure_texts_are_asked_about_together(brand: Brand, model: Gateway, settings: Any) -> None:
    settings.MODEL_TIMEOUT = 30.0
    model.usual = answer(*["loyalty"] * 20)
    found = read(brand, *[f"{ODD} {word}" for word in ("here", "there") for _ in range(25)])
    labels = [one.category.label for one in found]
    assert len(model.asked) == 2 and labels.count("loyalty") == 40 and labels[40:] == [""] * 10


def test_nobody_is_asked_unless_the_settings_name_somebody(brand: Brand, settings: Any) -> None:
    assert reader_for(brand).second is None
    settings.MODEL_URL = "http://127.0.0.1:1"
    other = Brand.objects.create(slug="fern", name="F", from_email="f@f.example", country="DE")
    assert reader_for(other).second is None, "without a name of a model"

"""Where is my refund, when will my return be done: from facts, in whatever order they came."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.facts import Fact, Money, OrderCancelled, PaymentPosted, RefundIssued, ReturnChanged, ReturnReceived
from aftercart.orders.models import Order
from aftercart.outbox.models import Outgoing
from aftercart.outreach.answering import REFUND, RETURN, WHERE, Refusal, Reply, answer
from aftercart.returns import services as returns
from aftercart.returns import terms
from aftercart.words.checking import check_reply
from aftercart.words.kinds import LANGUAGES
from tests.flows.test_watch import hear
from tests.telling import days, placed, told
from tests.world import NOW

LATER = NOW + days(2)  # Thursday 12 March


def changed(step: str, at: float, name: str = "R-1", **known: Any) -> ReturnChanged:
    lines = (("1-a", 1, "colour"),)
    return ReturnChanged(
        **told(NOW + days(at)), return_id=name, step=step, order_id="1", name=name, lines=lines, **known
    )


def arrived(at: float, word: str = "processing_required", name: str = "R-1") -> ReturnReceived:
    return ReturnReceived(**told(NOW + days(at)), return_id=name, disposition=word, quantity=1)


def refund(at: float = 1, amount: int | None = 2495, **known: Any) -> RefundIssued:
    usual: dict[str, Any] = {"refund_id": "F-1", "order_id": "1", "lines": (("1-a", 1),), "method": "shopify_payments"}
    money = None if amount is None else Money(amount=amount, currency="USD")
    return RefundIssued(**told(NOW + days(at)), **(usual | known), amount=money)


def hears(brand: Brand, *facts: Fact) -> None:
    returns.record(brand.id, facts)
    hear(brand, NOW, *facts)


def ask(brand: Brand, question: str = REFUND, **known: Any) -> Reply | Refusal:
    return answer(brand, question, Order.objects.get().id, LATER, **known)


def test_money_that_has_left_is_named_with_the_day_by_which_it_can_be_seen(brand: Brand) -> None:
    hears(brand, placed(), refund())
    reply = ask(brand)

    assert isinstance(reply, Reply) and reply.kind == "refunded"
    assert "We sent your refund of $24.95 for order 101 on Wednesday 11 March." in reply.text
    assert "goes to the payment method that you used" in reply.text
    assert "You can see it by Wednesday 25 March." in reply.text
    assert (reply.facts["amount"], reply.facts["currency"], reply.facts["visible_by"]) == (2495, "USD", "2026-03-25")
    assert reply.facts["rule"] == "returns.visible.original: 10 working days"
    assert not Outgoing.objects.exists(), "an answer is returned, not sent"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", ["shopify_payments", "paypal", "gift_card", "", "sepa"])
def test_every_language_says_amount_and_day_and_is_free_of_what_says_nothing(
    brand: Brand, language: str, method: str
) -> None:
    hears(brand, placed(), refund(method=method))
    for channel in ("email", "sms"):
        reply = ask(brand, language=language, channel=channel)
        assert isinstance(reply, Reply) and reply.language == language
        assert "24" in reply.text and "95" in reply.text and "{" not in reply.text
        assert not [one for one in check_reply(reply.text, language=language) if one.refuses]


def test_a_word_that_names_no_method_says_nothing_of_where_it_goes(brand: Brand) -> None:
    hears(brand, placed(), refund(method="manual"))
    reply = ask(brand)
    assert isinstance(reply, Reply) and "It has left us. You can see it by" in reply.text


def test_the_steps_of_a_return_are_answered_by_the_brand_s_own_word(brand: Brand) -> None:
    hears(brand, placed(), changed("request", 0), changed("approve", 1))
    assert ask(brand, RETURN) == Refusal("the brand has not said within how many days this follows (returns.check)")
    terms.publish(brand, at=NOW, by="tests", check=3, pay=2)

    awaited = ask(brand, RETURN)
    assert isinstance(awaited, Reply) and "you have our answer within 3 working days" in awaited.text
    hears(brand, arrived(1.5))
    received = ask(brand, RETURN)
    assert isinstance(received, Reply) and received.kind == "return_received"
    assert "our answer is with you by Monday 16 March" in received.text
    hears(brand, arrived(1.7, "restocked"))
    checked = ask(brand, REFUND)
    assert isinstance(checked, Reply) and checked.kind == "return_inspected"
    hears(brand, refund(2))
    assert isinstance(done := ask(brand, RETURN), Reply) and done.kind == "refunded"


def test_of_two_open_returns_one_has_to_be_named(brand: Brand) -> None:
    terms.publish(brand, at=NOW, by="tests", check=3)
    hears(brand, placed(), changed("approve", 0), changed("approve", 1, "R-2"), arrived(1, name="R-2"))
    assert ask(brand, RETURN) == Refusal("2 returns of this order are open, and none is named")
    assert isinstance(reply := ask(brand, RETURN, named="r-2"), Reply) and reply.kind == "return_received"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([], "no return and no refund of this order is known"),
        ([OrderCancelled(**told(NOW), order_id="1")], "no return and no refund of this order is known"),
        ([refund(amount=None)], "a refund was entered, and no money is known to have left"),
        ([refund(amount=9999)], "more was refunded than the order cost"),
        ([refund(), PaymentPosted(**told(NOW + days(1)), payment_id="p", order_id="1", kind="refund", succeeded=False)],
         "the last payment back to the customer has not succeeded"),
        ([changed("request", 0), changed("decline", 1)], "the return was declined"),
    ],
)  # fmt: skip
def test_where_nothing_honest_can_be_said_a_person_is_told_why(brand: Brand, facts: list[Fact], reason: str) -> None:
    hears(brand, placed(), *facts)
    refused = ask(brand)
    assert isinstance(refused, Refusal) and reason in refused.reason


def test_lines_that_are_not_the_order_s_tell_nothing_of_its_money(brand: Brand) -> None:
    terms.publish(brand, at=NOW, by="tests", check=3)
    theirs = ReturnChanged(
        **told(NOW), return_id="R-1", step="approve", order_id="1", name="R-1", lines=(("fulfilment line 9", 1, ""),)
    )
    hears(brand, placed(), theirs, arrived(1.5), refund(0.2))
    assert ask(brand, RETURN) == Refusal("a refund has left, and it is not known for which return")
    hears(brand, changed("update", 1.6))
    assert isinstance(reply := ask(brand, RETURN), Reply) and reply.kind == "refunded"


def test_a_return_tool_knows_the_order_by_the_shop_s_own_id(brand: Brand) -> None:
    terms.publish(brand, at=NOW, by="tests", decide=3)
    asked = ReturnChanged(**told(NOW) | {"source": "aftership"}, return_id="x", step="submitted", order_id="1")
    hears(brand, placed(), asked)
    assert isinstance(reply := ask(brand, RETURN), Reply) and reply.kind == "return_requested"


def test_a_channel_that_nothing_is_written_for_is_refused(brand: Brand) -> None:
    hears(brand, placed())
    with pytest.raises(ValueError, match="channel: 'fax' is none of email, sms"):
        ask(brand, WHERE, channel="fax")


def test_the_command_answers_in_words_and_in_json(brand: Brand) -> None:
    hears(brand, placed(), refund(days_ago()))
    run = CliRunner()
    told_ = json.loads(run.invoke(app, ["answer", "juniper", "#101", REFUND, "--json"]).output)
    assert told_["answered"] and told_["kind"] == "refunded" and told_["facts"]["amount"] == 2495
    refused = json.loads(run.invoke(app, ["answer", "juniper", "101", WHERE, "--json"]).output)
    assert not refused["answered"] and refused["reason"]
    assert "A person has to answer: " in run.invoke(app, ["answer", "juniper", "101", WHERE]).output
    for wrong, why in (("999", "order: none is called '999'"), ("101", "question: 'weather' is none of")):
        failed = run.invoke(app, ["answer", "juniper", wrong, "weather"])
        assert failed.exit_code == 1 and why in failed.output + failed.stderr


def days_ago() -> float:
    """Yesterday by the machine, counted from the world's now: the command asks the brand's clock."""
    from aftercart.plumbing import clock

    return (clock.machine() - timedelta(days=1) - NOW) / timedelta(days=1)


def test_the_rules_are_set_and_shown(brand: Brand) -> None:
    run = CliRunner()
    held = json.loads(run.invoke(app, ["returns", "juniper", "--check", "3", "--visible", "card=7"]).output)
    assert (held["check"], held["decide"], held["visible"]["card"], held["visible"]["other"]) == (3, None, 7, 10)
    assert json.loads(run.invoke(app, ["returns", "juniper"]).output) == held
    failed = run.invoke(app, ["returns", "juniper", "--visible", "cash=7"])
    assert failed.exit_code == 1 and "visible: 'cash' is none of" in failed.output + failed.stderr

from __future__ import annotations

from datetime import UTC, datetime

from aftercart.facts import Call, MessageReceived, Person
from aftercart.understanding.privacy import keeping, private

AT = datetime(2026, 3, 10, tzinfo=UTC)
CARD = "4242 4242 4242 4242"


def test_nothing_of_a_message_is_kept_with_a_card_s_number() -> None:
    message = MessageReceived(
        source="mail", happened_at=AT, reported_at=AT, message_id="1", channel="email", customer=Person(),
        text=f"My card {CARD}", subject=CARD, quoted=f"> {CARD}", html="<p>4242 4242<b> 4242 4242</b></p>",
        call=Call(seconds=9, outcome="completed", transcript=f"it is {CARD}"),
    )  # fmt: skip
    kept = private(message)
    assert "4242 4242" not in repr(kept)
    assert kept.call and kept.call.transcript == "it is [card ending 4242]"


def test_the_shop_s_own_numbers_stay_and_in_a_text_about_a_parcel_a_courier_s() -> None:
    assert keeping("hello", {"4242424242424242"})("4242424242424242")
    for text, kept in (("hello", False), ("Where is my parcel?", True)):
        assert keeping(text)("1234567890123452") is kept
        assert not keeping(text)("4242424242424242")

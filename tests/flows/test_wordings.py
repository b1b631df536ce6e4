"""A brand's own words: checked, published, read, rolled back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftercart.brands.models import AuditEntry, Brand
from aftercart.plumbing import clock
from aftercart.policies import services as policies
from aftercart.words import services as words
from aftercart.words import wordings
from aftercart.words.findings import EXPECT, VOICE
from aftercart.words.models import Draft, Wording
from aftercart.words.rules import Situation
from aftercart.words.wordings import Place, WordingError
from tests.world import juniper

pytestmark = pytest.mark.django_db

STALLED = Place("stalled", "email", "en")
SUBJECT = "Order {number} stands still"
TEXT = "Your parcel for order {number} has not moved since {since}. {changed} {expectation}\n\nAnswer us if you like."
NAMES_A_DAY = "Your parcel {number} stands still. It comes on {latest} instead of {promised}. Answer us if you like."


def situation(kind: str = "stalled", number: str = "1042", **known: object) -> Situation:
    facts: dict[str, object] = {"promised": date(2026, 3, 12), "latest": date(2026, 3, 16), "name": "Noor"} | known
    return Situation(
        kind=kind,
        brand="Juniper & Clay",
        number=number,
        link=f"https://x.example/t/{number}",
        since=date(2026, 3, 9),
        **facts,  # type: ignore[arg-type]
    )


def publish(brand: Brand, text: str = TEXT, place: Place = STALLED) -> Wording:
    return wordings.publish(brand, place, subject=SUBJECT, text=text, by="ada")


def test_a_published_text_is_what_customers_read_from_then_on() -> None:
    brand = juniper()
    shipped = words.notice(brand, situation(), language="en")

    publish(brand)
    notice = words.notice(brand, situation(), language="en")

    assert notice.subject == "Order 1042 stands still"
    assert "since Monday 9 March. We told you Thursday 12 March. We now expect it on Monday 16 March." in notice.text
    assert notice.text.startswith("Hello Noor,") and "Answer us if you like." in notice.html
    assert (shipped.version, notice.version) == (0, 1)
    assert words.notice(brand, situation(), language="de").version == 0, "of this language alone"
    assert words.notice(brand, situation("late"), language="en").version == 0, "of this kind alone"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (TEXT.replace("{expectation}", "It comes soon."), EXPECT),
        (TEXT + " We are sorry!", VOICE),
        (TEXT + " {colour}", "variable"),
        ("", "text"),
    ],
)
def test_what_the_check_refuses_is_not_published(text: str, part: str) -> None:
    brand = juniper()

    with pytest.raises(WordingError) as refused:
        publish(brand, text)

    assert refused.value.part == part and refused.value.reason
    assert not Wording.objects.exists() and not AuditEntry.objects.filter(action__startswith="words").exists()


def test_a_text_that_asks_for_what_this_order_has_not_gives_way_to_the_shipped_one() -> None:
    brand = juniper()
    publish(brand, NAMES_A_DAY)

    assert words.notice(brand, situation(), language="en").version == 1
    assert words.notice(brand, situation(latest=None), language="en").version == 0
    assert (
        "by Thursday 19 March"
        in words.notice(brand, situation(latest=None, deadline=date(2026, 3, 19)), language="en").text
    )


def test_an_older_text_comes_back_as_a_new_version_and_so_does_the_shipped_one() -> None:
    brand = juniper()
    publish(brand)
    publish(brand, NAMES_A_DAY)

    third = wordings.roll_back(brand, STALLED, 1, by="ada")
    fourth = wordings.roll_back(brand, STALLED, 0, by="ada")

    assert (third.version, third.text, third.restores) == (3, TEXT, 1)
    assert (fourth.version, fourth.text, fourth.restores) == (4, "", 0)
    assert "has not moved since" in words.notice(brand, situation(), language="en").text
    assert wordings.own_versions(brand) == {}
    assert [row.version for row in wordings.history(brand, STALLED)] == [4, 3, 2, 1]
    acts = AuditEntry.objects.filter(action__startswith="words").order_by("at", "id").values_list("action", "subject")
    assert list(acts) == [
        ("words.publish", "stalled email en v1"),
        ("words.publish", "stalled email en v2"),
        ("words.rollback", "stalled email en v3"),
        ("words.rollback", "stalled email en v4"),
    ]


@pytest.mark.parametrize("version", [1, 7])
def test_what_is_in_use_or_was_never_published_cannot_come_back(version: int) -> None:
    brand = juniper()
    publish(brand)

    with pytest.raises(WordingError, match="version: "):
        wordings.roll_back(brand, STALLED, version, by="ada")


def test_reading_a_text_in_use_asks_once_which_it_is_and_keeps_what_it_says() -> None:
    brand = juniper()
    publish(brand)
    wordings.in_use(brand, "stalled", "email", "en")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert wordings.in_use(brand, "stalled", "email", "en").text == TEXT
    assert len(asked) == 1 and '"text"' not in asked[0]["sql"]


def test_a_draft_is_used_nowhere_and_gone_once_published() -> None:
    brand = juniper()
    wordings.save(brand, STALLED, subject="", text="We are on it", segments=1, by="ada")
    wordings.save(brand, STALLED, subject="", text="We are on it now", segments=1, by="bob")

    assert Draft.objects.get().text == "We are on it now"
    assert words.notice(brand, situation(), language="en").version == 0
    publish(brand)
    assert not Draft.objects.exists()


def test_a_brand_with_a_voice_of_its_own_is_held_to_it() -> None:
    brand, place = juniper(), Place("stalled", "email", "de")
    text = "Dein Paket {number} steht seit {since}. {changed} {expectation} Antworte uns, wenn du magst."
    policies.publish(brand, "voice", {"de": {"address": "formal"}}, at=clock.business(brand), by="ada")
    with pytest.raises(WordingError, match="form of address"):
        publish(brand, text, place)

    policies.publish(brand, "voice", {"de": {"address": "informal"}}, at=clock.business(brand), by="ada")
    assert publish(brand, text, place).version == 1


def test_an_sms_says_the_same_in_short_and_counts_itself() -> None:
    brand = juniper()
    notice = words.notice(brand, situation(city="Leipzig"), language="en", channel="sms")

    assert notice.text == (
        "Juniper & Clay: your parcel for order 1042 has not moved since Mon 9 Mar in Leipzig. "
        "Now expected on Mon 16 Mar. See it or write to us: https://x.example/t/1042"
    )
    assert notice.sms and (notice.sms.encoding, notice.sms.segments) == ("GSM-7", 1)
    assert (notice.subject, notice.html) == ("", "")


def test_several_worries_of_one_customer_make_one_message() -> None:
    brand = juniper()
    worries = [situation("lost", "1042", deadline=date(2026, 3, 13)), situation("late", "1043")]

    notice = words.bundle(brand, worries, language="en")
    same_order = words.bundle(brand, [worries[0], situation("late", "1042")], language="en")
    sms = words.bundle(brand, worries, language="en", channel="sms")

    assert notice.subject == "2 messages about your orders"
    assert same_order.subject == "Order 1042: 2 messages about your parcels"
    assert notice.text.count("Hello Noor,") == 1 and notice.text.count("\nJuniper & Clay") == 1
    for said in ("Order 1042: your parcel is lost", "Order 1043 will be late", "/t/1042", "/t/1043"):
        assert said in notice.text and said in notice.html
    assert sms.text.count("Juniper & Clay:") == 1 and sms.sms and sms.sms.segments >= 2
    assert words.bundle(brand, worries[:1], language="en") == words.notice(brand, worries[0], language="en")
    with pytest.raises(ValueError, match="nothing to say"):
        words.bundle(brand, [], language="en")


def test_what_a_customer_or_a_shop_is_called_is_no_markup() -> None:
    brand = juniper()
    notice = words.notice(brand, situation(name="<b>Noor</b> {link}"), language="en")

    assert "<b>" not in notice.html and "Hello <b>Noor</b> {link}," in notice.text

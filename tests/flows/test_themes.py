"""What grows in messages that nobody understood: from the tables to a category that counts back, and to nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import User

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.plumbing import ids
from aftercart.tickets import acting
from aftercart.tickets.models import Message, Ticket
from aftercart.tickets.services import place
from aftercart.tickets.storing import Arrival
from aftercart.triage import themes
from aftercart.triage.jobs import find_all
from aftercart.triage.themes import ThemeError, dismiss, examples, find, promote, texts
from aftercart.understanding.models import Example, Theme, ThemeMember
from aftercart.understanding.reading import Text
from aftercart.understanding.services import TaxonomyError, reader_for, taxonomy
from aftercart.understanding.themes import Said
from tests.planted_themes import growing, noise
from tests.telling import days
from tests.world import NOW


def take_in(brand: Brand, told: Iterable[Said], language: str = "en", **known: object) -> None:
    """Each of a customer of their own; `category` and all else as the understanding would have said."""
    usual = {"brand_id": brand.id, "source": "mail", "channel": "mail", "known_at": NOW, "language": language}
    arrivals = [
        Arrival(
            **(usual | known),  # type: ignore[arg-type]
            known_by=f"{language} {one.key}", customer_id=ids.mirrored("customer", language, one.key),
            at=one.at, text=one.text,
        )
        for one in told
    ]  # fmt: skip
    place(brand, arrivals, NOW)


@pytest.fixture
def told(brand: Brand) -> Brand:
    """Eight weeks in which eight matters begin, none of which was understood."""
    chance = random.Random(4)
    take_in(brand, [*noise("en", chance, 30), *growing("en", chance)])
    return brand


def theme_of(word: str) -> Theme:
    (found,) = [one for one in Theme.objects.exclude(state=Theme.GONE) if word in one.words]
    return found


def maren() -> User:
    return User.objects.get_or_create(username="maren")[0]


def test_what_grows_is_found_with_its_words_its_weeks_and_examples(told: Brand) -> None:
    assert find(told, NOW) >= 5
    lid = theme_of("whistling")
    assert lid.growing and lid.state == Theme.OPEN and "lid" in lid.words
    assert sum(lid.weeks) == ThemeMember.objects.filter(theme_id=lid.id).count() and lid.weeks[-1] > lid.weeks[0]
    shown = examples(told, [lid.id], 3)[lid.id]
    assert len(shown) == 3 and all("lid" in one.text or "whistl" in one.text for one in shown)
    assert all(Ticket.objects.filter(id=one.ticket_id).exists() for one in shown)


def test_looking_again_changes_nothing_and_a_theme_keeps_its_row(told: Brand) -> None:
    find(told, NOW)
    before = set(Theme.objects.values_list("id", "state"))
    find(told, NOW)
    assert set(Theme.objects.values_list("id", "state")) == before

    lid = theme_of("whistling")
    more = [Said(f"more {n}", f"my lid is whistling like a train, lid {n}", NOW + days(3)) for n in range(5)]
    take_in(told, more)
    find(told, NOW + days(7))
    again = theme_of("whistling")
    assert (again.id, again.found_at, again.seen_at) == (lid.id, NOW, NOW + days(7))
    assert again.weeks[-1] >= 5


def test_a_theme_becomes_a_category_and_counts_back(told: Brand) -> None:
    find(told, NOW)
    lid = theme_of("whistling")
    members = set(ThemeMember.objects.filter(theme_id=lid.id).values_list("message_id", flat=True))
    tickets = set(Message.objects.filter(id__in=members).values_list("ticket_id", flat=True))
    assert set(Ticket.objects.filter(id__in=tickets).values_list("cause", flat=True)) == {""}

    assert promote(told, lid.id, "whistling lid", maren(), at=NOW) == len(tickets)
    assert set(Ticket.objects.filter(id__in=tickets).values_list("cause", flat=True)) == {"whistling lid"}
    assert not Ticket.objects.exclude(id__in=tickets).exclude(cause="").exists(), "and no other"
    assert "whistling lid" in taxonomy(told)
    taught = Example.objects.filter(brand=told, label="whistling lid", source=Example.THEME)
    assert 0 < taught.count() <= len(members)
    (read,) = reader_for(told).read([Text("help, the lid of the kettle keeps whistling")])
    assert read.category.label == "whistling lid"

    assert not members & {one.id for one in texts(told, NOW - days(56), NOW)}, "it is understood now"
    find(told, NOW)
    assert not [one for one in Theme.objects.filter(state=Theme.OPEN) if "whistling" in one.words]
    with pytest.raises(ThemeError, match="promoted already"):
        promote(told, lid.id, "again", maren(), at=NOW)


def test_what_was_counted_back_can_be_taken_back_ticket_by_ticket(told: Brand) -> None:
    find(told, NOW)
    promote(told, theme_of("whistling").id, "whistling lid", maren(), at=NOW)
    ticket = Ticket.objects.filter(cause="whistling lid").order_by("id")[0]
    (act,) = acting.history(told, ticket)
    acting.undo(acting.Who(told, maren().id), act.id, NOW)
    assert Ticket.objects.get(id=ticket.id).cause == ""


def test_what_a_person_has_labelled_stays_so(told: Brand) -> None:
    find(told, NOW)
    lid = theme_of("whistling")
    member = ThemeMember.objects.filter(theme_id=lid.id).order_by("place")[0]
    ticket = Message.objects.get(id=member.message_id).ticket_id
    acting.relabel(acting.Who(told, maren().id), ticket, NOW, cause="product_question")
    promote(told, lid.id, "whistling lid", maren(), at=NOW)
    assert Ticket.objects.get(id=ticket).cause == "product_question"


def test_nobody_is_asked_twice_about_what_was_dismissed(told: Brand) -> None:
    find(told, NOW)
    lid = theme_of("whistling")
    dismiss(told, lid.id, by="maren", at=NOW)
    find(told, NOW + days(1))
    assert theme_of("whistling").state == Theme.DISMISSED
    with pytest.raises(ThemeError, match="dismissed already"):
        dismiss(told, lid.id, by="maren", at=NOW)
    assert not Example.objects.exists()


def test_a_name_that_is_none_changes_nothing(told: Brand) -> None:
    find(told, NOW)
    lid = theme_of("whistling")
    with pytest.raises(TaxonomyError, match="is no name"):
        promote(told, lid.id, " ", maren(), at=NOW)
    assert theme_of("whistling").state == Theme.OPEN and not Example.objects.exists()


def test_only_what_persons_wrote_and_nobody_understood_is_looked_at(brand: Brand) -> None:
    def text(key: str, **known: object) -> UUID:
        take_in(brand, [Said(key, "the lid whistles", NOW - days(1))], "en", **known)
        return Message.objects.get(customer_id=ids.mirrored("customer", "en", key)).id

    wanted = {text("unsure"), text("other", category="other", confidence=0.9)}
    corrected = text("corrected", category="loyalty", confidence=0.9)
    for key, known in {
        "understood": {"category": "loyalty"}, "robot": {"nature": "auto_reply"}, "ours": {"direction": "out"},
    }.items():  # fmt: skip
        text(key, **known)
    assert {one.id for one in texts(brand, NOW - days(7), NOW)} == wanted

    acting.relabel(acting.Who(brand, 1), Message.objects.get(id=corrected).ticket_id, NOW, cause="product_question")
    assert {one.id for one in texts(brand, NOW - days(7), NOW)} == wanted | {corrected}
    assert not texts(brand, NOW - days(0.5), NOW) and not texts(brand, NOW - days(7), NOW - days(2))


def test_it_is_looked_once_a_week_of_the_brands_clock(told: Brand) -> None:
    def at(moment: datetime) -> int:
        set_clock(told, moment, rate=0)
        return find_all()

    assert [at(NOW), at(NOW), at(NOW + days(6.9)), at(NOW + days(7))] == [1, 0, 0, 1]
    assert themes.due(Brand.objects.create(slug="fern", name="F", from_email="f@f.example", country="DE"), NOW)


def test_no_brand_sees_anothers(told: Brand) -> None:
    other = Brand.objects.create(slug="fern", name="Fern", from_email="f@fern.example", country="DE")
    find(told, NOW)
    assert find(other, NOW) == 0 and not texts(other, NOW - days(56), NOW)
    with pytest.raises(ThemeError, match="not known"):
        promote(other, theme_of("whistling").id, "lid", maren(), at=NOW)
    assert not examples(other, [theme_of("whistling").id], 3)

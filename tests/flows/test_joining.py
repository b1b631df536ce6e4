"""Customers are joined by what proves that they are one person, in whatever order it comes, until it is undone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from aftercart.brands.models import AuditEntry, Brand
from aftercart.facts import CustomerSeen, Fact, MessageReceived, OrderPlaced, Person
from aftercart.people import circles, joining
from aftercart.people import services as people
from aftercart.people.joining import JoinError, Quote
from aftercart.people.models import Customer, Identity, Join
from aftercart.people.rules import address_id, customer_id, normal_email, number_id
from tests.world import NOW

TOLD: dict[str, Any] = {"source": "shopify", "happened_at": NOW, "reported_at": NOW}
HOME, WORK = "ida@home.example", "ida@work.example"


def ordered(person: Person, number: str = "1001", **told: Any) -> OrderPlaced:
    return OrderPlaced(**TOLD | {"as_of": NOW} | told, order_id=number, number=number, customer=person)


def seen(person: Person, **told: Any) -> CustomerSeen:
    return CustomerSeen(**TOLD | {"as_of": NOW} | told, person=person)


def wrote(channel: str = "email", person: Person | None = None, **told: Any) -> MessageReceived:
    about = {"message_id": f"{channel}-1", "text": "Where is it?", "source": channel} | told
    return MessageReceived(**TOLD | about, channel=channel, customer=person or Person())


def record(brand: Brand, *facts: Fact) -> set[UUID]:
    with transaction.atomic():
        return people.record(brand.id, facts)


def id_of(brand: Brand, person: Person, source: str = "shopify") -> UUID:
    found = customer_id(brand.id, source, person)
    assert found
    return found


def party(brand: Brand, message: MessageReceived) -> UUID:
    return joining.parties(brand.id, [message])[0]


def same(brand: Brand, *customers: UUID) -> bool:
    return len(set(joining.roots(brand.id, customers).values())) == 1


IDA, OTTO = Person(external_id="51", email=HOME, phone="+31612345678"), Person(external_id="52", email=WORK)


def test_whoever_writes_is_found_by_address_and_number(brand: Brand) -> None:
    record(brand, seen(IDA))
    ida = id_of(brand, IDA)
    for message in (
        wrote(person=Person(email=" Ida@HOME.example")),
        wrote("sms", Person(phone="0031 612345678")),
        wrote("voice", Person(phone="+31612345678")),
        wrote("form", Person(email=HOME, phone="+4930123456")),
    ):
        assert joining.roots(brand.id, [party(brand, message)]).popitem()[1] == ida, message.channel


@pytest.mark.parametrize("first", ["order", "message"])
def test_a_stranger_s_address_is_taken_over_by_the_order_that_names_it(brand: Brand, first: str) -> None:
    message, order = wrote(person=Person(email=HOME, name="a stranger")), ordered(replace(IDA, name="Ida Brandt"))
    for fact in (order, message) if first == "order" else (message, order):
        record(brand, fact)

    assert Identity.objects.get(kind="email", value=HOME).customer_id == id_of(brand, IDA)
    assert joining.circle(brand.id, party(brand, message)) >= {id_of(brand, IDA), party(brand, message)}
    assert Customer.objects.get(id=id_of(brand, IDA)).name == "Ida Brandt"


def test_what_a_sender_calls_themselves_never_renames_a_customer(brand: Brand) -> None:
    guest = Person(email=HOME, name="Ida Brandt")
    record(brand, ordered(guest))
    record(brand, wrote(person=Person(email=HOME, name="The real Ida"), happened_at=NOW + timedelta(days=9)))
    assert Customer.objects.get(id=id_of(brand, guest)).name == "Ida Brandt"


def test_whoever_is_doubted_is_never_the_customer(brand: Brand) -> None:
    record(brand, seen(IDA), forged := wrote(person=Person(email=HOME, name="Ida"), doubted=True))
    assert not same(brand, party(brand, forged), id_of(brand, IDA))
    assert Identity.objects.filter(kind="email").count() == 1
    assert Customer.objects.get(id=party(brand, forged)).email == ""


@pytest.mark.parametrize("channel", ["chat", "instagram"])
def test_who_types_a_customer_s_address_where_the_answer_is_shown_to_them_is_not_the_customer(
    brand: Brand, channel: str
) -> None:
    record(brand, seen(IDA), claim := wrote(channel, IDA, thread="t1", handle="@mallory"))
    assert not same(brand, party(brand, claim), id_of(brand, IDA))


def test_a_token_that_the_shop_signed_names_its_customer_and_their_browser(brand: Brand) -> None:
    before = wrote("chat", thread="t1", message_id="a")
    after = wrote("chat", Person(external_id="51"), thread="t1", message_id="b", proven=True)
    facts: list[Fact] = [before, after, seen(IDA)]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        with transaction.atomic():
            for at in order:
                people.record(brand.id, [facts[at]])
            assert same(brand, party(brand, before), party(brand, after), id_of(brand, IDA))
            transaction.set_rollback(True)


def test_a_browser_that_two_customers_use_is_neither_s(brand: Brand) -> None:
    record(brand, seen(IDA), seen(OTTO), before := wrote("chat", thread="t1"))
    for one in (IDA, OTTO):
        record(brand, wrote("chat", Person(external_id=one.external_id), thread="t1", proven=True))
    assert (
        len(set(joining.roots(brand.id, [party(brand, before), id_of(brand, IDA), id_of(brand, OTTO)]).values())) == 3
    )


def test_two_accounts_with_one_address_are_one_person_and_one_that_gets_presents_is_another(brand: Brand) -> None:
    twin = Person(external_id="77", email=HOME)
    record(brand, seen(IDA), seen(twin, source="aftercart"), seen(OTTO))
    assert same(brand, id_of(brand, IDA), id_of(brand, twin, "aftercart"))

    # Ida orders a present and gives the address of Otto.
    record(brand, ordered(replace(IDA, email=WORK)))
    assert not same(brand, id_of(brand, IDA), id_of(brand, OTTO))
    assert same(brand, address_id(brand.id, WORK), id_of(brand, OTTO))


def test_whoever_quotes_an_order_with_its_address_is_its_customer(brand: Brand) -> None:
    record(brand, ordered(IDA), chat := wrote("chat", thread="t1"))
    ida = id_of(brand, IDA)

    def quote(email: str) -> Quote:
        return Quote(party(brand, chat), address_id(brand.id, normal_email(email)), UUID(int=1), ida, NOW)

    assert joining.quoted(brand.id, [quote(WORK)]) == set()
    assert not same(brand, party(brand, chat), ida)
    assert joining.quoted(brand.id, [quote("Ida@home.example")]) == {party(brand, chat), ida}
    assert joining.quoted(brand.id, [quote(HOME)]) == set()
    assert same(brand, party(brand, chat), ida)
    assert [row.evidence for row in joining.why(brand, ida) if row.way == circles.QUOTE] == [
        {"order": str(UUID(int=1))}
    ]


def test_what_is_undone_stays_undone_whatever_is_told_again(brand: Brand) -> None:
    record(brand, seen(IDA), ordered(IDA))
    ida, address = id_of(brand, IDA), address_id(brand.id, HOME)
    (proof,) = (row for row in joining.why(brand, ida) if row.other_id == address)
    assert proof.proof == circles.BY_ACCOUNT

    joining.undo(brand, proof.id, by="maren", why="her brother's address")
    for _ in range(2):
        assert not same(brand, ida, address)
        record(brand, seen(IDA), ordered(IDA), seen(IDA, as_of=NOW - timedelta(days=1)))
    assert [row.undone_by for row in joining.why(brand, ida) if row.id == proof.id] == ["maren"]
    with pytest.raises(JoinError):
        joining.undo(brand, proof.id, by="maren")


def test_somebody_s_word_joins_with_a_reason_and_can_be_taken_back(brand: Brand) -> None:
    record(brand, seen(IDA), seen(OTTO))
    ida, otto = id_of(brand, IDA), id_of(brand, OTTO)
    with pytest.raises(JoinError):
        joining.join(brand, ida, otto, by="maren", why=" ")
    made = joining.join(brand, otto, ida, by="maren", why="she called")
    assert same(brand, ida, otto, address_id(brand.id, WORK), address_id(brand.id, HOME))
    with pytest.raises(JoinError):
        joining.join(brand, ida, otto, by="maren", why="again")

    joining.undo(brand, made.id, by="otis")
    assert not same(brand, ida, otto)
    assert joining.join(brand, ida, otto, by="maren", why="I am sure").id != made.id
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"people.join", "people.join.undone"}


def test_a_mailbox_of_many_customers_is_nobody_s(brand: Brand) -> None:
    shared = [Person(external_id=str(n), email="orders@market.example") for n in range(circles.MOST + 1)]
    record(brand, *(ordered(one, one.external_id) for one in shared[:-1]))
    assert same(brand, *(id_of(brand, one) for one in shared[:-1]))
    record(brand, ordered(shared[-1], "last"))
    found = joining.roots(brand.id, [address_id(brand.id, shared[0].email), *(id_of(brand, one) for one in shared)])
    assert len(set(found.values())) == len(found)


def test_who_orders_for_many_people_is_none_of_them(brand: Brand) -> None:
    sent = [ordered(Person(external_id="9", email=f"u{n}@example.com"), str(n)) for n in range(circles.MOST + 1)]
    record(brand, *sent)
    found = joining.roots(brand.id, [customer_id(brand.id, "shopify", one.customer) or UUID(int=0) for one in sent])
    assert len(joining.circle(brand.id, next(iter(found)))) == 1
    record(brand, seen(Person(external_id="9", email="buyer@example.com")))
    assert same(brand, next(iter(found)), address_id(brand.id, "buyer@example.com"))


def test_another_brand_knows_nothing_of_it(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other", from_email="o@example.com", country="US")
    record(brand, seen(IDA))
    assert joining.circle(other.id, id_of(brand, IDA)) == {id_of(brand, IDA)}
    with pytest.raises(JoinError):
        joining.undo(other, Join.objects.filter(brand=brand).values_list("id", flat=True)[0], by="x")


def some_facts(chance: random.Random) -> list[Fact]:
    """A few people, some with two addresses and two accounts, who order, write, and share what people share."""
    who = [
        Person(external_id=chance.choice(("", "1", "2", "3")), email=chance.choice((HOME, WORK, "x@example.com", "")),
               phone=chance.choice(("", "+31612345678", "+31687654321")), name=f"name {n}")
        for n in range(6)
    ]  # fmt: skip
    facts: list[Fact] = []
    for n in range(chance.randint(3, 14)):
        one, at = chance.choice(who), NOW + timedelta(hours=chance.randint(0, 5))
        kind = chance.randint(0, 3)
        if kind == 0:
            facts.append(seen(one, as_of=at, source=chance.choice(("shopify", "aftercart"))))
        elif kind == 1:
            facts.append(ordered(one, str(n), as_of=at))
        else:
            channel, proven = chance.choice(("email", "chat", "sms", "form")), chance.random() < 0.4
            facts.append(
                wrote(channel, one, message_id=str(n), happened_at=at, proven=proven, thread=chance.choice(("", "t")))
            )
    return facts


def picture(brand: Brand, batches: Iterable[Sequence[Fact]], everybody: set[UUID]) -> tuple[Any, ...]:
    with transaction.atomic():
        for batch in batches:
            people.record(brand.id, batch)
        rows = [list(model.objects.order_by("id").values_list()) for model in (Identity, Customer)]
        # Which of several orders is named as evidence may differ.
        rows.append(list(Join.objects.order_by("id").values_list("id", "customer_id", "other_id", "way", "proof")))
        found = joining.roots(brand.id, everybody)
        transaction.set_rollback(True)
    return rows, found


@pytest.mark.parametrize("seed", range(120))
def test_the_same_facts_in_any_order_and_any_batches_make_the_same_people(brand: Brand, seed: int) -> None:
    chance = random.Random(seed)
    facts = some_facts(chance)
    everybody = {party(brand, one) for one in facts if isinstance(one, MessageReceived)}
    expected = picture(brand, [facts], everybody)
    shuffled = chance.sample(facts, len(facts)) + facts[:2]
    assert picture(brand, [[one] for one in shuffled], everybody) == expected


@pytest.mark.parametrize("seed", range(40))
def test_undone_in_any_order_everybody_ends_alone(brand: Brand, seed: int) -> None:
    chance = random.Random(seed)
    record(brand, *some_facts(chance))
    ends = {end for row in Join.objects.all() for end in (row.customer_id, row.other_id)}
    for one, other in chance.sample(list(combinations(sorted(ends), 2)), min(2, len(ends) // 2)):
        try:
            joining.join(brand, one, other, by="maren", why="a word")
        except JoinError:
            continue
    for row in chance.sample(list(Join.objects.all()), Join.objects.count()):
        joining.undo(brand, row.id, by="maren")
    assert joining.roots(brand.id, ends) == {one: one for one in ends}


def test_five_hundred_are_found_at_once(brand: Brand) -> None:
    crowd = [Person(external_id=str(n), email=f"c{n}@example.com", phone=f"+3161{n:07}") for n in range(2000)]
    record(brand, *(seen(one) for one in crowd))
    wanted = [address_id(brand.id, one.email) for one in crowd[:400]]
    wanted += [number_id(brand.id, one.phone) for one in crowd[400:500]]
    found = joining.roots(brand.id, wanted)
    assert [found[one] for one in wanted] == [id_of(brand, one) for one in crowd[:500]]

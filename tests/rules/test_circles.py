"""Who is one person is a function of what is proven: no order of arrival, and nothing that is not on the list."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aftercart.people.circles import (
    ACCOUNT,
    ADDRESS,
    BY_ACCOUNT,
    BY_HAND,
    BY_NUMBER,
    BY_ORDER,
    BY_TOKEN,
    HAND,
    PHONE,
    QUOTE,
    SEEN_AT,
    Proof,
    roots,
)

# Customers, and addresses and places beside them; an address is the customer who is known by nothing else.
IDA, OTTO, NOOR, MARK = (UUID(int=n) for n in range(1, 5))
HOME, WORK, PHONE_NUMBER, BROWSER = (UUID(int=n) for n in range(11, 15))


def by_order(customer: UUID, address: UUID = HOME) -> Proof:
    return Proof(customer, address, ADDRESS, BY_ORDER)


def by_account(customer: UUID, address: UUID = HOME) -> Proof:
    return Proof(customer, address, ADDRESS, BY_ACCOUNT)


def same(one: UUID, other: UUID, *proofs: Proof) -> bool:
    found = roots([one, other], proofs)
    return found[one] == found[other]


def test_who_wrote_from_an_address_is_whose_address_it_is() -> None:
    assert same(IDA, HOME, by_order(IDA))
    assert same(IDA, HOME, by_account(IDA))
    assert not same(IDA, WORK, by_account(IDA))


def test_two_who_have_both_proven_one_address_are_one_person() -> None:
    assert same(IDA, OTTO, by_account(IDA), by_account(OTTO))
    assert same(IDA, OTTO, by_account(IDA), by_order(OTTO))
    assert same(IDA, OTTO, by_order(IDA), by_order(OTTO))


def test_the_address_of_somebody_who_gets_a_present_joins_nobody() -> None:
    present = [by_account(IDA, HOME), by_order(IDA, WORK)]
    # As long as nobody else is known there, whoever writes from there writes about Ida's order.
    assert same(IDA, WORK, *present)
    for otto in (by_account(OTTO, WORK), by_order(OTTO, WORK), by_order(WORK, WORK)):
        assert not same(IDA, WORK, *present, otto)
        assert not same(IDA, otto.customer_id, *present, otto)
        assert same(otto.customer_id, WORK, *present, otto)


def test_two_who_give_presents_to_one_person_stay_two() -> None:
    presents = [by_order(one, address) for one in (IDA, OTTO) for address in (WORK, UUID(int=one.int + 20))]
    assert not same(IDA, OTTO, *presents)
    assert not same(IDA, WORK, *presents) and not same(OTTO, WORK, *presents)


def test_a_telephone_or_a_computer_that_two_share_is_nobody_s() -> None:
    for way, proof, place in (
        (PHONE, BY_ACCOUNT, PHONE_NUMBER),
        (SEEN_AT, BY_TOKEN, BROWSER),
        (QUOTE, BY_NUMBER, NOOR),
    ):
        ida, otto = Proof(IDA, place, way, proof), Proof(OTTO, place, way, proof)
        assert same(IDA, place, ida)
        assert len(set(roots([IDA, OTTO, place], [ida, otto]).values())) == 3
        # But it is theirs if they are one person.
        assert same(IDA, place, ida, otto, by_account(IDA), by_account(OTTO))


def test_a_number_that_finds_one_person_does_not_bind_whoever_else_uses_the_address() -> None:
    """Whoever has an address quotes the order of somebody else who had given it: theirs stays theirs."""
    assert not same(IDA, OTTO, by_account(OTTO, WORK), Proof(IDA, WORK, QUOTE, BY_NUMBER))


def test_an_account_that_two_shops_have_under_one_number_is_neither_s() -> None:
    chat = UUID(int=30)
    one, other = (Proof(customer, chat, ACCOUNT, BY_TOKEN) for customer in (IDA, OTTO))
    assert same(IDA, chat, one)
    assert not same(IDA, chat, one, other)


def test_a_mailbox_of_many_people_is_nobody_s() -> None:
    assert not same(IDA, HOME, Proof(IDA, HOME, ADDRESS, BY_ORDER, crowded=True))
    assert same(IDA, OTTO, Proof(IDA, OTTO, HAND, BY_HAND))


def test_whoever_has_an_account_stands_for_the_person() -> None:
    assert roots([HOME], [by_account(OTTO), by_order(IDA)]) == dict.fromkeys((IDA, OTTO, HOME), OTTO)
    assert roots([HOME], [by_order(OTTO), by_order(IDA)]) == dict.fromkeys((IDA, OTTO, HOME), IDA)


people = st.sampled_from((IDA, OTTO, NOOR, MARK))
addresses, numbers = st.sampled_from((HOME, WORK, IDA)), st.sampled_from((PHONE_NUMBER, BROWSER, HOME))
proofs = st.lists(
    st.one_of(
        st.builds(Proof, people, addresses, st.just(ADDRESS), st.sampled_from((BY_ORDER, BY_ACCOUNT, BY_TOKEN))),
        st.builds(Proof, people, numbers, st.sampled_from((PHONE, SEEN_AT, QUOTE)), st.just(BY_TOKEN)),
        st.builds(Proof, people, people, st.just(HAND), st.just(BY_HAND)),
        st.builds(Proof, people, st.just(BROWSER), st.just(ACCOUNT), st.just(BY_TOKEN)),
    ),
    max_size=12,
    unique=True,
)
EVERYBODY = (IDA, OTTO, NOOR, MARK, HOME, WORK, PHONE_NUMBER, BROWSER)


@given(proofs, st.data())
def test_the_same_proofs_in_any_order_and_twice_make_the_same_people(known: list[Proof], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(known + known[:3]))
    assert roots(EVERYBODY, shuffled) == roots(reversed(EVERYBODY), known)


def linked(known: Iterable[Proof]) -> dict[UUID, set[UUID]]:
    """Whom a chain of proofs leads to, whatever it is worth."""
    near = {one: {one} for one in EVERYBODY}
    for _ in EVERYBODY:
        for proof in known:
            both = near[proof.customer_id] | near[proof.other_id]
            for one in both:
                near[one] = near[one] | both
    return near


@given(proofs)
def test_nobody_is_joined_without_a_proof(known: list[Proof]) -> None:
    found, near = roots(EVERYBODY, known), linked(known)
    for one, other in combinations(EVERYBODY, 2):
        if found[one] == found[other]:
            assert other in near[one]
    assert all(found[root] == root for root in found.values())


@given(proofs)
def test_numbers_and_conversations_never_join_two_customers(known: list[Proof]) -> None:
    """Take away all that finds, and who is who among those who have addresses is as before."""
    finding = (PHONE, SEEN_AT, QUOTE)
    firm = [one for one in known if one.way not in finding]
    found_only = {one.other_id for one in known if one.way in finding}
    with_all, without = roots(EVERYBODY, known), roots(EVERYBODY, firm)
    for one, other in combinations(set(EVERYBODY) - found_only, 2):
        assert (with_all[one] == with_all[other]) == (without[one] == without[other])


@given(proofs, st.data())
def test_where_all_is_undone_everybody_is_alone_again(known: list[Proof], data: st.DataObject) -> None:
    left = data.draw(st.permutations(known))
    while left:
        left = left[1:]
        assert roots(EVERYBODY, left) == roots(EVERYBODY, sorted(left, key=repr))
    assert roots(EVERYBODY, []) == {one: one for one in EVERYBODY}

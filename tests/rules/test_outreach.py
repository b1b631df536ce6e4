from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.sending import EMAIL, EVENT, RINGING, SMS, WHATSAPP
from aftercart.outreach.channels import CHANNELS, Reach
from aftercart.outreach.manners import USUAL, Terms
from aftercart.outreach.rules import PRESSING, Case, decide
from aftercart.watch.rules import KINDS
from tests.world import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = Reach(EMAIL, "noor@example.com")
PHONE = Reach(SMS, "+13125550147", agreed=True)
CHICAGO = ZoneInfo("America/Chicago")  # NOW is seven in the morning there
EVERYTHING = frozenset(CHANNELS)


def case(kind: str = "late", **known: Any) -> Case:
    usual: dict[str, Any] = {"reaches": (MAIL,), "at": NOW, "since": NOW, "speaks_since": NOW - DAY, "theirs": CHICAGO}
    return Case(kind=kind, **(usual | {"kinds": frozenset({kind})} | known))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_worry_deserves_words_when_nothing_stands_against_it(kind: str) -> None:
    assert decide(case(kind)).speak


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"speaks_since": None}, "before this brand began to speak"),
        ({"speaks_since": NOW + HOUR}, "before this brand began to speak"),
        ({"reaches": (Reach(EMAIL, ""),)}, "no address to write to"),
        ({"reaches": (replace(MAIL, agreed=False),)}, "the customer asked for no messages"),
        ({"reaches": (replace(MAIL, agreed=False), Reach(EVENT, MAIL.address)), "ways": frozenset({EMAIL, EVENT})},
         "the customer asked for no messages"),
        ({"reaches": (replace(MAIL, works=False),)}, "what was sent to their address came back"),
        ({"reaches": (PHONE,)}, "no address to write to"),  # the brand has no such channel
        ({"feed_outage": True, "kind": "stalled"},
         "feed outage: no news comes in, so none of this parcel says nothing"),
        ({"elsewhere": "1042", "kind": "disruption"}, "told about this disruption with order 1042"),
        ({"kinds": frozenset({"late", "lost"})}, "covered by lost, which is graver"),
        ({"told": {"late": NOW - HOUR}}, "told about late less than a day ago"),
        ({"looked_at": NOW - timedelta(minutes=9)}, "they have just looked at the page, which says it"),
        ({"since": NOW - 9 * HOUR, "looked_at": NOW - 8 * HOUR}, "they have just looked at the page, which says it"),
    ],
)  # fmt: skip
def test_silence_has_its_reason(known: dict[str, Any], reason: str) -> None:
    verdict = decide(case(**known))

    assert (verdict.speak, verdict.until, verdict.affected) == (False, None, False) and verdict.reason == reason


@pytest.mark.parametrize(
    ("known", "until"),
    [
        # Two messages about one order keep a day between them.
        ({"told": {"stalled": NOW - HOUR}}, NOW + 23 * HOUR),
        # Two a day, and five a week.
        ({"sent": (NOW - 20 * HOUR, NOW - 2 * HOUR)}, NOW + 4 * HOUR),
        ({"sent": tuple(NOW - n * DAY - HOUR for n in range(1, 6))}, NOW + 2 * DAY - HOUR),
        # A phone does not ring before eight.
        ({"reaches": (PHONE,), "ways": EVERYTHING}, NOW + HOUR),
    ],
)
def test_what_may_not_be_said_yet_waits(known: dict[str, Any], until: datetime) -> None:
    verdict = decide(case(**known))

    assert not verdict.speak and not verdict.affected
    assert verdict.until == until and decide(case(**(known | {"at": until}))).speak


def test_a_worry_on_another_day_is_told_again() -> None:
    assert decide(case(told={"stalled": NOW - DAY, "late": NOW - 2 * DAY})).speak


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"kind": "no_first_scan"}, "no first scan deserves words"),
        ({"kinds": frozenset({"late", "returned_to_sender"})}, "covered by returned to sender, which is graver"),
        ({"kind": "not_shipped", "told": {"not_shipped": NOW}}, "told about not shipped less than a day ago"),
        ({"told": {"attempt_failed": NOW}}, "told about attempt failed less than a day ago"),
        ({"kind": "moving_again", "kinds": frozenset(), "ended": "left_behind"}, "left behind was told and is over"),
    ],
)
def test_a_reason_is_read_by_people(known: dict[str, Any], reason: str) -> None:
    assert decide(case(**known)).reason == reason


@pytest.mark.parametrize("kind", sorted(PRESSING))
def test_what_needs_the_customer_does_not_wait_but_is_not_said_twice_for_two_parcels(kind: str) -> None:
    assert decide(case(kind, told={"stalled": NOW - HOUR}, sent=(NOW - HOUR,) * 3)).speak
    assert not decide(case(kind, told={kind: NOW})).speak


def test_what_presses_rings_by_day_and_is_mailed_by_night() -> None:
    known: dict[str, Any] = {"reaches": (MAIL, PHONE), "ways": EVERYTHING}
    assert decide(case("customs_document", **known)).reach == MAIL
    assert decide(case("customs_document", at=NOW + HOUR, **known)).reach == PHONE
    assert decide(case("late", at=NOW + HOUR, **known)).reach == MAIL


def test_what_a_customer_prefers_goes_first_if_they_agreed_to_it() -> None:
    whatsapp = Reach(WHATSAPP, PHONE.address)
    known: dict[str, Any] = {"at": NOW + HOUR, "ways": EVERYTHING, "preferred": WHATSAPP}
    assert decide(case(reaches=(MAIL, whatsapp), **known)).reach == MAIL
    asked = replace(whatsapp, agreed=True)
    assert decide(case(reaches=(MAIL, asked), **known)).reach == asked


def test_a_channel_that_takes_nothing_comes_last_whoever_prefers_it() -> None:
    known: dict[str, Any] = {"at": NOW + HOUR, "ways": EVERYTHING, "reaches": (MAIL, PHONE), "preferred": SMS}
    assert decide(case(**known)).reach == PHONE
    assert decide(case(**known, troubled=frozenset({SMS}))).reach == MAIL
    assert decide(case(**known, troubled=frozenset({SMS, EMAIL}))).reach == PHONE, "it is still said"
    assert decide(case("customs_document", **known, troubled=frozenset({SMS}))).reach == MAIL


def test_a_channel_that_lacks_what_this_occasion_needs_is_passed_over_and_the_reason_says_so() -> None:
    lacking = Reach(WHATSAPP, PHONE.address, agreed=True, lacks="no approved template")
    known: dict[str, Any] = {"at": NOW + HOUR, "ways": EVERYTHING, "preferred": WHATSAPP}
    verdict = decide(case(reaches=(MAIL, lacking), **known))
    assert verdict.reach == MAIL and verdict.reason == "late deserves words (no approved template)"
    assert decide(case(reaches=(lacking,), **known)).reason == "no approved template"
    elsewhere = Terms(order=(EMAIL,))
    assert decide(case(reaches=(MAIL, lacking), **known), elsewhere).reason == "late deserves words"


def test_whoever_is_held_out_is_affected_at_the_moment_at_which_the_others_are_told() -> None:
    told, held_out = decide(case()), decide(case(held_out=True))
    assert told.speak and told.affected
    assert (held_out.speak, held_out.until, held_out.affected) == (False, None, True)
    waits = case(reaches=(PHONE,), ways=EVERYTHING, held_out=True)
    assert not decide(waits).affected


def test_good_news_is_owed_unless_something_graver_stands_beside_it() -> None:
    moving = case("moving_again", ended="stalled", kinds=frozenset(), told={"stalled": NOW - HOUR}, looked_at=NOW)
    assert decide(moving).speak
    assert decide(replace(moving, kinds=frozenset({"lost"}))).reason == "covered by lost, which is graver"


def test_what_presses_breaks_the_quiet_hours_where_the_brand_says_so() -> None:
    night = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
    known: dict[str, Any] = {"at": night, "since": night, "reaches": (PHONE,), "ways": EVERYTHING}
    for kind, rings, speaks in (
        ("address_problem", True, True), ("address_problem", False, False), ("late", True, False)
    ):  # fmt: skip
        assert decide(case(kind, **known), Terms(pressing_rings=rings, order=(SMS,))).speak is speaks, (kind, rings)


def test_whoever_has_written_about_the_order_is_answered_by_a_person_first() -> None:
    wrote = NOW - 3 * HOUR
    verdict = decide(case(wrote_at=wrote))
    assert verdict.until == wrote + timedelta(days=1) and "a person answers them" in verdict.reason
    assert decide(case(wrote_at=wrote), Terms(wrote_hours=3)).speak
    assert decide(case("address_problem", wrote_at=wrote)).speak, "what needs them is said all the same"


def test_of_an_order_with_an_open_ticket_whoever_answers_it_speaks() -> None:
    verdict = decide(case(ticket=1042))
    assert verdict.until == NOW + timedelta(days=1) and "#1042" in verdict.reason
    assert decide(case(ticket=1042), Terms(wrote_hours=0)).speak
    assert decide(case("address_problem", ticket=1042)).speak


minutes = st.integers(0, 1439)
terms = st.builds(
    Terms,
    order=st.permutations(CHANNELS).map(tuple),
    quiet_from=minutes,
    quiet_until=minutes,
    quiet_mail=st.booleans(),
    pressing_rings=st.booleans(),
    window_from=minutes,
    window_until=minutes,
    per_day=st.integers(1, 3),
    per_week=st.integers(1, 5),
    pressing_per_day=st.integers(1, 3),
    pressing_per_week=st.integers(1, 5),
)
reaches = st.lists(
    st.builds(Reach, st.sampled_from(CHANNELS), st.sampled_from(["", "an address"]),
              st.sampled_from([None, True, False]), st.booleans(), st.sampled_from(["", "", "no template"])),
    unique_by=lambda one: one.channel,
).map(tuple)  # fmt: skip


some = st.sets(st.sampled_from(CHANNELS)).map(frozenset)
# What the brand has and what of it works, what the customer prefers and where they live.
places = st.fixed_dictionaries({
    "ways": some, "troubled": some, "preferred": st.sampled_from(["", *CHANNELS]),
    "theirs": st.sampled_from(["America/Los_Angeles", "Asia/Tokyo", "UTC"]).map(ZoneInfo),
})  # fmt: skip


@given(
    terms, reaches, places,
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([*KINDS, "moving_again"])), max_size=30),
)  # fmt: skip
def test_whatever_happens_no_message_leaves_that_may_not(
    terms: Terms, reaches: tuple[Reach, ...], place: dict[str, Any], events: list[tuple[int, str]]
) -> None:
    """A customer's weeks: things happen, what waits is decided again, and whatever is sent keeps every rule."""
    sent: list[tuple[datetime, str]] = []
    todo = sorted((NOW + timedelta(hours=hours), kind, n) for n, (hours, kind) in enumerate(events))
    for _ in range(300):
        if not todo:
            break
        at, kind, n = todo.pop(0)
        verdict = decide(
            case(
                kind,
                at=at,
                since=NOW,
                reaches=reaches,
                **place,
                sent=tuple(one for one, _ in sent if at - one < timedelta(days=7)),
                ended="stalled" if kind == "moving_again" else "",
            ),
            terms,
        )
        if verdict.until:
            assert verdict.until > at and not verdict.speak
            todo = sorted([*todo, (verdict.until, kind, n)])
        if verdict.reach:
            assert verdict.reach in reaches and verdict.reach.channel in place["ways"]
            assert verdict.reach.agreed is not False and verdict.reach.works and verdict.reach.address
            assert verdict.reach.agreed or verdict.reach.channel not in RINGING
            assert not verdict.reach.lacks
            spans = terms.spans(verdict.reach.channel, place["theirs"], ZoneInfo("UTC"), pressing=kind in PRESSING)
            for span in spans:
                assert span.holds(at)
            for cap in terms.caps(pressing=kind in PRESSING):
                assert sum(one > at - cap.span for one, _ in sent) < cap.most
            sent.append((at, kind))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"order": ("pigeon",)}, "order: 'pigeon' is none of email, sms, whatsapp"),
        ({"quiet_from": 1440}, "quiet_from: 1440 is not a minute of a day (0 to 1439)"),
        ({"per_day": 0}, "per_day: 0 is less than one message"),
        ({"fresh_minutes": 0}, "fresh_minutes: 0 is less than one minute"),
        ({"says": {"lost": "us"}}, "says: 'lost' is none of confirmation, shipped, out_for_delivery, delivered"),
        ({"says": {"shipped": "him"}}, "says: shipped is said by 'him', which is none of us, shop, event"),
    ],
)
def test_terms_that_cannot_be_are_refused(changed: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError) as refused:
        Terms(**changed)
    assert str(refused.value) == error


def test_what_a_customer_awaits_anyhow_is_said_at_once_by_whoever_is_to_say_it() -> None:
    ways = frozenset({EMAIL, EVENT})
    busy = case(
        "delivered", kinds=frozenset(), reaches=(MAIL, Reach(EVENT, MAIL.address)), ways=ways, looked_at=NOW,
        told={"late": NOW - HOUR}, sent=(NOW - HOUR,) * 5,
    )  # fmt: skip
    assert decide(busy, Terms(says={"delivered": "us"})).reach == MAIL
    feeding = Terms(says={"delivered": EVENT}, window_from=600, window_until=601)
    verdict = decide(busy, feeding)
    assert verdict.reach and verdict.reach.channel == EVENT and verdict.hours == ()
    assert not decide(replace(busy, ways=frozenset({EMAIL})), feeding).speak, "never by mail instead"


def test_a_brand_leaves_its_milestones_to_its_shop_unless_it_says_otherwise() -> None:
    assert USUAL.ours == frozenset()
    assert Terms(says={"delivered": EVENT, "shipped": "shop"}).ours == {"delivered"}

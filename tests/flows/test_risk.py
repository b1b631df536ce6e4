from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import Fact, Line, MessageReceived, Money, Person, State
from aftercart.orders import services as orders
from aftercart.outbox.models import Outgoing
from aftercart.people import services as people
from aftercart.people.services import record_visit
from aftercart.policies.services import publish
from aftercart.promises import services as promises
from aftercart.risk import services as risk
from aftercart.risk.contacts import heard
from aftercart.risk.jobs import weigh_all
from aftercart.risk.learning import learn
from aftercart.risk.models import Assessment, Contact, Lesson, Morning
from aftercart.risk.queries import Worried, worried
from aftercart.risk.rules import StakesError
from aftercart.watch import services as watch
from aftercart.watch.models import Concern
from tests.telling import CHICAGO, NOOR, days, placed, promised, scanned, shipped, told
from tests.world import NOW


def wrote(at: datetime, message_id: str = "m1", **known: Any) -> MessageReceived:
    usual: dict[str, Any] = {"message_id": message_id, "channel": "mail", "customer": Person(email="noor@example.com")}
    return MessageReceived(**told(at), **(usual | {"text": "Where is my bowl?"} | known))


def hear(brand: Brand, now: datetime, *facts: Fact) -> None:
    """As the pipeline does with the facts of one batch."""
    people.record(brand.id, facts)
    touched = orders.record(brand.id, facts).orders | promises.record(brand.id, facts)
    contacted = risk.record(brand.id, facts)
    changes = watch.reassess(brand, touched | contacted, now)
    risk.refresh(brand, changes.changed | contacted, now)


def stalled(brand: Brand, key: str = "1", **known: Any) -> None:
    """An order whose parcel has not moved for six days."""
    number = f"1Z{key}"
    hear(brand, NOW, placed(NOW, key, **known), promised(date(2026, 3, 30), NOW, key), shipped(NOW, key, number))
    hear(brand, NOW, scanned(State.IN_TRANSIT, NOW, number))
    while not pipeline.look(NOW + days(6)).idle:
        pass


def assessed() -> Assessment:
    return Assessment.objects.get()


def test_a_concern_is_weighed_when_it_opens_and_the_weight_goes_when_it_closes(brand: Brand) -> None:
    stalled(brand)
    row, concern = assessed(), Concern.objects.get()

    assert row.id == concern.id and row.version == 0
    assert 0 < row.in_1_day < row.in_3_days < row.in_7_days < 1
    assert row.currency == "USD" and row.expected > 0
    said = {str(reason[0]): reason[1:] for reason in row.reasons}
    assert said["value"] == [6400, "USD"] and said["first"] == [] and said["silent"] == [4]

    hear(brand, NOW + days(6.1), scanned(State.IN_TRANSIT, NOW + days(6.1), city="Gary"))
    assert not Assessment.objects.exists()


def test_who_looks_and_who_wrote_before_is_likelier_to_write(brand: Brand) -> None:
    stalled(brand)
    calm = assessed().in_1_day
    for hour in range(4):
        record_visit(brand, assessed().order_id, "page", f"v{hour}", NOW + days(6) + timedelta(hours=hour))
    risk.keep_up(brand, NOW + days(6) + timedelta(hours=5))
    looked = assessed()
    assert looked.in_1_day > 1.5 * calm and ["looks", 4] in looked.reasons

    hear(brand, NOW + days(6.3), wrote(NOW + days(6.3)))
    written = assessed()
    assert written.in_1_day > looked.in_1_day and ["contacts", 1] in written.reasons


def test_an_assessment_ages_by_the_hour_without_any_fact(brand: Brand) -> None:
    stalled(brand)
    assert risk.keep_up(brand, NOW + days(6.01)) == 1, "the first look of a day is at all"
    assert risk.keep_up(brand, NOW + days(6.02)) == 0
    assert risk.keep_up(brand, NOW + days(6.2)) == 1
    assert assessed().assessed_at == NOW + days(6.2)


def test_what_a_loyal_customer_stands_to_buy_counts_for_more(brand: Brand) -> None:
    stalled(brand)
    first = assessed()
    for n in range(5):
        hear(brand, NOW - days(200 - n), placed(NOW - days(200 - n), f"old{n}"))
    hear(brand, NOW - days(150), placed(NOW - days(150), "strangers", customer=Person(external_id="99")))
    promised_again = promised(date(2026, 3, 10), NOW + days(6.1))
    hear(brand, NOW + days(6.2), promised_again)
    while not pipeline.look(NOW + days(6.2)).idle:
        pass
    risk.keep_up(brand, NOW + days(8))
    loyal = Assessment.objects.filter(order_id=first.order_id).first()

    assert loyal is not None and ["orders", 6] in loyal.reasons
    assert first.future_cost == 0 < loyal.future_cost, "four days late: some will not come back"


def test_what_has_arrived_is_no_longer_at_stake(brand: Brand) -> None:
    def line(key: str, price: int) -> Line:
        return Line(external_id=key, title=key, quantity=1, price=Money(amount=price, currency="USD"))

    lines = (line("a", 4800), line("b", 1600))
    hear(brand, NOW, placed(lines=lines), promised(date(2026, 3, 30)))
    hear(brand, NOW, shipped(NOW, number="1Z1", lines=(("a", 1),)), scanned(State.IN_TRANSIT, NOW))
    hear(brand, NOW, shipped(NOW, number="1Z2", fulfilment_id="two", lines=(("b", 1),)))
    hear(brand, NOW, scanned(State.IN_TRANSIT, NOW, "1Z2"))
    while not pipeline.look(NOW + days(6)).idle:
        pass
    whole = Assessment.objects.first()
    assert whole is not None and Assessment.objects.count() == 2

    hear(brand, NOW + days(6.1), scanned(State.DELIVERED, NOW + days(6.1), "1Z1", place=CHICAGO))
    rest = assessed()
    assert rest.refund_cost == pytest.approx(whole.refund_cost / 4, abs=1) and ["undelivered", 0.25] in rest.reasons


@pytest.mark.parametrize(
    "known",
    [
        {"customer": NOOR},
        {"customer": Person(email="Noor@Example.com ")},
        {"customer": Person(), "order_number": "#10-1"},
        {"customer": Person(email="noor@example.com"), "order_number": "no such order"},
    ],
    ids=["the shop's own id", "an address", "only a number", "a number of no order"],
)
def test_a_contact_finds_its_order_in_whatever_order_the_facts_come(brand: Brand, known: dict[str, Any]) -> None:
    message = wrote(NOW + days(1), **known)
    order = placed()
    for facts in permutations((message, order, message)):
        Contact.objects.all().delete()
        for fact in facts:
            hear(brand, NOW, fact)
        (found,) = heard(brand.id, orders_of(brand), NOW, NOW + days(2)).values()
        assert found == [NOW + days(1)]


def orders_of(brand: Brand) -> list[Any]:
    from aftercart.orders.models import Order

    return list(Order.objects.filter(brand=brand).values_list("id", flat=True))


def test_a_contact_about_another_order_is_none_about_this_one(brand: Brand) -> None:
    hear(brand, NOW, placed(), placed(NOW, "2"), wrote(NOW, order_number="102"))

    (order,) = heard(brand.id, orders_of(brand), NOW - days(1), NOW + days(1))
    assert order == orders_of_number("102")


def orders_of_number(number: str) -> Any:
    from aftercart.orders.models import Order

    return Order.objects.get(number=number).id


def test_nothing_that_was_written_is_kept_beside_the_delivery(brand: Brand) -> None:
    hear(brand, NOW, wrote(NOW, subject="My bowl", category="delivery"))

    row = Contact.objects.get()
    assert (row.channel, row.category, row.at) == ("mail", "delivery", NOW)
    assert not {"noor", "bowl"} & set(" ".join(map(str, vars(row).values())).lower().split())


def live(brand: Brand, *, count: int, writes: int) -> None:
    """`count` orders that stall on one day, of whose customers every `writes`-th contacts us on each of eight days."""
    for n in range(count):
        person = Person(external_id=f"c{n}", email=f"c{n}@example.com", name="C")
        stalled(brand, f"s{n}", customer=person)
    for day in range(8):
        now = NOW + days(7 + day)
        risk.keep_up(brand, now)
        who = [n for n in range(count) if not (n + day) % writes]
        at = now + days(0.3)
        hear(brand, at, *(wrote(at, f"{day}-{n}", order_number=f"10s{n}") for n in who))


def test_a_brands_own_contacts_teach_it_and_every_version_is_kept(brand: Brand) -> None:
    live(brand, count=12, writes=2)
    before = assessed_mean()
    set_clock(brand, NOW + days(15), rate=0)

    assert weigh_all() > 0
    lesson = Lesson.objects.get()
    assert (lesson.version, lesson.table["days"], lesson.table["contacts"]) == (1, 12 * 6, 6 * 6)
    assert set(Assessment.objects.values_list("version", flat=True)) == {1}
    assert assessed_mean() > 2 * before, "half of them write on any day, not one in thirty"

    weigh_all()
    assert Lesson.objects.count() == 1, "once a day"
    set_clock(brand, NOW + days(16), rate=0)
    weigh_all()
    assert list(Lesson.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def assessed_mean() -> float:
    chances = list(Assessment.objects.values_list("in_1_day", flat=True))
    return float(sum(chances) / len(chances))


def test_a_brand_that_tells_us_of_no_contacts_is_judged_by_the_prior(brand: Brand) -> None:
    stalled(brand)
    for day in range(10):
        risk.keep_up(brand, NOW + days(7 + day))
    set_clock(brand, NOW + days(17), rate=0)
    weigh_all()

    assert Morning.objects.count() == 11 and not Lesson.objects.exists()
    assert assessed().version == 0


def test_days_of_which_we_were_told_nothing_teach_nothing(brand: Brand) -> None:
    live(brand, count=6, writes=2)
    for day in range(20):
        risk.keep_up(brand, NOW + days(16 + day))
    lesson = learn(brand, NOW + days(40))

    assert lesson is not None and lesson.table["days"] == 6 * 6, "the weeks after the last contact are left out"


def test_what_a_contact_costs_is_the_brands_own_policy(brand: Brand) -> None:
    stalled(brand)
    usual = assessed().contact_cost
    risk.stakes(brand, {"contact": 80.0}, at=NOW, by="alice")
    risk.keep_up(brand, NOW + days(8))
    assert assessed().contact_cost > 5 * usual


def test_a_policy_that_is_none_is_refused_by_name(brand: Brand) -> None:
    with pytest.raises(StakesError, match="contact: is not a number of 0 or more"):
        risk.stakes(brand, {"contact": "eight"}, at=NOW, by="alice")


def test_a_broken_policy_stops_no_parcel(brand: Brand) -> None:
    publish(brand, risk.STAKES, {"contact": "eight"}, at=NOW, by="a script")
    stalled(brand)
    assert assessed().contact_cost > 0


def test_one_message_about_several_orders_counts_as_told_for_each(brand: Brand) -> None:
    brand.speaks_since = NOW - days(1)
    brand.save()
    for key in ("1", "2"):
        number = f"1Z{key}"
        hear(brand, NOW, placed(NOW, key), promised(date(2026, 3, 30), NOW, key), shipped(NOW, key, number))
        hear(brand, NOW, scanned(State.IN_TRANSIT, NOW, number))
    while not pipeline.look(NOW + days(6)).idle:
        pass

    assert Outgoing.objects.count() == 1
    assert [one.standing.told for one in standing(brand, NOW + days(8))] == [2, 2]
    Outgoing.objects.update(state="cancelled")
    assert [one.standing.told for one in standing(brand, NOW + days(8))] == [None, None]


def standing(brand: Brand, now: datetime) -> list[Worried]:
    return worried(brand, Concern.objects.values_list("order_id", flat=True), now)

"""Two carriers, one of which stops: seen in the brand's own parcels, told once, cleared once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.facts import Fact, ParcelScanned, Person, State
from aftercart.orders import services as orders
from aftercart.orders.models import Parcel
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.models import Decision
from aftercart.people import services as people
from aftercart.people.models import Consent
from aftercart.plumbing.addresses import address_hash
from aftercart.promises import services as promises
from aftercart.promises.models import Forecast
from aftercart.watch import learning
from aftercart.watch import services as watch
from aftercart.watch.disruptions.incidents import due, look_for_disruptions
from aftercart.watch.jobs import look_everywhere
from aftercart.watch.models import Concern, Disruption, Progress, Watch
from tests.flows.ops_rows import staff
from tests.telling import placed, promised, scanned, shipped
from tests.world import NOW

DAYS = 50
STOPPED = 5  # days before NOW on which UPS stops
A_DAY = 11
NEVER = NOW + timedelta(days=999)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def parcels(
    carrier: str, *, stops: datetime | None = None, resumes: datetime | None = None, until: datetime = NOW
) -> Iterator[Fact]:
    """Some each day: handed over in the morning, delivered on the second, third or fourth day after it, unless the
    carrier stops; all that it had then comes so much later."""
    for n in range(DAYS * A_DAY):
        day, one = divmod(n, A_DAY)
        left = (NOW - DAYS * DAY).replace(hour=14) + day * DAY
        order, number = f"{carrier}{n}", f"{carrier.upper()}{n}"
        yield placed(left - DAY, order, customer=customer(n), number=number)
        yield promised((left + 6 * DAY).date(), left - DAY, order)
        yield shipped(left - HOUR, order, number=number, carrier=carrier)
        yield scanned(State.IN_TRANSIT, left, number, city=f"Town {n % 40}", carrier=carrier)
        arrives = left + (2 + one % 3) * DAY + HOUR
        if stops and arrives >= stops:
            arrives = arrives + (resumes - stops) if resumes else NEVER
        if arrives < until:
            yield scanned(State.DELIVERED, arrives, number, city="Chicago", carrier=carrier)


def customer(n: int) -> Person:
    """Every fourth order of a carrier comes from the same customer as the one before it."""
    who = n - 1 if n % 4 == 3 else n
    return Person(external_id=f"c{who}", email=f"customer{who}@example.com", name="Noor Haddad", locale="en-US")


def hear(brand: Brand, facts: Iterator[Fact] | list[Fact], now: datetime) -> None:
    told = list(facts)
    people.record(brand.id, told)
    touched = orders.record(brand.id, told).orders | promises.record(brand.id, told)
    watch.reassess(brand, touched, now)


@pytest.fixture
def calm(brand: Brand) -> Brand:
    """All that is known before UPS stops, and learned from it."""
    brand.speaks_since = NOW - DAY
    brand.save()
    hear(brand, parcels("dhl"), NOW)
    return brand


def stop(brand: Brand) -> None:
    hear(brand, parcels("ups", stops=NOW - STOPPED * DAY), NOW)
    learning.learn(brand, NOW - STOPPED * DAY)


def sweep(now: datetime) -> pipeline.Progress:
    done = step = pipeline.look(now)
    while not step.idle:
        step = pipeline.look(now)
        done += step
    return done


def test_a_carrier_that_stops_is_one_incident_of_which_each_customer_in_it_is_told_once(calm: Brand) -> None:
    stop(calm)
    found = look_for_disruptions(calm, NOW)

    (incident,) = found.opened
    assert (incident.kind, incident.scope) == ("carrier", "ups")
    assert incident.slow < 0.3 and incident.parcels >= STOPPED * A_DAY
    sweep(NOW)
    in_it = Concern.objects.filter(kind="disruption")
    assert in_it.exists() and set(in_it.values_list("carrier", flat=True)) == {"ups"}
    told = Outgoing.objects.filter(kind="disruption")
    assert told.count() == told.values("customer_id").distinct().count() >= 5
    elsewhere = Decision.objects.filter(
        kind="disruption", spoken=False, reason__startswith="told about this disruption"
    )
    assert elsewhere.exists(), "somebody has two orders in it"
    assert not Outgoing.objects.filter(kind__in=["stalled", "late"]).exists(), "one incident, not many stalls"


def test_a_disruption_moves_the_dates_of_its_parcels_at_once_and_of_no_others(calm: Brand) -> None:
    stop(calm)
    watch.look_again(calm, NOW)
    sweep(NOW)
    before = {forecast.id: forecast.latest for forecast in Forecast.objects.all()}
    look_for_disruptions(calm, NOW)

    after = {forecast.id: forecast.latest for forecast in Forecast.objects.all()}
    # Later for what will be held up; sooner for what had seemed old, and only stood.
    later = {id_ for id_ in before if after[id_] > before[id_]}
    moved = {id_ for id_ in before if after[id_] != before[id_]}
    assert len(later) > len(moved) / 2
    assert set(Parcel.objects.filter(id__in=moved).values_list("carrier", flat=True)) == {"ups"}


def test_what_the_set_says_is_what_the_judge_says_of_each(calm: Brand) -> None:
    stop(calm)
    look_for_disruptions(calm, NOW)
    by_set = {f.id: (f.earliest, f.latest, f.likely) for f in Forecast.objects.all()}
    watch.look_again(calm, NOW)
    sweep(NOW)

    one_by_one = {f.id: (f.earliest, f.latest, f.likely) for f in Forecast.objects.all()}
    assert {id_: by_set[id_] for id_ in by_set if by_set[id_] != one_by_one.get(id_)} == {}


def resume(brand: Brand) -> datetime:
    """It moves again, for four days."""
    now = NOW
    for _ in range(4):
        now += DAY
        again = [*parcels("ups", stops=NOW - STOPPED * DAY, resumes=NOW, until=now), *parcels("dhl", until=now)]
        hear(brand, [f for f in again if isinstance(f, ParcelScanned) and f.at.instant >= NOW - DAY], now)
        look_for_disruptions(brand, now)
        sweep(now)
    return now


def test_those_who_were_told_hear_once_that_it_is_over(calm: Brand) -> None:
    stop(calm)
    look_for_disruptions(calm, NOW)
    sweep(NOW)
    now = resume(calm)

    row = Disruption.objects.get(kind="carrier")
    assert row.closed_at is not None and row.all_clear_at is not None
    told = set(Outgoing.objects.filter(kind="disruption").values_list("customer_id", flat=True))
    over = list(Outgoing.objects.filter(kind="disruption_over").values_list("customer_id", flat=True))
    assert over and len(over) == len(set(over)) and set(over) <= told
    sweep(now + HOUR)
    assert Outgoing.objects.filter(kind="disruption_over").count() == len(over)


def test_nobody_who_asked_for_no_messages_hears_that_it_is_over(calm: Brand) -> None:
    stop(calm)
    look_for_disruptions(calm, NOW)
    sweep(NOW)
    told = Outgoing.objects.filter(kind="disruption")
    for address in OutgoingBody.objects.filter(id__in=told.values("id")).values_list("address", flat=True):
        Consent.objects.create(
            brand=calm, address_hash=address_hash(calm.id, address), channel="email", granted=False, at=NOW
        )
    resume(calm)

    said = Decision.objects.filter(kind="disruption_over")
    assert not Outgoing.objects.filter(kind="disruption_over").exists()
    assert said.exists() and not said.exclude(spoken=False, reason="the customer asked for no messages").exists()


def test_when_nothing_is_heard_of_anything_operators_are_alarmed_and_no_customer_is(calm: Brand) -> None:
    hear(calm, parcels("ups"), NOW)
    learning.learn(calm, NOW)
    later = NOW + 2 * DAY
    look_for_disruptions(calm, later)
    calm.refresh_from_db()

    (row,) = Disruption.objects.filter(closed_at=None)
    assert row.kind == "feed outage"
    sweep(NOW + 5 * DAY)
    assert Concern.objects.filter(kind="stalled").exists()
    assert not Outgoing.objects.exists()
    reasons = set(Decision.objects.filter(kind="stalled").values_list("reason", flat=True))
    assert reasons == {"feed outage: no news comes in, so none of this parcel says nothing"}


def test_a_second_look_at_the_same_facts_changes_nothing(calm: Brand) -> None:
    stop(calm)
    look_for_disruptions(calm, NOW)
    before = list(Progress.objects.order_by("id").values()), list(Disruption.objects.values())
    again = look_for_disruptions(calm, NOW)

    assert (again.opened, again.closed) == ([], [])
    assert (list(Progress.objects.order_by("id").values()), list(Disruption.objects.values())) == before


def test_the_charts_are_brought_up_to_date_once_in_each_of_the_brands_days(calm: Brand) -> None:
    assert due(calm, NOW)
    look_for_disruptions(calm, NOW)
    assert not due(calm, NOW) and due(calm, NOW + DAY)
    Brand.objects.filter(id=calm.id).update(clock_business=NOW, clock_machine=NOW, clock_rate=0)
    assert look_everywhere() == 0


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    client.force_login(staff("alice", brand))
    return client


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"ops:{name}", args=args))
    assert response.status_code == 200
    return " ".join(b"".join(response).decode().split())


def test_operators_see_an_incident_with_its_evidence_its_parcels_and_what_was_told(alice: Client, calm: Brand) -> None:
    stop(calm)
    look_for_disruptions(calm, NOW)
    sweep(NOW)
    row = Disruption.objects.get()
    Brand.objects.filter(id=calm.id).update(clock_business=NOW, clock_machine=NOW, clock_rate=0)

    listed = page(alice, "disruptions", calm.slug)
    assert "1 disruption now" in listed and "UPS" in listed and "<svg" in listed
    shown = page(alice, "disruption", calm.slug, row.id)
    assert "told, with a new date" in shown and "alarm line" in shown and "UPS in Town" in shown
    assert "UPS" in page(alice, "overview", calm.slug)
    assert "carrier,UPS," in page(alice, "disruptions-csv", calm.slug)
    order = Concern.objects.filter(kind="disruption").values_list("order_id", flat=True)[0]
    assert "Carrier slow" in page(alice, "order", calm.slug, order)


def test_where_all_runs_well_the_page_says_what_would_be_here(alice: Client, calm: Brand) -> None:
    assert "Parcels move as usual" in page(alice, "disruptions", calm.slug)


def test_a_disruption_of_another_brand_is_not_there(alice: Client, calm: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other", from_email="o@other.example", country="US")
    row = Disruption.objects.create(
        brand=other, kind="network", part="network", began=date(2026, 3, 1), opened_at=NOW, slow=0.5, observed=1,
        expected=2, statistic=5, limit=4,
    )  # fmt: skip
    assert alice.get(reverse("ops:disruption", args=[calm.slug, row.id])).status_code == 404


def test_the_sweep_finds_orders_of_a_disruption_in_its_index(calm: Brand) -> None:
    """Only those whose answer changes are looked at one by one."""
    stop(calm)
    watch.look_again(calm, NOW)
    sweep(NOW)
    look_for_disruptions(calm, NOW)
    due_now = Watch.objects.filter(look_at__lte=NOW).count()
    assert 0 < due_now < Watch.objects.count() / 4

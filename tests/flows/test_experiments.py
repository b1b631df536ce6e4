"""Who is held out, what is written down of it, and what the arms come to, against what one would count by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from typer.testing import CliRunner, Result

from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import set_clock
from aftercart.cli.main import app
from aftercart.outreach.experiments import services
from aftercart.outreach.experiments.models import Experiment, Exposure
from aftercart.outreach.experiments.queries import Arms
from aftercart.outreach.experiments.rules import ExperimentError, Plan
from aftercart.outreach.rules import PRESSING
from aftercart.plumbing import ids
from tests.flows.experiment_world import DAY, Season, a_season, in_arm, ordered, started, would_speak, wrote
from tests.world import NOW

MONTH = NOW - 30 * DAY


def told(brand: Brand, experiment: Experiment, part: str = "", name: str = "") -> Arms:
    found = services.report(brand, experiment, NOW)
    return found.slices[part].get(name, Arms()) if part else found.arms


def test_nobody_is_held_out_before_it_begins_after_it_ends_or_of_other_kinds(brand: Brand) -> None:
    experiment = started(brand)
    customer = in_arm(brand, experiment, held=True)

    def held(kind: str, at: object) -> bool:
        return services.arms(brand, [customer], kind, at)[customer].held_out  # type: ignore[arg-type]

    assert held("late", NOW) and held("stalled", experiment.started_at)
    assert not held("missed", NOW) and not held("late", experiment.started_at - timedelta(seconds=1))
    services.stop(brand, "notices", at=NOW, by="tests")
    assert not held("late", NOW) and held("late", NOW - DAY)


def test_where_a_share_of_nobody_is_held_out_all_are_told_and_written_down(brand: Brand) -> None:
    experiment = started(brand, share=0.0)
    customer = ids.new(NOW)
    would_speak(brand, experiment, customer, ordered(brand, customer, "1", placed=MONTH), at=MONTH)
    found = services.report(brand, experiment, NOW)
    assert found.drawn == (0, 1) and found.arms.estimate is None and found.split == 1.0


def test_what_is_told_twice_is_written_once(brand: Brand) -> None:
    experiment = started(brand)
    customer = in_arm(brand, experiment, held=False)
    order = ordered(brand, customer, "1", placed=MONTH)
    one = would_speak(brand, experiment, customer, order, at=MONTH)
    with transaction.atomic():
        assert services.expose(brand, [one, one]) == 0
    assert Exposure.objects.filter(brand=brand).count() == 1


def test_an_order_counts_once_from_its_first_exposure_and_contacts_within_the_days(brand: Brand) -> None:
    experiment = started(brand)
    held, heard = (in_arm(brand, experiment, held=arm) for arm in (True, False))
    for customer, number in ((held, "1"), (heard, "2")):
        order = ordered(brand, customer, number, placed=MONTH - 9 * DAY)
        would_speak(brand, experiment, customer, order, at=MONTH, kind="stalled", carrier="ups")
        would_speak(brand, experiment, customer, order, at=MONTH + 2 * DAY, kind="late")
    for at in (MONTH - timedelta(hours=1), MONTH, MONTH + 6.9 * DAY, MONTH + 7 * DAY):
        wrote(brand, at, number="1")

    assert told(brand, experiment) == Arms(Counter({(1, 2): 1}), Counter({(1, 0): 1}))
    assert told(brand, experiment, "notice", "stalled").held_out == {(1, 2): 1}
    assert told(brand, experiment, "notice", "late") == Arms()
    assert told(brand, experiment, "carrier", "ups").notified == {(1, 0): 1}
    assert told(brand, experiment, "month", "2026-02").held_out == {(1, 2): 1}


def test_orders_whose_days_are_not_over_wait_in_both_arms(brand: Brand) -> None:
    experiment = started(brand)
    for arm in (True, False):
        customer = in_arm(brand, experiment, held=arm)
        order = ordered(brand, customer, f"{arm:d}", placed=MONTH)
        would_speak(brand, experiment, customer, order, at=NOW - 7 * DAY + timedelta(minutes=1))
    found = services.report(brand, experiment, NOW)
    assert found.arms == Arms() and found.open == found.lately == 2 and found.drawn == (1, 1)
    assert services.report(brand, experiment, NOW + timedelta(minutes=1)).arms.held_out == {(1, 0): 1}


def test_a_contact_that_names_no_order_is_about_the_one_that_was_last_in_question(brand: Brand) -> None:
    experiment = started(brand)
    customer = in_arm(brand, experiment, held=True)
    first, second = (ordered(brand, customer, n, placed=MONTH - 9 * DAY) for n in ("1", "2"))
    would_speak(brand, experiment, customer, first, at=MONTH, kind="stalled")
    would_speak(brand, experiment, customer, second, at=MONTH + DAY)
    wrote(brand, MONTH + timedelta(hours=3), customer=customer)
    wrote(brand, MONTH + 2 * DAY, customer=customer)
    wrote(brand, MONTH + 3 * DAY, customer=customer, number="1")
    wrote(brand, MONTH + 3 * DAY, customer=in_arm(brand, experiment, held=True))

    assert told(brand, experiment).held_out == {(2, 3): 1}
    assert told(brand, experiment, "notice", "stalled").held_out == {(1, 2): 1}
    assert told(brand, experiment, "notice", "late").held_out == {(1, 1): 1}


def test_whom_a_join_put_into_both_arms_is_counted_in_neither(brand: Brand) -> None:
    experiment = started(brand)
    customer = in_arm(brand, experiment, held=True)
    for number in ("1", "2"):
        would_speak(brand, experiment, customer, ordered(brand, customer, number, placed=MONTH), at=MONTH)
    Exposure.objects.filter(id=Exposure.objects.filter(brand=brand).values_list("id")[0][0]).update(held_out=False)
    found = services.report(brand, experiment, NOW)
    assert found.torn == 1 and found.drawn == (0, 0) and found.arms == Arms()


def test_who_buys_again_within_sixty_days_is_known_after_sixty(brand: Brand) -> None:
    experiment, long_ago = started(brand), NOW - 90 * DAY
    for arm, again in ((True, None), (True, 61), (False, 20), (False, -1)):
        customer = in_arm(brand, experiment, held=arm)
        number = f"{arm:d}{again}"
        would_speak(brand, experiment, customer, ordered(brand, customer, number, placed=long_ago - DAY), at=long_ago)
        if again is not None:
            ordered(brand, customer, f"{number}x", placed=long_ago + again * DAY)
    fresh = in_arm(brand, experiment, held=True)
    would_speak(brand, experiment, fresh, ordered(brand, fresh, "9", placed=MONTH), at=MONTH)

    assert services.report(brand, experiment, NOW).again == Arms(Counter({(1, 0): 2}), Counter({(1, 0): 1, (1, 1): 1}))


def test_another_brand_has_no_part_in_it(brand: Brand) -> None:
    other_brand = Brand.objects.create(slug="maren", name="Maren Oak", from_email="m@maren.example", country="DE")
    experiment = started(brand)
    customer = in_arm(brand, experiment, held=True)
    would_speak(brand, experiment, customer, ordered(brand, customer, "1", placed=MONTH), at=MONTH)
    wrote(other_brand, MONTH + DAY, customer=customer, number="1")
    assert told(brand, experiment).held_out == {(1, 0): 1}
    assert not services.report(brand, experiment, NOW).contacts_told
    assert services.arms(other_brand, [customer], "late", NOW)[customer] == services.NOBODY


def test_a_season_in_the_tables_is_measured_as_it_was(brand: Brand) -> None:
    found = services.report(brand, a_season(brand, Season(customers=1500, share=0.3)), NOW)
    measured = found.arms.estimate
    assert measured is not None and measured.enough and found.split > 0.001
    assert measured.interval[0] < 0.3 * 0.35 * 1.0 + 0.05 and measured.effect > 0
    for slices in found.slices.values():
        assert (
            sum(n * c for arms in slices.values() for (_, c), n in arms.held_out.items()) == measured.held_out.contacts
        )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": "notices"}, "name: there is an experiment 'notices' already"),
        (
            {"kinds": ("missed", "stalled")},
            "kinds: 'stalled' is measured by 'notices', which is running; stop it first",
        ),
        ({"kinds": ("lost",)}, "kinds: 'lost' needs the customer to act"),
    ],
)
def test_what_cannot_be_started_says_why_and_leaves_nothing(brand: Brand, told: dict[str, object], said: str) -> None:
    started(brand)
    usual: dict[str, object] = {"name": "more", "kinds": ("missed",)}
    with pytest.raises(ExperimentError, match=said):
        services.start(brand, Plan(**(usual | told)), at=NOW, by="tests")  # type: ignore[arg-type]
    assert Experiment.objects.filter(brand=brand).count() == 1


def test_starting_and_stopping_are_in_the_audit_log(brand: Brand) -> None:
    started(brand)
    services.stop(brand, "notices", at=NOW, by="alice")
    with pytest.raises(ExperimentError, match="'notices' has been stopped already"):
        services.stop(brand, "notices", at=NOW, by="alice")
    with pytest.raises(ExperimentError, match="there is no experiment 'other'; there is notices"):
        services.stop(brand, "other", at=NOW, by="alice")
    done = AuditEntry.objects.filter(brand=brand, action__startswith="experiment.").order_by("at")
    assert [entry.action for entry in done] == ["experiment.start", "experiment.stop"]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["experiment", *words])


def test_an_experiment_is_started_listed_and_stopped_by_the_command(brand: Brand) -> None:
    assert "5.0% held out of disruption missed" in run("start", "juniper").stdout
    (listed,) = json.loads(run("list", "juniper", "--json").stdout)
    assert (listed["share"], listed["days"], listed["effect"], listed["customers"]) == (0.05, 7, None, 0)
    assert not set(listed["kinds"]) & PRESSING
    assert "not enough data yet" in run("list", "juniper").stdout
    assert run("stop", "juniper", "notices").exit_code == 0
    assert run("start", "juniper", "late", "--name", "second", "--share", "0.2", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "juniper", "lost"), "kinds: 'lost' needs the customer to act"),
        (("start", "juniper", "--share", "5"), "share: 5 is not from 0 to 0.5; five in a hundred is 0.05"),
        (("stop", "juniper", "notices"), "name: there is no experiment 'notices'"),
    ],
)
def test_a_mistake_is_one_line(brand: Brand, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.exit_code == 1 and said in done.stderr and len(done.stderr.splitlines()) == 1


def test_what_is_listed_says_what_was_measured(brand: Brand) -> None:
    set_clock(brand, NOW, rate=0)
    a_season(brand, Season(customers=900, share=0.4, rate=0.5))
    (listed,) = json.loads(run("list", "juniper", "--json").stdout)
    assert listed["enough"] and listed["low"] < listed["effect"] < listed["high"]
    assert "contacts spared per 100 affected orders" in run("list", "juniper").stdout

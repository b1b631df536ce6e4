"""While something worries about an order, the shop's own sender is told to offer its customer nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT, PROMOTIONS_HELD, PROMOTIONS_RELEASED, SettingError
from aftercart.outbox import handover, lines
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import holding
from aftercart.outreach.models import Hold
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from tests.flows.test_watch import MOVING, hear, wait
from tests.gateway import Answer, Gateway, gateway
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

LATER = NOW + days(4)


@pytest.fixture
def feeding(brand: Brand) -> Brand:
    Line.objects.create(
        brand=brand, channel=EVENT, provider="klaviyo", name="flows", settings={}, position=0, made_at=NOW
    )
    return brand


def on_its_way(brand: Brand, order: str) -> None:
    number = f"1Z{order}"
    facts = (placed(order_id=order), promised(date(2026, 4, 20), order_id=order), shipped(NOW, order, number))
    hear(brand, NOW, *facts, scanned(MOVING, NOW, number=number))


def moves(brand: Brand, order: str) -> None:
    changes = hear(brand, LATER + days(0.1), scanned(MOVING, LATER + days(0.1), number=f"1Z{order}", city="Gary"))
    holding.refresh(brand, changes.changed, LATER + days(0.1))


def events() -> list[str]:
    return list(Outgoing.objects.filter(channel=EVENT).order_by("id").values_list("kind", flat=True))


def test_promotions_are_held_once_and_released_when_the_last_worry_has_ended(feeding: Brand) -> None:
    for order in ("1", "2"):
        on_its_way(feeding, order)
    wait(LATER)
    noor = Customer.objects.get()
    assert events() == [PROMOTIONS_HELD] and holding.held_of(feeding, [noor.id]) == {noor.id}
    assert OutgoingBody.objects.get().address == "noor@example.com"

    moves(feeding, "1")
    assert events() == [PROMOTIONS_HELD], "the other still stands"
    moves(feeding, "2")
    assert events() == [PROMOTIONS_HELD, PROMOTIONS_RELEASED] and holding.held_of(feeding, [noor.id]) == set()
    assert Hold.objects.get().released_at == LATER + days(0.1)


def test_a_brand_whose_sender_we_do_not_know_holds_nothing(brand: Brand) -> None:
    on_its_way(brand, "1")
    wait(LATER)
    assert events() == [] and not Hold.objects.exists()


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as found:
        found.usual = Answer(202, b"")
        yield found


@pytest.fixture
def suppressing(brand: Brand, there: Gateway) -> Brand:
    told = {"api_key": "pk_1", "address": there.url, "suppress": "yes"}
    lines.add(brand, provider="klaviyo", channel=EVENT, settings=told, by="tests")
    return brand


def sent() -> None:
    """What is due leaves, however long its line was left alone."""
    Line.objects.update(open_until=None, failures=0)
    Outgoing.objects.filter(state=Outgoing.DUE).update(due_at=clock.machine() - timedelta(minutes=1))
    pipeline.send(LATER)


def jobs(there: Gateway) -> list[tuple[str, str]]:
    """Which were begun, and for whom."""
    told = [(asked.path, json.loads(asked.body)["data"]) for asked in there.asked]
    return [
        (path.removeprefix("/api/profile-suppression-bulk-"), profile["attributes"]["email"])
        for path, data in told for profile in data["attributes"]["profiles"]["data"]
    ]  # fmt: skip


HELD, RELEASED = ("create-jobs", "noor@example.com"), ("delete-jobs", "noor@example.com")


def test_klaviyo_suppresses_who_worries_and_lifts_that(suppressing: Brand, there: Gateway) -> None:
    on_its_way(suppressing, "1")
    wait(LATER)
    sent()
    assert jobs(there) == [HELD]
    moves(suppressing, "1")
    sent()
    assert jobs(there) == [HELD, RELEASED]
    assert {asked.headers["authorization"] for asked in there.asked} == {"Klaviyo-API-Key pk_1"}


def test_what_is_over_is_not_tried_again_else_it_would_stand(suppressing: Brand, there: Gateway) -> None:
    there.answers = [Answer(500)]
    on_its_way(suppressing, "1")
    wait(LATER)
    sent()
    moves(suppressing, "1")
    sent()
    sent()
    assert jobs(there) == [HELD, RELEASED], "the first was refused, and is not tried again"
    states = dict(Outgoing.objects.values_list("kind", "state"))
    assert states == {PROMOTIONS_HELD: Outgoing.CANCELLED, PROMOTIONS_RELEASED: Outgoing.SENT}


def test_who_is_just_handing_it_over_does_not_put_it_back_and_is_waited_for(
    suppressing: Brand, there: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_its_way(suppressing, "1")
    wait(LATER)
    hand_over = handover._hand_over

    def meanwhile(row: Outgoing, *how: object) -> None:
        if row.kind == PROMOTIONS_HELD:
            moves(suppressing, "1")
        hand_over(row, *how)  # type: ignore[arg-type]

    there.answers = [Answer(500)]
    monkeypatch.setattr(handover, "_hand_over", meanwhile)
    sent()
    release = Outgoing.objects.get(kind=PROMOTIONS_RELEASED)
    assert release.due_at > clock.machine() + timedelta(seconds=10), "both on their way at once come in any order"
    assert Outgoing.objects.get(kind=PROMOTIONS_HELD).state == Outgoing.CANCELLED
    sent()
    assert jobs(there) == [HELD, RELEASED]


def test_a_line_that_should_suppress_somehow_is_refused(brand: Brand, there: Gateway) -> None:
    with pytest.raises(SettingError, match="suppress: 'maybe' is neither yes nor no"):
        lines.add(brand, provider="klaviyo", channel=EVENT, settings={"api_key": "k", "suppress": "maybe"}, by="tests")

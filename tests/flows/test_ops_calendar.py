"""The calendar on the operators' desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from aftercart.brands import calendar
from aftercart.brands.calendar import Entry
from aftercart.brands.models import AuditEntry, Brand, CalendarEntry
from aftercart.brands.services import set_clock
from aftercart.ops.strip import strip
from aftercart.watch.models import Watch
from tests.flows.ops_rows import staff
from tests.flows.test_ledger import hear
from tests.telling import placed, promised
from tests.world import NOW

TODAY = NOW.date()
NEW = {"kind": "peak", "name": "Mothering Sunday", "begins": "2026-03-12", "ends": "2026-03-15", "handling_days": "2"}


@pytest.fixture
def alice(client: Client, brand: Brand) -> Client:
    set_clock(brand, NOW, rate=0)
    client.force_login(staff("alice", brand))
    return client


@pytest.fixture
def page(brand: Brand) -> str:
    return reverse("ops:calendar", args=[brand.slug])


def test_an_entry_is_made_and_open_orders_are_looked_at_again(alice: Client, brand: Brand, page: str) -> None:
    hear(brand, NOW, placed(), promised(date(2026, 3, 20)))
    before = Watch.objects.get().look_at
    assert before is not None and before > NOW

    answer = alice.post(page, NEW, follow=True)

    assert "Mothering Sunday is in the calendar." in answer.content.decode()
    row = CalendarEntry.objects.get()
    assert (row.kind, row.ends, row.handling_days, row.made_by) == ("peak", date(2026, 3, 15), 2, "alice")
    assert Watch.objects.get().look_at == NOW
    assert AuditEntry.objects.get(action="calendar.add").actor == "alice"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"handling_days": ""}, "Say how many days longer packing or the road takes."),
        ({"ends": "2026-03-01"}, "2026-03-01 is before 2026-03-12."),
        ({"kind": ""}, "This field is required."),
        ({"country": "QQ"}, "no country"),
        ({"begins": "soon"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    alice: Client, page: str, wrong: dict[str, str], said: str
) -> None:
    answer = alice.post(page, NEW | wrong)
    shown = answer.content.decode()
    assert said in shown and 'aria-invalid="true"' in shown
    assert 'value="Mothering Sunday"' in shown and not CalendarEntry.objects.exists()


def test_an_entry_is_ended_once_and_stays_to_be_seen(alice: Client, brand: Brand, page: str) -> None:
    entry = Entry(kind="campaign", name="Spring sale", begins=TODAY - timedelta(days=3))
    (row,) = calendar.add(brand, [entry], at=NOW, by="test")
    ends = reverse("ops:calendar-ends", args=[brand.slug, row.id])

    assert "Ended." in alice.post(ends, follow=True).content.decode()
    assert "it was ended before" in alice.post(ends, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.ends, row.ended_by) == (TODAY - timedelta(days=1), "alice")
    assert "Spring sale" in alice.get(page).content.decode()


def test_nobody_elses_entry_can_be_ended(alice: Client, brand: Brand) -> None:
    other = Brand.objects.create(slug="elsewhere", name="Elsewhere", country="US", from_email="a@b.example")
    (row,) = calendar.add(other, [Entry(kind="campaign", name="Theirs", begins=TODAY)], at=NOW, by="test")
    alice.post(reverse("ops:calendar-ends", args=[brand.slug, row.id]))
    assert alice.post(reverse("ops:calendar-ends", args=["elsewhere", row.id])).status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None


def test_the_strip_shows_what_is_in_force_from_this_week_on() -> None:
    entries = [
        Entry(
            kind="preorder",
            name="Teapot",
            begins=date(2026, 3, 1),
            ends=date(2026, 3, 12),
            ships_from=date(2026, 3, 16),
        ),
        Entry(kind="holiday", name="Gone", begins=date(2026, 3, 1), ends=date(2026, 3, 1)),
        Entry(kind="peak", name="Busy", begins=date(2026, 4, 1), handling_days=1),
    ]
    drawn = strip(entries, today=date(2026, 3, 10))

    assert drawn.weeks[0] == date(2026, 3, 9) and len(drawn.days) == 42 and sum(now for _, now in drawn.days) == 1
    assert [row.name for row in drawn.rows] == ["Teapot", "Busy"]
    assert [(span.days, span.what) for span in drawn.rows[0].spans] == [(4, "on"), (3, ""), (1, "leaves"), (34, "")]
    assert all(sum(span.days for span in row.spans) == 42 for row in drawn.rows)

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aftercart.brands.models import Brand
from aftercart.connectors.contract import PayloadError
from aftercart.facts import Unread
from aftercart.intake import services
from aftercart.intake.arrivals import Arrival, arrival, fresh_ids, parameters
from aftercart.intake.models import Delivery, DeliveryPerson, Fault, Payload, Seen, UnknownWord
from aftercart.intake.services import Applied, Claimed
from aftercart.plumbing import ids, partitions
from tests import world
from tests.flows.intake_world import database_url

NOW = world.NOW


def arrivals(brand: Brand, count: int, *, prefix: str = "w") -> list[Arrival]:
    return [
        arrival(brand.id, "shopify", f"{prefix}{n}".encode(), NOW - timedelta(seconds=n), key=f"{prefix}{n}")
        for n in range(count)
    ]


def claim(limit: int) -> list[Claimed]:
    with transaction.atomic():
        return services.claim(limit)


def test_what_is_stored_twice_is_there_once(brand: Brand) -> None:
    first, second, twin = arrivals(brand, 3)
    twin = arrival(brand.id, "shopify", first.body, NOW, key="another id")
    stored = services.store([first, second, first, twin])
    assert [delivery is not None for delivery in stored] == [True, True, False, False]
    assert services.store([second, first, twin]) == [None, None, None]
    assert {delivery.id for delivery in Delivery.objects.all()} == set(stored) - {None}
    assert Payload.objects.count() == Seen.objects.count() == 2


def test_a_delivery_without_an_id_is_known_by_topic_and_body(brand: Brand) -> None:
    stored = services.store([
        arrival(brand.id, "shopify", b"{}", NOW, topic="orders/paid"),
        arrival(brand.id, "shopify", b"{}", NOW, topic="orders/paid"),
        arrival(brand.id, "shopify", b"{}", NOW, topic="orders/edited"),
        arrival(brand.id, "easypost", b"{}", NOW, topic="orders/paid"),
        arrival(brand.id, "easypost", b"{" + b" " * 9000 + b"}", NOW, topic="orders/paid"),
        arrival(brand.id, "easypost", b"{" + b" " * 9000 + b"]", NOW, topic="orders/paid"),
    ])  # fmt: skip
    assert [delivery is not None for delivery in stored] == [True, False, True, True, True, True]


def test_two_writers_take_the_same_rows_in_the_same_order(brand: Brand) -> None:
    sent = arrivals(brand, 50)
    there, back = (parameters(rows, fresh_ids(rows)) for rows in (sent, sent[::-1]))
    keys, bodies = 4, 7
    assert there[keys] == back[keys] and there[bodies] == back[bodies]


def test_the_id_of_a_delivery_tells_when_it_was_received(brand: Brand) -> None:
    (stored,) = services.store([arrival(brand.id, "shopify", b"{}", NOW)])
    assert stored and ids.moment(stored) == NOW


def test_the_oldest_are_claimed_first_with_their_bytes_and_headers(brand: Brand) -> None:
    body = bytes(range(256))
    services.store(
        [*arrivals(brand, 5), arrival(brand.id, "shopify", body, NOW.replace(year=2025), headers={"a": "é"})]
    )
    oldest, next_oldest = claim(2)
    assert (oldest.body, oldest.headers, oldest.received_at) == (body, {"a": "é"}, NOW.replace(year=2025))
    assert next_oldest.body == b"w4"


def test_claiming_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        services.claim(1)


def test_two_workers_never_claim_the_same(transactional_db: None) -> None:
    services.store(arrivals(world.juniper(), 20))
    waiting = "SELECT id FROM intake_delivery WHERE state = 'waiting' FOR UPDATE SKIP LOCKED"
    with transaction.atomic():
        ours = {claimed.id for claimed in services.claim(12)}
        with psycopg.connect(database_url()) as other:
            theirs = {row[0] for row in other.execute(waiting)}
    assert len(ours) == 12 and len(theirs) == 8 and not ours & theirs


def test_an_applied_delivery_is_not_claimed_again(brand: Brand) -> None:
    services.store(arrivals(brand, 3))
    first, *_ = claim(1)
    services.mark_applied([Applied(first.id, facts=4, unplaced=1)], NOW)
    services.mark_applied([], NOW)
    assert first.id not in {claimed.id for claimed in claim(10)}
    done = Delivery.objects.get(id=first.id)
    assert (done.state, done.facts, done.unplaced, done.applied_at) == ("applied", 4, 1, NOW)


def test_a_poisoned_delivery_waits_apart_with_its_reason_until_it_is_replayed(brand: Brand) -> None:
    services.store(arrivals(brand, 2))
    poisoned, fine = claim(2)
    try:
        raise PayloadError("line_items", "is not a list\0 but \ud800" + "x" * 400)
    except PayloadError as error:
        services.quarantine(poisoned, error, NOW)
    assert [claimed.id for claimed in claim(10)] == [fine.id]
    apart = Delivery.objects.get(id=poisoned.id)
    assert apart.state == "quarantined" and apart.error.startswith("PayloadError: line_items: is not a list")
    fault = Fault.objects.get(delivery_id=poisoned.id)
    assert "test_intake_services.py" in fault.traceback and fault.at == NOW
    assert services.replay(brand.id) == 1
    assert [claimed.id for claimed in claim(10)] == [poisoned.id, fine.id]


def test_only_what_is_named_is_replayed_and_only_of_this_brand(brand: Brand) -> None:
    services.store(arrivals(brand, 3))
    claimed = claim(3)
    services.mark_applied([Applied(c.id, 1) for c in claimed], NOW)
    other = Brand.objects.create(slug="fern", name="Fern", from_email="a@fern.example", country="GB")
    assert services.replay(other.id, [claimed[0].id]) == 0
    assert services.replay(brand.id) == 0
    assert services.replay(brand.id, [claimed[0].id]) == 1
    assert [c.id for c in claim(3)] == [claimed[0].id]


def test_a_delivery_of_a_source_that_we_no_longer_know_says_so(brand: Brand) -> None:
    services.store([arrival(brand.id, "telegraph", b"stop", NOW)])
    with pytest.raises(PayloadError, match="source: there is no connector called 'telegraph'"):
        services.read(claim(1)[0])


def test_unknown_words_are_counted_together(brand: Brand) -> None:
    odd, other = Unread("status", "teleported"), Unread("status\0" + "x" * 300, "y" * 300)
    services.count_unknown(brand.id, "easypost", [odd, odd, other], NOW)
    services.count_unknown(brand.id, "easypost", [odd], NOW - timedelta(days=1))
    services.count_unknown(brand.id, "shippo", [odd], NOW)
    services.count_unknown(brand.id, "easypost", [], NOW)
    words = UnknownWord.objects.filter(source="easypost", what="teleported").values_list("count", "last_at")
    assert list(words) == [(3, NOW)] and UnknownWord.objects.count() == 3


def test_a_persons_deliveries_are_found_again(brand: Brand) -> None:
    delivery, person = ids.new(), ids.new()
    services.link_people([(brand.id, delivery, person), (brand.id, delivery, person)])
    services.link_people([(brand.id, delivery, person)])
    services.link_people([])
    assert [link.delivery_id for link in DeliveryPerson.objects.filter(brand=brand, person_id=person)] == [delivery]


@pytest.fixture
def a_surge(transactional_db: None) -> Iterator[Brand]:
    """Thirteen months in which all was applied when the statistics were made; since then, three thousand wait."""
    brand, tables = world.juniper(), ("intake_delivery", "intake_payload")
    made = [name for table in tables for name in partitions.ensure_months(table, NOW - timedelta(days=365), NOW)]
    for month in range(13):
        at = NOW - timedelta(days=28 * month)
        rows = [arrival(brand.id, "shopify", b"%d %d" % (month, n), at) for n in range(200 if month else 3000)]
        stored = [delivery for delivery in services.store(rows) if delivery]
        services.mark_applied([Applied(delivery, 1) for delivery in stored], NOW)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE intake_delivery, intake_payload")
        services.store(arrivals(brand, 3000))
        yield brand
        cursor.execute(f"DROP TABLE {', '.join(made)}")


def test_claiming_and_marking_read_no_more_than_they_take(a_surge: Brand) -> None:
    with transaction.atomic():
        before = rows_read()
        claimed = services.claim(20)
        assert len(claimed) == 20 and rows_read() - before <= 3 * 20
        services.mark_applied([Applied(c.id, 1) for c in claimed], NOW)
        assert rows_read() - before <= 6 * 20


def rows_read() -> int:
    """Of the inbox, by this connection lately: a transaction's own reading is the difference within it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE 'intake_%'"
        )
        ((found,),) = cursor.fetchall()
    return int(found)


texts = st.text(st.characters(exclude_categories=[]), max_size=300)


class AnythingCanBeStored(TestCase):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(key=texts, topic=texts, headers=st.dictionaries(texts, texts, max_size=3), body=st.binary(max_size=50))
    def test_whatever_it_says_it_is_kept_once(self, key: str, topic: str, headers: dict[str, str], body: bytes) -> None:
        brand = UUID(int=1)
        Seen.objects.all().delete()
        sent = arrival(brand, "shopify", body, NOW, topic=topic, key=key, headers=headers)
        (stored,) = services.store([sent])
        assert stored and services.store([sent]) == [None]
        assert bytes(Payload.objects.get(id=stored).body) == body


def test_no_more_is_claimed_at_once_than_a_worker_can_hold(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CLAIM_BYTES", 2_500)
    services.store([arrival(brand.id, "mail", bytes([65 + n]) * 1_000, NOW + timedelta(seconds=n)) for n in range(5)])

    with transaction.atomic():
        first = services.claim(10)
        services.mark_applied([Applied(one.id, 1) for one in first], NOW)
    assert [one.body[:1] for one in first] == [b"A", b"B", b"C"], "the last may reach over it: one always fits"
    assert [one.body[:1] for one in claim(10)] == [b"D", b"E"]

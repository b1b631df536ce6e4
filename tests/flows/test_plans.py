"""Statements that are run for every visitor are planned once for each connection, where their callers ask for it."""

from __future__ import annotations

from uuid import uuid4

from aftercart.brands.models import Brand
from aftercart.plumbing import bulk
from aftercart.selfservice import queries


def kept_plans() -> int:
    with bulk.cursor() as cursor:
        row = cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%orders_order%'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_the_tracking_page_is_planned_once_and_nothing_else_is_kept(brand: Brand) -> None:
    before = kept_plans()
    for _ in range(8):
        queries.picture(brand, uuid4())
        with bulk.cursor() as cursor:
            cursor.execute("SELECT id FROM orders_order WHERE id = %s", [uuid4()])

    assert kept_plans() - before <= 1 and kept_plans() >= 1

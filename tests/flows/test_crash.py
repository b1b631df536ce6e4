"""The promise behind all others: whatever is killed and whenever, nothing is lost and nothing is said twice."""

from __future__ import annotations

from django.apps import apps

from aftercart.brands.models import Owned
from benchmarks import crash
from benchmarks.crash import books
from benchmarks.crash.killing import KINDS
from tests.flows import folding

# No delivery writes to these: people do, or customers at the page.
BY_HAND = {
    "brands_auditentry", "brands_calendarentry", "brands_member", "brands_source", "brands_storefront",
    "orders_carrierline", "orders_poll",
    "people_consent", "policies_policy", "selfservice_attempt", "words_wording",
}  # fmt: skip


def test_a_shop_whose_servers_are_killed_at_random_ends_as_if_nothing_had_happened() -> None:
    report = crash.experiment(crash.SMALL)

    assert report["problems"] == []
    assert report["deliveries"] == crash.SMALL.deliveries
    assert sum(report["kills"][kind] for kind in KINDS) >= 5
    # It would prove little if nobody had had anything to say.
    assert report["mails_received"] >= 10


def test_the_crash_test_judges_every_table_that_a_brand_has() -> None:
    compared = {*books.FOLDED, *books.OF_THE_MOMENT}
    counted = " ".join(books.COUNTED.values())
    owned = {model._meta.db_table for model in apps.get_models() if issubclass(model, Owned)}

    assert set(folding.TABLES) <= set(books.FOLDED)
    assert {table for table in owned - compared if table not in counted} == BY_HAND

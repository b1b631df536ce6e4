from __future__ import annotations

import pytest
from django.core.management import call_command

from aftercart.plumbing import partitions


@pytest.mark.django_db
def test_no_change_of_a_model_is_left_without_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_event_tables_are_partitioned_from_their_first_migration() -> None:
    assert partitions.partitioned_tables() == [
        "brands_auditentry",
        "intake_delivery",
        "intake_payload",
        "orders_scan",
        "people_pagevisit",
        "risk_contact",
        "tickets_body",
        "tickets_message",
    ]

"""A bounce in the mailbox is a report about the mail that it names."""

from __future__ import annotations

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.mail import parse
from aftercart.facts import Fact
from aftercart.outbox import handover, reports, services
from tests.connectors.mail.test_received import bounce
from tests.flows.test_outbox import owe, row
from tests.world import NOW


def facts(content: bytes) -> list[Fact]:
    return [fact for fact in parse(content, {}) if isinstance(fact, Fact)]


@pytest.mark.parametrize("provider_id", ["", "pm-1"])
def test_a_bounce_finds_its_mail_by_the_name_that_we_gave_it(brand: Brand, provider_id: str) -> None:
    outgoing = owe(brand)
    handover.drain({"email": lambda message: provider_id}, now=NOW)
    named = row(outgoing).message_id.strip("<>").encode()
    told = bounce("5.1.1").replace(b"late-1042@nordwind.example", named)

    reports.record(brand.id, facts(told), NOW)
    reports.record(brand.id, facts(told), NOW)
    assert row(outgoing).outcome == "hard_bounced"
    assert services.unreachable(brand, ["noor@example.com"]) == {"noor@example.com"}


def test_a_forged_bounce_silences_nobody(brand: Brand) -> None:
    """Whoever names no mail that we sent, or somebody else's address, changes nothing."""
    outgoing = owe(brand)
    handover.drain({"email": lambda message: ""}, now=NOW)
    reports.record(brand.id, facts(bounce("5.1.1", to="noor@example.com")), NOW)
    assert row(outgoing).outcome == ""
    assert services.unreachable(brand, ["noor@example.com"]) == set()

"""UPS holds a parcel of Juniper & Clay, for its customer to say something."""

from __future__ import annotations

from typing import Any

from aftercart.brands.models import Brand
from aftercart.facts import Attention, State
from tests.flows.test_watch import MOVING, hear
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

STOPPED = NOW + days(1)


def on_hold(brand: Brand, reason: str = "address", state: State = State.HELD, **known: Any) -> None:
    facts = (placed(), promised(NOW.date() + days(9)), shipped(NOW, number="1Z999AA1"))
    hear(brand, NOW, *facts, scanned(MOVING, NOW, number="1Z999AA1"))
    usual = {"reason": reason, "attention": Attention.ACTION} | known
    hear(brand, STOPPED, scanned(state, STOPPED, number="1Z999AA1", **usual))

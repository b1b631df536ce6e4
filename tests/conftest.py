from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from aftercart.brands.models import Brand
from aftercart.look.compile import compile_catalogues
from aftercart.plumbing import clock
from tests import world

# Translations are compiled at set-up; here too, for they may have changed since.
compile_catalogues()

hypothesis.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis.register_profile("deep", deadline=None, max_examples=2000)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def brand(db: None) -> Brand:
    """Juniper & Clay, the shop that most stories happen in."""
    return world.juniper()


@pytest.fixture
def mid_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's clock stands: no hour and no five minutes end while what happens in them is counted."""
    at = clock.machine().replace(minute=32)
    monkeypatch.setattr(clock, "machine", lambda: at)

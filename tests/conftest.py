from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from aftercart.brands.models import Brand
from aftercart.look.compile import compile_catalogues
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

"""A brand whose tables several processes see, a server in front of it, and a browser on its shop's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aftercart.brands.models import Brand
from tests import world
from tests.flows.chat_world import Browser, opened
from tests.flows.intake_world import Server, database_url, serving


@pytest.fixture
def juniper(transactional_db: None) -> Brand:
    return world.juniper()


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    with serving(database_url()) as running:
        yield running


@pytest.fixture
def alice(server: Server, juniper: Brand) -> Browser:
    """She may open the chat, and has not yet."""
    return Browser(server, opened(juniper)).let_in()

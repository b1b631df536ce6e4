from __future__ import annotations

import pytest
from django.test import Client

from aftercart.brands.models import Brand


@pytest.mark.parametrize("path", ["/t/nobody/", "/nowhere/"])
def test_a_wrong_address_says_what_to_do(brand: Brand, path: str) -> None:
    page = Client().get(path)

    assert page.status_code == 404
    assert "There is no page at this address" in page.content.decode()


def test_a_fault_of_ours_says_so_and_nothing_about_itself(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    client.raise_request_exception = False
    monkeypatch.setattr("aftercart.selfservice.views.get_object_or_404", broken)
    page = client.get("/t/juniper/")

    assert page.status_code == 500
    assert "could not be made" in page.content.decode() and "secret" not in page.content.decode()

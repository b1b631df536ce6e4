from __future__ import annotations

import json

from aftercart.api.snapshot import document
from tests.house.test_sizes import ROOT


def test_the_api_is_as_its_snapshot_says() -> None:
    """Who changes it on purpose writes it anew: aftercart/api/snapshot.py says how."""
    assert json.loads(document()) == json.loads((ROOT / "docs/api/openapi.json").read_text("utf-8"))

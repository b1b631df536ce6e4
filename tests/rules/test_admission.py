from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from aftercart.connectors.registry import FACT_SOURCES
from aftercart.intake.admission import admit
from aftercart.intake.refusals import Refused
from aftercart.intake.sources import Inlet
from aftercart.plumbing.signing import standard_signature

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SECRET = "whsec_anVuaXBlci1hbmQtY2xheS1zZWNyZXQ="
INLET = Inlet(uuid4(), "aftercart", b"token", (SECRET,), "")


def sent(body: bytes) -> dict[str, str]:
    stamp = str(int(NOW.timestamp()))
    signature = standard_signature(SECRET, "msg-1", stamp, body)
    return {"webhook-id": "msg-1", "webhook-timestamp": stamp, "webhook-signature": signature}


@pytest.mark.parametrize(
    ("fact", "param"),
    [
        ({"kind": "order_cancelled", "order_id": 7, "happened_at": "2026-03-01T10:00:00Z"}, "order_id"),
        ({"kind": "order_vanished"}, "kind"),
        ({"kind": "order_cancelled", "order_id": "7", "happened_at": "yesterday"}, "happened_at"),
    ],
)
def test_what_does_not_fit_our_own_schema_is_answered_with_its_field(fact: dict[str, object], param: str) -> None:
    body = msgspec.json.encode({"facts": [fact]})

    with pytest.raises(Refused) as refused:
        admit(FACT_SOURCES["aftercart"], INLET, body, sent(body), NOW)

    assert refused.value.status == 422
    assert param in msgspec.json.decode(refused.value.body)["error"]["param"]


def test_what_fits_is_let_in() -> None:
    fact = {"kind": "order_cancelled", "order_id": "7", "happened_at": "2026-03-01T10:00:00Z"}
    body = msgspec.json.encode({"facts": [fact]})

    assert admit(FACT_SOURCES["aftercart"], INLET, body, sent(body), NOW).key == "msg-1"

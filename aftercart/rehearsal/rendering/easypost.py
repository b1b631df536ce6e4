"""Tracker events as EasyPost sends them, with the newest details instead of the whole history each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from aftercart.facts import ArrivalEstimated, Fact, ParcelScanned
from aftercart.rehearsal.rendering.sending import Sent, stable_id


def number(fact: Fact) -> str:
    if not isinstance(fact, ParcelScanned | ArrivalEstimated):
        raise TypeError(f"EasyPost tells of parcels only, not {type(fact).__name__}")
    return fact.number


def webhook(facts: Sequence[Fact]) -> Sent:
    """One event about one parcel, sent when the last of the facts is known."""
    told = max(fact.reported_at for fact in facts)
    scans = sorted((f for f in facts if isinstance(f, ParcelScanned)), key=lambda scan: scan.happened_at)
    tracker = {
        "id": f"trk_{stable_id(number(facts[0]))}",
        "object": "Tracker",
        "mode": "production",
        "tracking_code": number(facts[0]),
        "carrier": next(f.carrier for f in facts if isinstance(f, ParcelScanned | ArrivalEstimated)),
        "updated_at": _written(told),
        "tracking_details": [_detail(scan) for scan in scans],
    }
    if scans:
        tracker["status"], _, tracker["status_detail"] = scans[-1].code.partition("/")
    for fact in facts:
        if isinstance(fact, ArrivalEstimated):
            tracker["est_delivery_date"] = f"{fact.latest}T00:00:00Z"
    event = {
        "id": f"evt_{stable_id(number(facts[0]), *sorted((type(f).__name__, f.happened_at) for f in facts))}",
        "object": "Event",
        "mode": "production",
        "description": "tracker.updated",
        "created_at": _written(told),
        "result": tracker,
    }
    return Sent("easypost", {}, msgspec.json.encode(event), told)


def _detail(scan: ParcelScanned) -> dict[str, object]:
    status, _, shade = scan.code.partition("/")
    return {
        "object": "TrackingDetail",
        "message": scan.description,
        "status": status,
        "status_detail": shade,
        "datetime": _written(scan.at.instant),
        "source": scan.carrier,
        "tracking_location": {
            "object": "TrackingLocation",
            "city": scan.place.city,
            "state": scan.place.region or None,
            "country": scan.place.country,
            "zip": scan.place.postal_code or None,
        },
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

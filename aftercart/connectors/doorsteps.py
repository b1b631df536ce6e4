"""Where a parcel was left, in one word, from what a carrier writes about it. Never who took it."""

from __future__ import annotations

import re

_PLACES = {
    "locker": r"locker|packstation",
    "neighbour": r"neighbou?r",
    "front_desk": r"front desk|reception",
    "mail_room": r"mail ?room",
    "po_box": r"p\.?o\.? box|post office box",
    "mailbox": r"mail ?box|letter ?box",
    "pickup_point": r"picked up|access point|post office(?! box)|retail",
    "front_door": r"front door|porch|met customer at door",
    "back_door": r"back door|rear door",
    "side_door": r"side door",
    "garage": r"garage",
    "safe_place": r"safe ?place|safe drop|secure location",
    "dock": r"\bdock\b|receiver|shipping/receiving",
    "office": r"\boffice\b|concierge|leasing",
    "agent": r"\bagent\b",
}
_READ = [(reason, re.compile(pattern, re.IGNORECASE)) for reason, pattern in _PLACES.items()]


def left_at(text: str) -> str:
    """'' where it says nothing that we know."""
    return next((reason for reason, pattern in _READ if pattern.search(text)), "")

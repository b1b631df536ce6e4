"""What is written into a chat, without the numbers of cards and accounts, before it is stored anywhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aftercart.facts import MessageReceived, Person
from aftercart.intake.connection import Connection
from aftercart.understanding.privacy import doubtful, private

OURS = """
SELECT number FROM orders_track WHERE brand_id = %b AND number = ANY(%b)
UNION SELECT number_key FROM orders_order WHERE brand_id = %b AND number_key = ANY(%b)
"""


async def blanked(connection: Connection, brand_id: UUID, text: str, at: datetime) -> str:
    """Numbers of the shop's own orders and parcels stay."""
    said = MessageReceived(
        source="chat", happened_at=at, reported_at=at, message_id="", channel="chat", customer=Person(), text=text
    )
    without, asked = doubtful(said)
    if not asked:
        return without.text
    numbers = sorted(asked)
    rows = await connection.run(OURS, [brand_id, numbers, brand_id, numbers])
    return private(said, frozenset(number for (number,) in rows)).text

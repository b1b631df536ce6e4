"""The conversation as its customer sees it: messages of tickets, theirs and ours, without what is internal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from aftercart.chat.resuming import Line
from aftercart.connectors.chat.bodies import message_id
from aftercart.intake import sealed
from aftercart.intake.connection import Connection
from aftercart.plumbing import ids

MOST_LINES = 200

# Notes have no part in it, and neither has what went by another channel than the chat.
LINES = """
SELECT * FROM (
    SELECT m.id, m.direction = 'out', m.at, b.text, b.sender_name,
        CASE WHEN m.files > 0 THEN ARRAY(SELECT ARRAY[f.id::text, f.name] FROM tickets_file f
            WHERE f.brand_id = m.brand_id AND f.message_id = m.id ORDER BY f.position) END
    FROM tickets_body b JOIN tickets_message m USING (id)
    WHERE b.brand_id = %b AND b.thread = %b AND m.brand_id = b.brand_id
        AND m.channel = 'chat' AND m.direction IN ('in', 'out')
    ORDER BY m.at DESC, m.id DESC LIMIT %b
) newest ORDER BY 3, 1
"""
FILE = """
SELECT c.content, c.sealed FROM tickets_file f JOIN tickets_blob c ON c.id = f.blob_id
JOIN tickets_message m ON m.id = f.message_id JOIN tickets_body b ON b.id = f.message_id
WHERE f.id = %b AND f.brand_id = %b AND b.thread = %b AND m.channel = 'chat' AND m.direction IN ('in', 'out')
"""
STORED = """
SELECT p.body, p.sealed FROM intake_seen s JOIN intake_payload p USING (id)
WHERE s.brand_id = %b AND s.source = 'chat' AND s.key = %b
"""
SEEN = """
INSERT INTO chat_conversation (id, brand_id, seen_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[])
ON CONFLICT (id) DO UPDATE SET seen_at = greatest(chat_conversation.seen_at, excluded.seen_at) RETURNING id
"""
LEFT = """
INSERT INTO chat_conversation (id, brand_id, seen_at, email, language) VALUES (%b, %b, %b, %b, %b)
ON CONFLICT (id) DO UPDATE SET email = excluded.email, language = excluded.language,
    seen_at = greatest(chat_conversation.seen_at, excluded.seen_at)
RETURNING id
"""


class _When(msgspec.Struct):
    at: datetime


async def conversation(connection: Connection, brand_id: UUID, thread: str) -> list[Line]:
    """The newest of its lines, in the order of their times."""
    rows = await connection.run(LINES, [brand_id, thread, MOST_LINES])
    return [
        Line(id, ours, at, text, name if ours else "", tuple((one, called) for one, called in files or ()))
        for id, ours, at, text, name, files in rows
    ]


async def file(connection: Connection, brand_id: UUID, thread: str, id: str) -> bytes | None:
    """The content of a file of this conversation; None for any other."""
    try:
        rows = await connection.run(FILE, [UUID(id), brand_id, thread])
    except ValueError:
        return None
    if not rows:
        return None
    content, closed = rows[0]
    try:
        return sealed.opened(brand_id, bytes(content)) if closed else bytes(content)
    except sealed.SealError:
        return None  # of a secret that nobody has any more


def line_id(brand_id: UUID, thread: str, id: str, at: datetime) -> UUID:
    """What the line of a message will be called once it is in its ticket: as tickets call it."""
    return ids.mirrored_event(at, brand_id, "chat", "message", message_id(thread, id))


async def stored_at(connection: Connection, brand_id: UUID, thread: str, id: str) -> datetime | None:
    """The time of a message that came before; None where its bytes are gone."""
    rows = await connection.run(STORED, [brand_id, message_id(thread, id)])
    if not rows or not rows[0][0]:
        return None
    body, closed = rows[0]
    return msgspec.json.decode(sealed.opened(brand_id, bytes(body)) if closed else body, type=_When).at

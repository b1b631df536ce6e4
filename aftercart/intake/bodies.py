from __future__ import annotations

import asyncio

from aftercart.intake import refusals
from aftercart.intake.room import Held
from aftercart.plumbing.asgi import HungUp, Receive

READ_SECONDS = 30.0


def check_length(announced: str, largest: int) -> None:
    """Raises Refused. What is no number was refused by the server; what is not announced is counted as it comes."""
    if announced.isdigit() and (len(announced) > 18 or int(announced) > largest):
        raise refusals.too_large(largest)


async def read(receive: Receive, held: Held, largest: int) -> bytes:
    """The whole body. Raises Refused, Full where there is no room for it, HungUp."""
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(READ_SECONDS):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise HungUp
                chunks.append(message.get("body", b""))
                more = message.get("more_body", False)
                size += len(chunks[-1])
                if size > largest:
                    raise refusals.too_large(largest)
                held.grow(len(chunks[-1]))
    except TimeoutError:
        raise refusals.too_slow() from None
    return b"".join(chunks)

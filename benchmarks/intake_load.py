"""A sender: signed deliveries over some kept-alive connections, each answered before the next. Prints JSON.

Run as a process of its own, so that its work is not counted as the server's.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import sys
import time

SECRET = "bench-secret"
PADDING = "linen, stone grey, 140 by 200 centimetres; "


def body(number: int) -> bytes:
    """An order of about 5.4 kB, different for every number."""
    lines = [
        {"id": number * 10 + n, "title": f"Throw {n}", "quantity": 1, "properties": PADDING * 20} for n in range(6)
    ]
    order = {"id": number, "name": f"#{number}", "updated_at": "2026-03-10T12:00:00+01:00", "line_items": lines}
    return json.dumps(order).encode()


def request(path: str, number: int, run: str) -> bytes:
    content = body(number)
    signature = base64.b64encode(hmac.digest(SECRET.encode(), content, "sha256")).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\nx-shopify-topic: orders/updated\r\n"
        f"x-shopify-hmac-sha256: {signature}\r\nx-shopify-shop-domain: bench.example\r\n"
        f"x-shopify-triggered-at: 2026-03-10T11:00:00Z\r\nx-shopify-webhook-id: {run}-{number}\r\n\r\n"
    )
    return head.encode() + content


async def client(port: int, requests: list[bytes], waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for content in requests:
        begun = time.perf_counter()
        writer.write(content)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"refused: {head.decode()}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        waits.append(time.perf_counter() - begun)
    writer.close()


async def send(port: int, path: str, first: int, count: int, connections: int, run: str) -> dict[str, float]:
    prepared = [request(path, number, run) for number in range(first, first + count)]
    waits: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(client(port, prepared[n::connections], waits) for n in range(connections)))
    seconds = time.perf_counter() - begun
    waits.sort()
    return {
        "sent": count,
        "seconds": seconds,
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[len(waits) * 99 // 100] * 1000,
    }


if __name__ == "__main__":
    port, path, first, count, connections, run = sys.argv[1:]
    print(json.dumps(asyncio.run(send(int(port), path, int(first), int(count), int(connections), run))))

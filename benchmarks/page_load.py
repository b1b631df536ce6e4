"""A reader: pages in turn over some kept-alive connections, each answered before the next. Prints its waits in ms.

Run as a process of its own, so that its work is not counted as the server's. Addresses come on standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


async def reader(port: int, paths: list[str], waits: list[float], more: str) -> None:
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    for path in paths:
        begun = time.perf_counter()
        outgoing.write(
            f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: text/html\r\n{more}\r\n".encode()
        )
        head = await incoming.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {head.decode()}")
        await incoming.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        waits.append((time.perf_counter() - begun) * 1000)
    outgoing.close()


async def read(port: int, paths: list[str], connections: int, more: str) -> list[float]:
    waits: list[float] = []
    await asyncio.gather(*(reader(port, paths[n::connections], waits, more) for n in range(connections)))
    return waits


if __name__ == "__main__":
    port, connections = map(int, sys.argv[1:3])
    more = "".join(f"{line}\r\n" for line in sys.argv[3:])  # further headers
    print(json.dumps(asyncio.run(read(port, json.load(sys.stdin), connections, more))))

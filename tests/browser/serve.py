"""The real application on a loopback port, until its parent is gone or its time is up."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from granian import Granian
from granian.constants import Interfaces

LONGEST = 900.0


def _watch(parent: int) -> None:
    until = time.monotonic() + LONGEST
    while os.getppid() == parent and time.monotonic() < until:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_watch, args=[os.getppid()], daemon=True).start()
    Granian(
        "aftercart.config.asgi:application", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI
    ).serve()

from __future__ import annotations

import sys

from aftercart.connectors.composing import compose
from aftercart.connectors.sending import Message


def console(message: Message) -> str:
    """Mail onto the terminal."""
    compose(message)
    sys.stdout.write(f"\nTo: {message.to}\nSubject: {message.subject}\n\n{message.text}\n")
    sys.stdout.flush()
    return ""

"""Mail into a folder, one .eml for each message, named by its key: for the demo and for trying things out."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from aftercart.connectors.composing import compose
from aftercart.connectors.sending import Message, SendError


@dataclass(frozen=True, slots=True)
class File:
    folder: Path

    def __call__(self, message: Message) -> str:
        content = compose(message).as_bytes()
        name = re.sub(r"[^A-Za-z0-9.-]", "_", message.key.strip("<>"))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # letters to customers
            unfinished = self.folder / f".{name}.{os.getpid()}"
            unfinished.write_bytes(content)
            unfinished.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise SendError(f"{self.folder} cannot be written ({error.strerror})", permanent=False) from None
        return ""

"""A text in a file, as one writes it: `Subject:` and `Segments:` lines first if any, an empty line, the text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(r"(subject|segments)[ ]*:[ ]*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    subject: str = ""
    text: str = ""
    segments: int = 1


def read(content: str) -> Written:
    """Raises ValueError where `Segments:` is no number."""
    lines = content.replace("\r\n", "\n").lstrip("\ufeff\n").split("\n")
    told: dict[str, str] = {}
    while lines and (header := _HEADER.fullmatch(lines[0].strip())):
        told[header[1].lower()] = header[2].strip()
        lines.pop(0)
    segments = told.get("segments", "1")
    if not segments.isdecimal():
        raise ValueError(f"Segments: {segments!r} is no whole number")
    return Written(subject=told.get("subject", ""), text="\n".join(lines).strip(), segments=int(segments))

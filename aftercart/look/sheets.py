"""The stylesheets of a surface as one file, joined from the small files in which they are written.

A stage puts the styles of its pages into `static/<stage>/customer/` or `static/<stage>/desk/`; they are found there.
Cascade layers, not the order of files, decide which rule wins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

SURFACES = ("customer", "desk")


@dataclass(frozen=True, slots=True)
class Sheet:
    text: str
    digest: str


def _files(surface: str) -> Iterator[Path]:
    yield Path(__file__).parent / "static/look/layers.css"
    for app in apps.get_app_configs():
        static = Path(app.path) / "static" / app.label
        yield from sorted(static.glob("shared/*.css"))
        yield from sorted(static.glob(f"{surface}/*.css"))


def _join(surface: str) -> Sheet:
    text = "\n".join(file.read_text() for file in _files(surface))
    return Sheet(text, hashlib.sha256(text.encode()).hexdigest()[:12])


_joined_once = cache(_join)


def sheet(surface: str) -> Sheet:
    return _join(surface) if settings.DEBUG else _joined_once(surface)

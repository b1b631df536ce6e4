"""The wheel needs what requirements/*.in name: one list, not two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

REQUIREMENTS = Path(__file__).parent / "requirements"


def named(file: str) -> list[str]:
    lines = (line.strip() for line in (REQUIREMENTS / file).read_text().splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]


class Requirements(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = named("core.in")
        metadata["optional-dependencies"] = {name: named(f"{name}.in") for name in ("boost", "embeddings", "parquet")}

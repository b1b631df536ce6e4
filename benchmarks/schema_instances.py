"""The barest instances of a JSON Schema: what a sender may legally send us."""

from __future__ import annotations

from typing import Any

_BARE: dict[str, Any] = {"string": "x", "integer": 7, "number": 7, "boolean": False, "null": None}
_FORMATS = {"date-time": "2026-03-02T09:15:20+01:00", "uri": "gid://shopify/Thing/7", "email": "imogen@juniper.example"}


def barest(schema: dict[str, Any], *, nulls: bool) -> Any:
    """Only what is required, lists empty; with `nulls`, null wherever it is allowed."""
    kinds = schema.get("type", "null")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "enum" in schema:
        return schema["enum"][0]
    kind = "null" if nulls and "null" in kinds else next((one for one in kinds if one != "null"), "null")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: barest(properties.get(name, {}), nulls=nulls) for name in schema.get("required", ())}
    if kind == "array":
        items = schema.get("items")
        return [] if nulls or not isinstance(items, dict) else [barest(items, nulls=nulls)]
    return _FORMATS.get(schema.get("format", ""), _BARE[kind])

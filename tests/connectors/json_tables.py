"""The tables of docs/reference/json-endpoint.md. `python -m tests.connectors.json_tables` writes them anew."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import inspect

from aftercart.connectors.aftercart.kinds import KINDS, PARTS, ROWS, STRUCTS
from aftercart.connectors.aftercart.schema import Told

PAGE = Path(__file__).parents[2] / "docs/reference/json-endpoint.md"
MARK = "<!-- The tables below are written by tests/connectors/json_tables.py. -->\n"

_PLAIN = {
    inspect.IntType: "whole number",
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
    inspect.DateType: "day",
}


def _word(kind: inspect.Type) -> str:
    """A type in words."""
    match kind:
        case inspect.StrType(max_length=longest, pattern=pattern):
            return f"text like `{pattern}`" if pattern else f"text up to {longest:,}" if longest else "text"
        case inspect.BytesType(max_length=longest):
            return f"base64 of up to {longest:,} bytes"
        case inspect.DateTimeType(tz=aware):
            return "time with offset" if aware else "local time"
        case inspect.EnumType(cls=cls):
            return " or ".join(f"`{member.value}`" for member in cls) if len(cls) < 6 else f"a {cls.__name__.lower()}"
        case inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case inspect.UnionType(types=types):
            return " or ".join(map(_word, types))
        case inspect.VarTupleType(item_type=item):
            return f"list of {_word(item)}"
        case inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
    return _PLAIN[type(kind)]


def _table(struct: type[msgspec.Struct], *, without: frozenset[str] = frozenset()) -> list[str]:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    rows = [
        f"| `{field.encode_name}` | {_word(field.type)} | {'yes' if field.required else ''} |"
        for field in sorted(info.fields, key=lambda field: not field.required)
        if field.encode_name not in without
    ]
    return ["", "| field | what | needed |", "|---|---|---|", *rows]


def rendered() -> str:
    common = frozenset(Told.__struct_fields__)
    lines = ["", "## Fields", "", "### Of every fact, beside `kind`", *_table(Told)]
    for fact, struct in STRUCTS.items():
        lines += ["", f"### `{KINDS[fact]}`", *_table(struct, without=common)]
    lines += ["", "## Parts"]
    for part in (*PARTS, *dict.fromkeys(ROWS.values())):
        lines += ["", f"### {part.__name__}", *_table(part)]
    return "\n".join(lines) + "\n"


def main() -> None:
    text, mark, _ = PAGE.read_text("utf-8").partition(MARK)
    PAGE.write_text(text + mark + rendered(), "utf-8")


if __name__ == "__main__":
    main()

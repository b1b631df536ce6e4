from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("aftercart", "tests", "benchmarks")


def sources(*suffixes: str) -> Iterator[Path]:
    for folder in CODE:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_file_is_longer_than_300_lines() -> None:
    assert {str(path.relative_to(ROOT)): n for path in sources(".py", ".css", ".js") if (n := lines(path)) > 300} == {}


def test_no_template_is_longer_than_120_lines() -> None:
    assert {str(path.relative_to(ROOT)): n for path in sources(".html") if (n := lines(path)) > 120} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {}
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 40:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert long == {}

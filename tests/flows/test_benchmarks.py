"""Every benchmark runs, at its smallest: what it is made of changes with the product, and nobody runs all each day."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connections

from benchmarks.figures import FIGURES, shown
from tests.cluster import the_cluster

# tests/flows/test_crash.py runs it, and looks at what it says.
ELSEWHERE = {"crash"}
SECONDS = 120
CODE = """
import json, sys
from importlib import import_module
from pathlib import Path
from aftercart.plumbing import postgres
from benchmarks import measuring
name, home, version, database = sys.argv[1:]
measuring.copy_of(postgres.ensure(Path(home), version=int(version)), database)
print(json.dumps(import_module(f"benchmarks.{name}").run(quick=True)))
"""


def ended(command: list[str]) -> tuple[int, str, str]:
    """Exit code, output and errors. Whatever takes too long is ended with the servers that it started."""
    environment = os.environ | {"PYTHONWARNINGS": "default"}
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[2], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        said, errors = process.communicate(timeout=SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return process.returncode, said, errors


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(FIGURES) - ELSEWHERE))
def test_a_benchmark_comes_to_an_end_and_finds_each_of_its_figures(name: str) -> None:
    database = connections["default"].settings_dict["NAME"]
    # It is copied, and nobody may be at it then.
    connections.close_all()

    there = the_cluster()
    command = [sys.executable, "-c", CODE, name, str(there.data), str(there.version), database]
    code, said, errors = ended(command)
    assert code == 0, errors
    found = json.loads(said.splitlines()[-1])

    assert found.get("problems", []) == []
    for figure in FIGURES[name]:
        _, ours, base, _, ratio, *_ = shown(figure, found)
        assert ours and bool(base) == bool(figure.base) and bool(ratio) == bool(figure.ratio), figure

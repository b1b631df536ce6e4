"""`python -m benchmarks [names…] [--quick]`: each figure beside its baseline, as ratios from one run.

Each benchmark is a process of its own. Everything measured goes to var/bench.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import FIGURES, Figure, shown

LONGEST_SECONDS = 3600
KEPT_IN = Path("var/bench.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which of {', '.join(FIGURES)}; all unless given")
    parser.add_argument("--quick", action="store_true", help="small: to see that it works, not to quote")
    given = parser.parse_args()
    if unknown := set(given.names) - set(FIGURES):
        parser.error(f"name: there is no benchmark called {', '.join(sorted(unknown))}, only {', '.join(FIGURES)}")
    results: dict[str, Any] = {}
    failed = []
    for name in given.names or FIGURES:
        print(f"{name} …", file=sys.stderr, flush=True)
        found = _measured(name, quick=given.quick)
        if found is None:
            failed.append(name)
        else:
            results[name] = found
    _keep(results, quick=given.quick)
    _show(results)
    for name in failed:
        print(f"{name} did not come to an end", file=sys.stderr)
    broken = [problem for found in results.values() for problem in found.get("problems", [])]
    for problem in broken:
        print(problem, file=sys.stderr)
    return 1 if failed or broken else 0


def _measured(name: str, *, quick: bool) -> dict[str, Any] | None:
    code = f"import json; from benchmarks.{name} import run; print(json.dumps(run(quick={quick})))"
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=LONGEST_SECONDS, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, json.JSONDecodeError, IndexError) as error:
        print(error, file=sys.stderr)
        return None
    return found | {"took_seconds": round(time.monotonic() - begun, 1)}


def _keep(results: dict[str, Any], *, quick: bool) -> None:
    KEPT_IN.parent.mkdir(exist_ok=True)
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    KEPT_IN.write_text(json.dumps({"quick": quick, "machine": machine, "results": results}, indent=2) + "\n")


def _show(results: dict[str, Any]) -> None:
    table = Table(title="Measured beside its baseline, in one run")
    for title in ("", "ours", "baseline", "", "ratio", "aim", ""):
        table.add_column(title, justify="right" if title in ("ours", "ratio") else "left")
    for name, found in results.items():
        figures: tuple[Figure, ...] = FIGURES[name]
        for figure in figures:
            table.add_row(*shown(figure, found))
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 150).print(table)


if __name__ == "__main__":
    sys.exit(main())

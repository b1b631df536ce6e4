"""The wheel alone, in an empty virtual environment, far from the checkout: does it carry everything that it needs?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.house.test_sizes import ROOT
from tests.mailserver import free_port


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(made.glob("*.whl"))


@pytest.fixture(scope="module")
def empty(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel and what it requires."""
    place = tmp_path_factory.mktemp("empty")
    venv.create(place / "venv", with_pip=True)
    pip = [str(place / "venv/bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    core = ROOT / "requirements/core.txt"
    subprocess.run([*pip, "--require-hashes", "-r", str(core)], check=True, capture_output=True, timeout=280)
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True, timeout=60)
    return place


def test_the_version_is_that_of_the_changelog(wheel: Path) -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)

    assert newest is not None and wheel.name.startswith(f"aftercart-{newest.group(1)}-")


def test_the_wheel_carries_templates_styles_texts_and_compiled_translations(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        metadata = file.read(next(name for name in names if name.endswith("METADATA"))).decode()

    for needed in (".html", ".css", ".toml", ".svg", "django.mo", "0001_initial.py", "py.typed"):
        assert any(name.startswith("aftercart/") and name.endswith(needed) for name in names), needed
    assert "Requires-Dist: django" in metadata and "Provides-Extra: parquet" in metadata


@pytest.fixture
def running(empty: Path, transactional_db: None) -> Iterator[str]:
    """`aftercart web` from the wheel, on the test's own database."""
    database = settings.DATABASES["default"]
    url = f"host='{database['HOST']}' port={database['PORT']} dbname='{database['NAME']}' user='{database['USER']}'"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    environment |= {"DATABASE_URL": url, "AFTERCART_VAR": str(empty / "var"), "AFTERCART_DATABASE_POOL": "4"}
    port = free_port()
    command = [str(empty / "venv/bin/aftercart"), "web", "--port", str(port)]
    process = subprocess.Popen(command, cwd=empty, env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_it_starts_from_an_empty_environment_and_serves_its_own_pages(running: str) -> None:
    page = None
    for _ in range(150):
        try:
            page = httpx.get(f"{running}/login/", timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.1)

    assert page is not None and page.status_code == 200
    needs = re.findall(r'(?:href|src)="(/(?:look|static)/[^"]+)"', page.text)
    assert len(needs) >= 2 and all(httpx.get(running + need, timeout=5).status_code == 200 for need in needs)


HEAVY = ("sklearn", "lightgbm", "scipy", "pyarrow", "pandas", "numpy", "mcp", "duckdb", "statsforecast", "hypothesis")


def test_serving_imports_nothing_heavy_at_its_start() -> None:
    code = "import aftercart.config.asgi, aftercart.pipeline, aftercart.cli.main, aftercart.cli.worker, sys;" + (
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "aftercart.config.settings"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT, check=True
    )
    assert told.stdout.strip() == "[]"

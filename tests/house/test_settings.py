from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.house.test_sizes import ROOT

SETTINGS = (ROOT / "aftercart/config/settings.py").read_text("utf-8")
PAGE = (ROOT / "docs/reference/settings.md").read_text("utf-8")


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', SETTINGS))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", PAGE, flags=re.MULTILINE))

    assert read == documented


def test_settings_are_read_in_one_file_only() -> None:
    # These say which settings module counts, hand the environment on to a child, or tell numpy how many threads to
    # take: none reads a setting.
    may = {
        f"aftercart/{name}.py"
        for name in (
            "config/environment", "config/wsgi", "cli/setup", "cli/demo", "cli/serving", "promises/arrivals/__init__",
        )
    }  # fmt: skip
    readers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "aftercart").rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text("utf-8"))
    }
    assert readers - may == set()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AFTERCART_INTAKE_MAX_BYTES", "many", "not a whole number"),
        ("AFTERCART_DEBUG", "perhaps", "neither yes nor no"),
        ("AFTERCART_SMTP_URL_FILE", "/nowhere/at/all", "cannot be read"),
        ("AFTERCART_MAIL", "pigeon", "is none of"),
        ("AFTERCART_CARRIER_HOST", "https://elsewhere.example", "is no address of this machine"),
    ],
)
def test_an_odd_value_stops_the_start_with_its_name_and_the_reason(name: str, value: str, reason: str) -> None:
    environment = os.environ | {name: value, "DJANGO_SETTINGS_MODULE": "aftercart.config.settings"}
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd=ROOT)

    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith(f"{name}: ") and reason in ended.stderr

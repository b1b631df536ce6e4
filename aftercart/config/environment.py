"""Typed readers of the environment. An odd value stops the start with its name and the reason."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path


class SettingError(SystemExit):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


def env_text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def env_choice(name: str, known: tuple[str, ...]) -> str:
    """One of the known words; the first is the default."""
    value = os.environ.get(name) or known[0]
    if value not in known:
        raise SettingError(name, f"{value!r} is none of {', '.join(known)}")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    try:
        return known[value.lower()]
    except KeyError:
        raise SettingError(name, f"{value!r} is neither yes nor no") from None


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except ValueError:
        raise SettingError(name, f"{value!r} is not a whole number") from None


def env_float(name: str, default: float) -> float:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return float(value)
    except ValueError:
        raise SettingError(name, f"{value!r} is not a number") from None


def env_loopback(name: str) -> str:
    """An address on this machine, such as http://127.0.0.1:8099, or ''."""
    value = os.environ.get(name, "").rstrip("/")
    if value and not re.fullmatch(r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?", value):
        raise SettingError(name, f"{value!r} is no address of this machine, such as http://127.0.0.1:8099")
    return value


def env_list(name: str, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    return default if not value else [item.strip() for item in value.split(",") if item.strip()]


def env_path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).absolute()


def env_secret(name: str, *, default: str = "", kept_in: Path | None = None) -> str:
    """A secret from NAME, from the file that NAME_FILE names, or (with `kept_in`) made once and kept there."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE", f"cannot be read ({error.strerror})") from None
    return default if kept_in is None else _kept(name, kept_in)


def _kept(name: str, path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise SettingError(name, f"is not set, and {path} cannot be written ({error.strerror})") from None

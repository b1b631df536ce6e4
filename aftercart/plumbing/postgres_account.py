"""Who owns the data of a private PostgreSQL and runs its server, and running something as them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    raise ImportError("The private PostgreSQL is for Linux and macOS; on Windows set DATABASE_URL or use WSL.")
import pwd

SERVICE_ACCOUNTS = ("postgres", "_postgres", "nobody")
ADVICE = {
    errno.EACCES: "is not open to user {user}; give it to that user or choose another directory",
    errno.EPERM: "is not open to user {user}; give it to that user or choose another directory",
    errno.EROFS: "is on a read-only file system; choose another directory",
    errno.ENOSPC: "is on a full disk; free some space and try again",
    errno.EDQUOT: "is over its disk quota; free some space and try again",
    errno.ENOTDIR: "is a file or lies below one; choose another directory",
    errno.EEXIST: "is a file or lies below one; choose another directory",
}


class PostgresError(RuntimeError):
    """One sentence for the operator: what failed, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int
    name: str


def account_for(pgdata: Path) -> Account:
    """PostgreSQL refuses to run as root: then it runs as the owner of the data, or as a system account."""
    uid = os.geteuid()
    if uid == 0 and pgdata.exists():
        uid = pgdata.stat().st_uid
    candidates = (name_of(uid),) if uid else SERVICE_ACCOUNTS
    for name in candidates:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise PostgresError(
        f"PostgreSQL in {pgdata} needs a user with a name, and there is no {' or '.join(candidates)} here; "
        "add such a user or set DATABASE_URL."
    )


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def run_as(account: Account, arguments: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run to its end as `account`, seeing neither the caller's libpq settings nor its working directory."""
    if account.uid != os.geteuid():
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    return subprocess.run(
        arguments,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        text=True,
        umask=0o077,
        check=False,
        **options,
    )


def closed_to(account: Account, path: Path) -> Path | None:
    """The first step on the way to `path` that `account` may not take; the kernel says, not modes alone."""
    steps = [*reversed(path.parents), path]
    count = 'n=0; for step; do test -x "$step" || break; n=$((n+1)); done; echo $n'
    asked = run_as(account, ["/bin/sh", "-c", count, "sh", *map(str, steps)], stdout=subprocess.PIPE)
    open_steps = int(asked.stdout)
    return steps[open_steps] if open_steps < len(steps) else None


def explained(home: Path, error: OSError) -> PostgresError:
    advice = ADVICE.get(error.errno or 0, f"cannot be used ({error.strerror or error})")
    where = error.filename or home
    return PostgresError(f"PostgreSQL in {home}: {where} {advice.format(user=name_of(os.geteuid()))}.")

"""The processes of a private PostgreSQL: making its files, starting it, finding it, burying it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from aftercart.plumbing.postgres_account import Account, PostgresError, run_as
from aftercart.plumbing.postgres_binaries import binary_for
from aftercart.plumbing.postgres_place import PGDATA, write

PORT = 5432
ADMIN = "postgres"
ROLE = "aftercart"
LOG = "server.log"
LONGEST_LOG = 16 * 1024 * 1024
PATIENCE_SECONDS = 5
BURIAL_SECONDS = 15
# Sorted by code point, folded by Unicode, on both versions and whatever the machine's locales are.
LOCALES: dict[int, tuple[list[str], ...]] = {
    18: (["--locale-provider=builtin", "--builtin-locale=C.UTF-8"],),
    16: (["--lc-ctype=C.UTF-8"], ["--lc-ctype=C"]),
}
# What a managed service would give an application: it makes databases and backs them up, no more.
ROLES = f"""\
CREATE ROLE {ROLE} LOGIN CREATEDB REPLICATION;
GRANT pg_monitor, pg_checkpoint, pg_signal_backend TO {ROLE};
"""
HBA = f"""\
local all         {ROLE},{ADMIN} peer map=owner
local replication {ROLE},{ADMIN} peer map=owner
"""


@dataclass(frozen=True, slots=True)
class Postmaster:
    pid: int
    port: int
    socket_dir: Path


def postmaster(pgdata: Path) -> Postmaster | None:
    """What postmaster.pid says; None where the file is absent or not yet whole. The process may be dead."""
    try:
        pid, _, _, port, sockets, *_ = (pgdata / "postmaster.pid").read_text().splitlines()
        found = Postmaster(int(pid), int(port), Path(sockets))
    except (FileNotFoundError, ValueError):
        return None
    return found if found.pid > 0 and sockets else None


def running(pgdata: Path) -> Postmaster | None:
    found = postmaster(pgdata)
    return found if found and lives(pgdata, found.pid) else None


def initialise(place: Path, account: Account, version: int, *, durable: bool) -> None:
    fresh = place / f"{PGDATA}.new"
    command = [str(binary_for(account, "initdb", version)), "-D", str(fresh), "-U", ADMIN, "--auth=reject"]
    command += ["--encoding=UTF8", "--locale=C", "--data-checksums", *([] if durable else ["--no-sync"])]
    command += ["--set", "TimeZone=UTC", "--set", "log_timezone=UTC", "--set", "max_connections=100"]
    command += ["--set", "shared_buffers=128MB"]
    alone = [str(binary_for(account, "postgres", version)), "--single", "-D", str(fresh), "postgres"]
    for locale in LOCALES[version]:
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, account.uid, account.gid)
        done = run_as(account, command + locale, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            done = run_as(account, alone, input=ROLES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0 and "ERROR" not in done.stdout:
            # Whoever finds `pgdata` finds a whole cluster, even if we die half-way.
            fresh.rename(place / PGDATA)
            return
        shutil.rmtree(fresh, ignore_errors=True)
        if "invalid locale" not in done.stdout:
            break
    raise PostgresError(f"PostgreSQL {version} could not make a cluster in {place}: {_reason(done.stdout)}.")


def launch(place: Path, account: Account, version: int, sockets: Path, settings: Mapping[str, str]) -> None:
    """Start the server in a session of its own and return once it has written postmaster.pid."""
    write(place / "pg_hba.conf", HBA)
    owners = sorted({"root", account.name})
    write(place / "pg_ident.conf", "".join(f'owner "{n}" {r}\n' for n in owners for r in (ROLE, ADMIN)))
    command = [str(binary_for(account, "postgres", version)), "-D", str(place / PGDATA)]
    for name, value in (dict(settings) | _fixed(place, sockets)).items():
        command += ["-c", f"{name}={value}"]
    log = _opened_log(place, account)
    try:
        start = os.fstat(log).st_size
        # The shell orphans the server at once, so that it is neither our child nor a zombie of ours.
        orphan = ["/bin/sh", "-c", 'exec "$@" >&2 & echo $!', "sh", *command]
        done = run_as(account, orphan, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    finally:
        os.close(log)
    pid = int(done.stdout)
    while (found := postmaster(place / PGDATA)) is None or found.pid != pid:
        if not lives(place / PGDATA, pid):
            raise PostgresError(f"PostgreSQL in {place} did not start: {last_words(place, start)}.")
        time.sleep(0.01)


def _fixed(place: Path, sockets: Path) -> dict[str, str]:
    quoted = str(sockets).replace('"', '""')
    return {
        "cluster_name": tag(place / PGDATA),
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(place / "pg_hba.conf"),
        "ident_file": str(place / "pg_ident.conf"),
    }


def _opened_log(place: Path, account: Account) -> int:
    path = place / LOG
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        path.replace(place / f"{LOG}.old")
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if account.uid != os.geteuid():
        os.fchown(log, account.uid, account.gid)
    return log


def last_words(place: Path, start: int = 0) -> str:
    with (place / LOG).open(errors="replace") as log:
        log.seek(start)
        return _reason(log.read())


def _reason(output: str) -> str:
    lines = [line.strip().rstrip(".") for line in output.splitlines() if line.strip()]
    matches = (re.search(r"(?:FATAL|PANIC|ERROR|error|HINT): +(.+)", line) for line in lines)
    told = [found[1] for found in matches if found]
    reason = "; ".join((told or lines)[-4:]) or "it said nothing"
    return f"{reason}; free some space and try again" if "No space left" in output else reason


def lives(pgdata: Path, pid: int) -> bool:
    """Whether `pid` is a server of this data directory; not a zombie, nor a stranger with a used number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        name = _cluster_of(process)
        # One started by hand carries no name: better to believe that it lives.
        return name == tag(pgdata) or (not name and process.name() == "postgres")
    except psutil.Error:
        return False


def processes(pgdata: Path) -> list[psutil.Process]:
    """Every living process of this cluster's servers."""
    name = tag(pgdata)
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            living = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
            if living and _cluster_of(process) == name:
                found.append(process)
    return found


def _cluster_of(process: psutil.Process) -> str:
    """The name that we gave the cluster, as every process of it shows; other users' are readable too."""
    words = " ".join(process.cmdline())
    found = re.search(r"(?:cluster_name=|^postgres: )(aftercart-\d+-\d+)", words)
    return found[1] if found else ""


def bury(pgdata: Path, sockets: Path) -> None:
    """After the postmaster's death: wait for its children, end them, remove what would pass for its locks."""
    begun = time.monotonic()
    while remaining := processes(pgdata):
        waited = time.monotonic() - begun
        if waited > BURIAL_SECONDS:
            pids = ", ".join(str(p.pid) for p in remaining)
            raise PostgresError(f"PostgreSQL in {pgdata.parent} died, but its processes {pids} do not; end them.")
        for process in remaining if waited > PATIENCE_SECONDS else ():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)
    # PostgreSQL judges by itself, and better, about a number that no process has.
    if (dead := postmaster(pgdata)) and psutil.pid_exists(dead.pid):
        (pgdata / "postmaster.pid").unlink(missing_ok=True)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (sockets / name).unlink(missing_ok=True)


def tag(pgdata: Path) -> str:
    """The cluster's name in process titles and sockets: a moved directory keeps it, a copy gets another."""
    found = pgdata.stat()
    return f"aftercart-{found.st_dev}-{found.st_ino}"

"""Which PostgreSQL we talk to: the one that DATABASE_URL names, or the private one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

NAME = "aftercart"


def conninfo(url: str, *, private: Path, version: int) -> str:
    """The address of the database; the private PostgreSQL is started first where `url` is empty."""
    if url:
        return url
    from aftercart.plumbing import postgres

    cluster = postgres.ensure(private, version=version)
    postgres.create_database(cluster, NAME)
    return cluster.url(NAME)


def django_settings(url: str, *, private: Path, version: int, pool: int) -> dict[str, Any]:
    """Django's DATABASES entry. A pool of `pool` connections a process; 0 keeps one for each thread instead."""
    parts: dict[str, Any] = dict(conninfo_to_dict(conninfo(url, private=private, version=version)))
    options: dict[str, Any] = {}
    for ours, theirs in (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host")):
        options[ours] = str(parts.pop(theirs, ""))
    port = str(parts.pop("port", ""))
    if pool:
        parts["pool"] = {"min_size": 1, "max_size": pool, "timeout": 30}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **options,
        "PORT": port,
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }


def parameters() -> dict[str, Any]:
    """How Django reaches the database, as psycopg's own arguments."""
    from django.db import connections

    found = connections["default"].settings_dict
    options = {name: value for name, value in found["OPTIONS"].items() if name != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return options | {theirs: found[ours] for theirs, ours in named.items() if found[ours]}

"""What a command needs before it touches the database. Called by the commands, not at import: `--help` stays quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def django() -> None:
    """Configure Django; starts the private PostgreSQL where there is no DATABASE_URL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    import django as framework

    framework.setup()


@contextmanager
def clear_errors() -> Iterator[None]:
    """End with exit code 1 and one plain line for what the user can mend; a traceback is for what only we can."""
    from django.db import OperationalError, ProgrammingError

    from aftercart.plumbing.postgres import PostgresError

    try:
        yield
    except PostgresError as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"the database cannot be used: {str(error).strip().splitlines()[0]}")
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        fail("the database has no tables yet, or old ones: run `aftercart migrate`")


def fail(message: str) -> NoReturn:
    """One plain line, exit code 1."""
    sys.stderr.write(f"aftercart: {message}\n")
    raise SystemExit(1)

"""Connecting a carrier that we ask, in place of one that tells us."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from aftercart.cli import setup

if TYPE_CHECKING:
    from aftercart.brands.models import Brand


def connect(owner: Brand, kind: str, told: Sequence[str], *, sandbox: bool, per_hour: int | None) -> None:
    from aftercart.connectors.registry import TRACKERS
    from aftercart.orders.polling import lines

    tracker = TRACKERS[kind]
    lines.connect(owner, kind, _secrets(tracker.SECRETS, told), sandbox=sandbox, per_hour=per_hour)
    host = tracker.SANDBOX if sandbox else tracker.HOST
    typer.echo(f"Asking   {host} for parcels that left in the last 30 days and are still on their way")


def _secrets(names: tuple[str, ...], told: Sequence[str]) -> dict[str, str]:
    found = given(names, told)
    if missing := [name for name in names if name not in found]:
        setup.fail(f"set: {', '.join(missing)} missing; write --set NAME=VALUE for each")
    return found


def line() -> str:
    """What stands on the next line of the input."""
    return sys.stdin.readline().rstrip("\r\n")


def given(names: Sequence[str], told: Sequence[str]) -> dict[str, str]:
    """Each credential by its name. One that is "-" is read from a line of the input."""
    found: dict[str, str] = {}
    for pair in told:
        name, equals, value = pair.partition("=")
        if not equals or name not in names:
            setup.fail(f"set: {name!r} is none of {', '.join(names)}; write NAME=VALUE")
        found[name] = line() if value == "-" else value
        if not found[name] or not found[name].isascii() or not found[name].isprintable():
            setup.fail(f"set: {name} is empty, or holds what cannot be written into a header")
    return found

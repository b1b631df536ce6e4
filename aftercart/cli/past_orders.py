"""What the backtests share: one file of past orders, whose columns may be called otherwise, and clear complaints."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.progress import Progress

from aftercart.cli.aliases import with_aliases
from aftercart.watch.history import Past, Refused, UnreadableFile, columns_of, read

REFUSALS_SHOWN = 20


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"aftercart: {message}\n")
    raise SystemExit(1)


def one_file(files: Sequence[str]) -> Path:
    if len(files) != 1:
        fail(f"one FILE is needed, not {len(files)}: {' '.join(files)}")
    return Path(files[0])


def file_and_names(given: Sequence[str], renamed: Iterable[str], known: Collection[str]) -> tuple[Path, dict[str, str]]:
    """`--map a=b c=d` leaves all but the first pair among the arguments."""
    files = [word for word in given if "=" not in word or Path(word).exists()]
    return one_file(files), names_of([*renamed, *(word for word in given if word not in files)], known)


def names_of(pairs: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """The file's names of columns → ours."""
    names: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = (part.strip() for part in pair.partition("="))
        if not equals or not theirs:
            fail(f"--map: {pair!r} is not THEIRS=OURS")
        if ours not in known:
            fail(f"--map: {ours!r} is not one of our columns, which are {', '.join(known)}")
        if theirs in names or ours in names.values():
            fail(f"--map: {pair!r} names a column for the second time")
        names[theirs] = ours
    return names


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        fail(f"--zone: {name!r} is not a time zone; it is written like America/Sao_Paulo")


def past_orders(
    file: Path, names: dict[str, str], zone: ZoneInfo, progress: Progress
) -> tuple[list[Past], list[Refused]]:
    """Orders that can be used, and rows that cannot; columns that nobody named are found by their usual names."""
    reading = progress.add_task("reading", total=None)
    history: list[Past] = []
    refused: list[Refused] = []
    try:
        for row in read(file, names=with_aliases(columns_of(file), names), zone=zone):
            if isinstance(row, Past):
                history.append(row)
            else:
                refused.append(row)
    except UnreadableFile as error:
        fail(str(error))
    progress.remove_task(reading)
    if not history:
        fail(f"{file.name}: " + (f"line {refused[0].line}: {refused[0].reason}" if refused else "holds no rows"))
    return history, refused


def say_refused(refused: Iterable[tuple[int, str]], errors: Console) -> None:
    rows = list(refused)
    for line, reason in rows[:REFUSALS_SHOWN]:
        errors.print(f"line {line}: {reason}", markup=False, highlight=False)
    if len(rows) > REFUSALS_SHOWN:
        errors.print(f"… and {len(rows) - REFUSALS_SHOWN} more rows were left out")

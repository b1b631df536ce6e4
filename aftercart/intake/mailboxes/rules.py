"""Whose mail it is, how much of it is fetched at a time, and how long a mailbox in trouble is left alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

# Fetched and stored together: what a commit holds, and a process has in its memory, is bounded by both.
AT_ONCE, BYTES_AT_ONCE = 50, 8_000_000
# Some servers break the line at a mail that they cannot read themselves: after so many tries it is passed over.
PATIENCE = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
# Credentials that were refused are tried again so seldom that no account is locked; adding it anew tries at once.
AFTER_REFUSAL = timedelta(hours=1)
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")


def address(text: str) -> str:
    """An address of ours as it is compared. ValueError where it is none."""
    found = text.strip().lower()
    if not _ADDRESS.fullmatch(found):
        raise ValueError(f"address: {text!r} is no address")
    return found


def owner(recipient: str, owners: Mapping[str, T]) -> T | None:
    """Whose address it is: as it stands, or without what stands behind a plus."""
    found = recipient.strip().strip("<>").lower()
    name, _, host = found.rpartition("@")
    return owners.get(found) or owners.get(f"{name.partition('+')[0]}@{host}")


def batches(sizes: Sequence[tuple[int, int]], at_once: int = AT_ONCE) -> Iterator[list[tuple[int, int]]]:
    """(number, bytes) in order, as many together as may be; one that is larger by itself stands alone."""
    batch: list[tuple[int, int]] = []
    held = 0
    for number, size in sorted(sizes):
        if batch and (len(batch) >= at_once or held + size > BYTES_AT_ONCE):
            yield batch
            batch, held = [], 0
        batch.append((number, size))
        held += size
    if batch:
        yield batch


def pause(failures: int, chance: float, *, refused: bool) -> timedelta:
    """How long to leave a mailbox alone after its `failures`-th trouble in a row. `chance` (0 to 1) spreads them."""
    if refused:
        return AFTER_REFUSAL
    return min(FIRST_PAUSE * (1 << min(max(failures - 1, 0), 10)), LONGEST_PAUSE) * (0.5 + chance / 2)


def joined(addresses: Iterable[str]) -> str:
    """As a header of a delivery holds them."""
    return ",".join(dict.fromkeys(addresses))

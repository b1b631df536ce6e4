"""What people set on a ticket, as if one of their acts had never been done; what was set after it stays. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]  # of what was set, by name, as acts keep it


class Setting(NamedTuple):
    """An act that set something: what it was before, what it is after."""

    before: Values
    after: Values
    undone: bool = False


def tags_without(tags: Collection[str], done: Setting) -> list[str]:
    before, after = set(done.before["tags"]), set(done.after["tags"])
    return sorted((set(tags) - (after - before)) | (before - after))


def values_without(current: Values, done: Setting, earlier: Iterable[Setting]) -> Values | None:
    """What is to be set; None where something else has been set since. `earlier`: acts of the kind, the newest first.

    What an earlier act had set and is undone itself does not come back.
    """
    if any(current[name] != value for name, value in done.after.items() if name in current):
        return None
    before = done.before
    for one in earlier:
        if not one.undone or any(one.after.get(name) != before[name] for name in current):
            break
        before = one.before
    return {name: before[name] for name in current}

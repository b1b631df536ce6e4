"""One timeline of a ticket: what was written on any channel, what the parcel did, what we told, who did what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aftercart.desk.queries.messages import Deed, Letter
from aftercart.desk.rules import Run, runs
from aftercart.story.causes import cause_in_words
from aftercart.story.queries import Known
from aftercart.story.timeline import Entry, entries
from aftercart.tickets.models import Act

ICONS = {
    Act.RESOLVE: "done", Act.REOPEN: "refresh", Act.MERGE: "merge", Act.SPLIT: "split", Act.RELABEL: "label",
    Act.ASSIGN: "person", Act.TAG: "label", Act.SNOOZE: "clock", Act.WAKE: "clock",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One of the three: a message, an event of the order's story, an act of a colleague."""

    at: datetime
    letter: Letter | None = None
    event: Entry | None = None
    deed: Deed | None = None

    @property
    def slim(self) -> bool:
        return self.letter is None

    @property
    def icon(self) -> str:
        return ICONS.get(self.deed.kind, "check") if self.deed else ""

    @property
    def words(self) -> str:
        return deed_in_words(self.deed) if self.deed else ""


def told(letters: Iterable[Letter], acts: Iterable[Deed], known: Known | None) -> list[Run[Line]]:
    """The oldest first."""
    lines = [Line(one.at, letter=one) for one in letters]
    lines += [Line(one.at, deed=one) for one in acts]
    lines += [Line(one.at, event=one) for one in entries(known)[::-1]] if known else []
    return runs(sorted(lines, key=lambda line: line.at))


def deed_in_words(deed: Deed) -> str:
    """ "Ana resolved it", "Ana gave it to Ben", "Ana snoozed it until the next scan"."""
    detail, after = deed.detail, deed.detail.get("after", {})
    match deed.kind:
        case Act.RESOLVE | Act.REOPEN:
            said = "resolved it" if deed.kind == Act.RESOLVE else "opened it again"
        case Act.MERGE:
            said = f"merged #{detail.get('number', '')} into it"
        case Act.SPLIT:
            count = len(detail.get("messages", ()))
            said = f"split {count} message{'' if count == 1 else 's'} off"
        case Act.RELABEL:
            said = f"called it: {cause_in_words(detail['cause'])}" if detail.get("cause") else "named its order"
        case Act.ASSIGN:
            to = detail.get("to", "")
            said = "put it back" if not to else "took it" if to == deed.by else f"gave it to {to}"
        case Act.TAG:
            said = f"tagged it: {', '.join(after.get('tags', [])) or 'nothing'}"
        case Act.SNOOZE:
            said = f"snoozed it until {_until(after)}"
        case Act.WAKE:
            said = "woke it"
        case _:
            said = deed.kind
    return f"{deed.by} {said}"


def _until(after: dict[str, str | None]) -> str:
    if moment := after.get("snoozed_until"):
        return f"{datetime.fromisoformat(moment):%a %-d %B, %H:%M} UTC"
    return "the next scan" if after.get("wakes_on") == "scan" else "the customer writes"

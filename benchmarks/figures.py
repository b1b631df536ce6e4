"""What the table of `python -m benchmarks` shows: where each figure is found, beside what, and what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`ours`, `base` and `ratio` are paths into what a benchmark returned, such as "p50_ms.page".

    `aim` is the largest `ratio` that is good enough, or the least one where `more` is better; without a `ratio` it is
    about `ours`.
    """

    title: str
    ours: str
    unit: str
    base: str = ""
    beside: str = ""
    ratio: str = ""
    aim: float | None = None
    more: bool = False


FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "intake": (
        Figure(
            title="intake: CPU for a delivery", ours="cpu_us.ours", unit="µs", base="cpu_us.bare",
            beside="Starlette + asyncpg insert", ratio="cpu_to_bare", aim=1.4,
        ),
        Figure(
            title="intake: CPU for a delivery", ours="cpu_us.ours", unit="µs", base="cpu_us.orm",
            beside="Django ORM view", ratio="cpu_to_orm",
        ),
        Figure(
            title="intake: accepted", ours="accepted_per_second.ours", unit="/s", base="accepted_per_second.bare",
            beside="Starlette + asyncpg insert",
        ),
    ),
    "drain": (
        Figure(
            title="drain: CPU for a scan, end to end", ours="cpu_microseconds_per_scan.drain", unit="µs",
            base="cpu_microseconds_per_scan.bare", beside="bare COPY and merge", ratio="drain_to_bare", aim=0.5,
            more=True,
        ),
        Figure(
            title="drain: CPU for a scan, parse and fold", ours="cpu_microseconds_per_scan.record", unit="µs",
            base="cpu_microseconds_per_scan.bare", beside="bare COPY and merge", ratio="record_to_bare",
        ),
        Figure(
            title="drain: scans taken", ours="scans_per_second.drain", unit="/s", base="scans_per_second.bare",
            beside="bare COPY and merge", ratio="drain_to_bare_by_wall",
        ),
    ),
    "sweep": (
        Figure(
            title="sweep: nothing due", ours="nothing_due_ms", unit="ms", base="nothing_due_bare_ms",
            beside="one UPDATE … RETURNING", aim=5,
        ),
        Figure(
            title="sweep: everything due", ours="seconds.clock", unit="s", base="bare_seconds.clock",
            beside="one UPDATE … INSERT", ratio="to_bare",
        ),
        Figure(title="sweep: CPU for one look", ours="cpu_ms_per_look", unit="ms"),
    ),
    "reassess": (
        Figure(
            title="disruption: a million parcels believed anew", ours="seconds.clock", unit="s",
            base="bare_seconds.clock", beside="one INSERT … SELECT", ratio="to_bare",
        ),
        Figure(title="disruption: the same, by the clock", ours="seconds.clock", unit="s", aim=30),
    ),
    "page": (
        Figure(
            title="page: p50, one at a time", ours="one_at_a_time.p50_ms.page", unit="ms",
            base="one_at_a_time.p50_ms.empty", beside="empty Django view", ratio="one_at_a_time.p50_to_empty", aim=4,
        ),
        Figure(
            title="page: p99, one at a time", ours="one_at_a_time.p99_ms.page", unit="ms",
            base="one_at_a_time.p99_ms.empty", beside="empty Django view", ratio="one_at_a_time.p99_to_empty", aim=4,
        ),
        Figure(
            title="page: CPU for a page", ours="one_at_a_time.cpu_ms.page", unit="ms",
            base="one_at_a_time.cpu_ms.empty", beside="empty Django view", ratio="one_at_a_time.cpu_to_empty",
        ),
        Figure(
            title="page: p50, eight together", ours="together.p50_ms.page", unit="ms", base="together.p50_ms.empty",
            beside="empty Django view", ratio="together.p50_to_empty",
        ),
    ),
    "quote": (
        Figure(
            title="quote: p50 over thousands of lanes", ours="p50_ms.quote", unit="ms", base="p50_ms.empty",
            beside="empty Django view", ratio="p50_to_empty", aim=4,
        ),
        Figure(
            title="quote: p99 over thousands of lanes", ours="p99_ms.quote", unit="ms", base="p99_ms.empty",
            beside="empty Django view", ratio="p99_to_empty", aim=4,
        ),
    ),
    "decisions": (
        Figure(
            title="decisions: concerns decided, words owed", ours="decisions_per_second.ours", unit="/s",
            base="decisions_per_second.bare", beside="a bare loop that writes the same rows", ratio="ours_to_bare",
        ),
        Figure(
            title="decisions: CPU for a concern", ours="cpu_ms_per_decision.ours", unit="ms",
            base="cpu_ms_per_decision.bare", beside="a bare loop that writes the same rows",
        ),
    ),
    "inbound": (
        Figure(
            title="inbound: mail to a ticket, one worker", ours="mails_per_second.ours", unit="/s",
            base="mails_per_second.bare", beside="taken apart and inserted, one by one", ratio="ours_to_bare",
        ),
        Figure(
            title="inbound: CPU for a mail", ours="cpu_ms_per_mail.ours", unit="ms", base="cpu_ms_per_mail.bare",
            beside="taken apart and inserted, one by one",
        ),
    ),
    "sends": (
        Figure(
            title="sends: messages handed over", ours="sends_per_second.ours", unit="/s", base="sends_per_second.bare",
            beside="smtplib, a connection each", ratio="ours_to_bare",
        ),
        Figure(
            title="sends: messages handed over", ours="sends_per_second.ours", unit="/s",
            base="sends_per_second.kept_open", beside="smtplib, one connection", ratio="ours_to_kept_open",
        ),
        Figure(
            title="sends: by four senders", ours="sends_per_second.four_senders", unit="/s",
            base="sends_per_second.bare", beside="smtplib, a connection each", ratio="four_senders_to_bare",
        ),
        Figure(
            title="sends: CPU for a message", ours="cpu_ms_per_send.ours", unit="ms", base="cpu_ms_per_send.bare",
            beside="smtplib, a connection each",
        ),
    ),
    "curves": (
        Figure(
            title="curves: a second of one core", ours="curves_per_second.together", unit="/s",
            base="curves_per_second.alone", beside="one parcel at a time", ratio="ratio",
        ),
        Figure(
            title="curves: a second of one core, absolute", ours="curves_per_second.together", unit="/s", aim=20_000,
            more=True,
        ),
        Figure(title="curves: 1,000,000 parcels assessed anew", ours="million_seconds", unit="s of one core", aim=60),
    ),
    "mail": (
        Figure(
            title="mail: read, folded and classed, one core", ours="mails_per_second.ours", unit="/s",
            base="mails_per_second.bare", beside="the standard library's parser", ratio="cpu_to_bare", aim=2,
        ),
        Figure(title="mail: sanitised to be shown", ours="shown_per_second", unit="/s"),
        Figure(title="mail: one of 25 MB", ours="seconds_of_25_mb", unit="s"),
    ),
    "desk": (
        Figure(title="desk: a queue, the whole page", ours="list.view", unit="ms", aim=50),
        Figure(
            title="desk: a queue, read", ours="list.read", unit="ms", base="list.bare", beside="bare SQL",
            ratio="list.read_to_bare", aim=3,
        ),
        Figure(title="desk: a common word, the whole page", ours="common.view", unit="ms", aim=50),
        Figure(
            title="desk: a common word, read", ours="common.read", unit="ms", base="common.bare", beside="bare SQL",
            ratio="common.read_to_bare", aim=3,
        ),
        Figure(title="desk: an order's number, the whole page", ours="number.view", unit="ms", aim=50),
        Figure(
            title="desk: an order's number, read", ours="number.read", unit="ms", base="number.bare", beside="bare SQL",
            ratio="number.read_to_bare", aim=3,
        ),
        Figure(title="desk: a ticket, the whole page", ours="ticket.view", unit="ms", aim=50),
        Figure(
            title="desk: a ticket, read", ours="ticket.read", unit="ms", base="ticket.bare", beside="bare SQL",
            ratio="ticket.read_to_bare", aim=3,
        ),
    ),
    "understanding": (
        Figure(
            title="understanding: texts read, one core", ours="texts_per_second.ours", unit="/s",
            base="texts_per_second.language_alone", beside="py3langid, the language alone",
            ratio="ours_to_language_alone",
        ),
        Figure(
            title="understanding: texts read, absolute", ours="texts_per_second.ours", unit="/s", aim=10_000, more=True,
        ),
        Figure(title="understanding: taught, ten languages", ours="seconds.taught_cold", unit="s", aim=1),
        Figure(title="understanding: taught anew", ours="seconds.taught_again", unit="s"),
        Figure(title="understanding: a correction among 20,000 texts", ours="seconds.heard", unit="s", aim=1),
    ),
    "crash": (
        Figure(title="crash: deliveries replayed", ours="deliveries", unit=""),
        Figure(title="crash: processes killed", ours="killed", unit="", aim=15, more=True),
        Figure(title="crash: while a message was handed over", ours="kills.while a message was handed over", unit=""),
        Figure(title="crash: notices owed", ours="notices", unit=""),
        Figure(title="crash: notices parked with a reason", ours="notices_parked", unit=""),
        Figure(title="crash: problems found", ours="problems", unit="", aim=0),
    ),
}  # fmt: skip


def shown(figure: Figure, found: Mapping[str, Any]) -> tuple[str, ...]:
    """A row: title, ours, baseline, beside what, ratio, aim, whether it was met."""
    ours, base, ratio = (_at(found, path) for path in (figure.ours, figure.base, figure.ratio))
    judged = ratio if figure.ratio else ours
    aim, met = "", ""
    if figure.aim is not None:
        aim = f"{'≥' if figure.more else '≤'} {figure.aim:g}" + ("" if figure.ratio else f" {figure.unit}".rstrip())
        if judged is not None:
            met = "met" if (judged >= figure.aim if figure.more else judged <= figure.aim) else "missed"
    return (
        figure.title,
        _written(ours, figure.unit),
        _written(base, figure.unit),
        figure.beside,
        "" if ratio is None else f"{ratio:.2f}×",
        aim,
        met,
    )


def _at(found: Mapping[str, Any], path: str) -> float | None:
    value: Any = found if path else None
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None else float(len(value) if isinstance(value, list) else value)


def _written(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}".strip() if value >= 100 or value == int(value) else f"{value:,.2f} {unit}"

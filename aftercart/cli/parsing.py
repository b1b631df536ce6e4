"""What we read in one payload, for integrators and for us. Needs no database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aftercart.cli.setup import fail
from aftercart.connectors import aftercart
from aftercart.connectors.contract import RECEIVED_AT, PayloadError, Read
from aftercart.connectors.registry import FACT_SOURCES
from aftercart.facts import Fact, MessageAnnounced, Unread
from aftercart.plumbing import clock

SourceName = Annotated[str, typer.Argument(metavar="SOURCE", help="One of " + ", ".join(sorted(FACT_SOURCES)) + ".")]
PayloadFile = Annotated[
    str, typer.Argument(metavar="FILE", help="The body, or {headers, body} as captured; - reads input.")
]
HeadersFile = Annotated[str | None, typer.Option(help="The headers: a JSON object or lines of `Name: value`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

# A module's name cannot begin with a digit; either name will do. So will those of DHL's services.
_FOLDERS = {"seventeentrack": "17track", "dhl_express": "dhl", "dhl_universal": "dhl", "dhl_unified": "dhl"}
# Of every fact; the table has them elsewhere or says nothing with them.
_HIDDEN = ("kind", "source", "happened_at", "reported_at")


def parse(source: SourceName, file: PayloadFile, headers: HeadersFile = None, as_json: AsJson = False) -> None:
    """Show the facts in one payload, and what was not understood."""
    connector = FACT_SOURCES.get(_FOLDERS.get(source.lower(), source.lower()))
    if connector is None:
        fail(f"SOURCE: there is no {source!r}; there are {', '.join(sorted(FACT_SOURCES))}")
    body, captured = _unwrapped(_content(file, "FILE"))
    known = {RECEIVED_AT: clock.machine().isoformat(), **captured, **(_headers(headers) if headers else {})}
    try:
        reads = connector.parse(body, known)
    except PayloadError as error:
        fail(str(error))
    if as_json:
        typer.echo(_document(reads))
    else:
        _show(reads)


def _content(file: str, argument: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        fail(f"{argument}: {file} cannot be read: {error.strerror}")


def _headers(file: str) -> dict[str, str]:
    content = _content(file, "--headers")
    try:
        return _lower(msgspec.json.decode(content, type=dict[str, Any]))
    except msgspec.DecodeError:
        lines = (line.partition(":") for line in content.decode("utf-8", "replace").splitlines())
        return _lower({name: value for name, colon, value in lines if colon})


def _lower(headers: dict[str, Any]) -> dict[str, str]:
    return {name.strip().lower(): str(value).strip() for name, value in headers.items()}


def _unwrapped(content: bytes) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a capture {headers, body | payload}; anything else is a body."""
    try:
        capture = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return content, {}
    if not isinstance(capture, dict) or not isinstance(capture.get("headers"), dict):
        return content, {}
    inner = capture.get("body", capture.get("payload"))
    body = inner.encode() if isinstance(inner, str) else msgspec.json.encode(inner)
    return body, _lower(capture["headers"])


def _as_json(fact: Fact, *, brief: bool = False) -> dict[str, Any]:
    """A mail that is still elsewhere is shown by what is told of it: nobody delivers such a fact as JSON."""
    if isinstance(fact, MessageAnnounced):
        return aftercart.as_json(fact.stand_in, brief=brief) | {"kind": "message_announced", "url": fact.url}
    return aftercart.as_json(fact, brief=brief)


def _document(reads: list[Read]) -> str:
    facts = [_as_json(read) for read in reads if isinstance(read, Fact)]
    unread = [{"where": read.where, "what": read.what} for read in reads if isinstance(read, Unread)]
    return msgspec.json.format(msgspec.json.encode({"facts": facts, "unread": unread})).decode()


def _show(reads: list[Read]) -> None:
    table = Table("Fact", "Happened at (UTC)", "What it says", show_lines=True)
    for read in reads:
        if isinstance(read, Unread):
            table.add_row("not understood", "", escape(f"{read.where}: {read.what}"), style="yellow")
            continue
        told = _as_json(read, brief=True)
        said = " · ".join(f"{name} {_brief(value)}" for name, value in told.items() if name not in _HIDDEN)
        table.add_row(told["kind"], f"{read.happened_at:%Y-%m-%d %H:%M:%S}", escape(said))
    Console().print(table if reads else "Nothing in it is a fact.")


def _brief(value: Any) -> str:
    if isinstance(value, dict) and "local" in value:
        return f"{value['local']:%Y-%m-%d %H:%M:%S} local time ({value['zone']})"
    if isinstance(value, dict):
        return ", ".join(map(_brief, value.values()))
    if isinstance(value, list):
        return "[" + "; ".join(map(_brief, value)) + "]"
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    typer.run(parse)

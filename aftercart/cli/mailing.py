"""What we read in one mail, for integrators and for us. Needs no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aftercart.cli.setup import fail
from aftercart.connectors.mail.inbound import Mail, read

app = typer.Typer(no_args_is_help=True, help="What customers write by mail.")

MailFile = Annotated[str, typer.Argument(metavar="FILE", help="A mail as it was received (.eml); - reads input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Ours = Annotated[list[str] | None, typer.Option(help="An address of ours: a mailing list that is one is no list.")]
Server = Annotated[str | None, typer.Option("--authserv-id", help="The server whose verdict about the sender counts.")]


@app.callback()
def mail() -> None:
    """What customers write by mail."""


@app.command()
def parse(file: MailFile, as_json: AsJson = False, ours: Ours = None, authserv_id: Server = None) -> None:
    """Show what a person wrote in a mail, what was quoted, what came attached, and who speaks."""
    found = read(_content(file), authserv_id=authserv_id, ours={address.lower() for address in ours or ()})
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(_document(found))).decode())
    else:
        _show(found)


def _content(file: str) -> bytes:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        fail(f"FILE: {file} cannot be read: {error.strerror}")
    if not content.strip():
        fail(f"FILE: {file} is empty")
    return content


def _document(found: Mail) -> dict[str, Any]:
    return {
        "from": str(found.sender) if found.sender else "",
        "to": [str(address) for address in found.to],
        "subject": found.subject,
        "reply": found.reply,
        "quoted": found.quoted,
        "attachments": [
            {
                "name": one.name,
                "type": one.type or one.declared,
                "declared": one.declared,
                "size": one.size,
                "inline": one.inline,
                "content_id": one.content_id,
            }
            for one in found.attachments
        ],
        "class": found.kind.value,
    }


def _show(found: Mail) -> None:
    table = Table(show_header=False, show_lines=True)
    verdict = found.verdict
    rows = {
        "From": str(found.sender or ""),
        "To": ", ".join(map(str, found.to)),
        "Subject": found.subject,
        "Date": f"{found.date:%Y-%m-%d %H:%M:%S} UTC" if found.date else "",
        "Class": f"{found.kind.value}" + (f" ({found.why})" if found.why else ""),
        "SPF, DKIM, DMARC": ", ".join(filter(None, (verdict.spf, verdict.dkim, verdict.dmarc))),
        "Reply": found.reply,
        "Folded away": found.quoted,
        "Attached": "\n".join(
            f"{one.name} ({one.type or one.declared}, {one.size:,} bytes)" for one in found.attachments
        ),
        "Not as it should be": "\n".join(found.notes),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, escape(value))
    Console().print(table)

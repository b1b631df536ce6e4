"""A brand's mailboxes: where its mail comes in."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.intake.mailboxes.models import Mailbox

app = typer.Typer(no_args_is_help=True, help="Where a brand's mail comes in.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Name = Annotated[str, typer.Argument(help="The mailbox's name, as `list` prints it.")]
BY = "aftercart mailbox"


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="What to call it, such as help.")],
    address: Annotated[list[str], typer.Option(help="An address of yours that arrives there; once for each.")],
    way: Annotated[str, typer.Option(help="imap, lmtp, or who brings it: mail, postmark, mailgun, resend, …")] = (
        "imap"
    ),
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="What IMAP needs: NAME=VALUE; - reads it from the input.")
    ] = None,
    authserv_id: Annotated[
        str, typer.Option("--authserv-id", help="The server whose verdict about senders is believed.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Take what was received from this day on.")
    ] = None,
) -> None:
    """Open a mailbox, or change the one of that name. It takes what comes from now on, unless told otherwise."""
    setup.django()
    with setup.clear_errors():
        from aftercart.connectors.mail.faults import MailboxError
        from aftercart.connectors.sending import SettingError
        from aftercart.intake.mailboxes import keeping, services

        try:
            mailbox = services.add(
                brand_of(slug), name=name, way=way, addresses=address, authserv_id=authserv_id, settings=_told(set_),
                since=since and since.replace(tzinfo=UTC), by=BY,
            )  # fmt: skip
        except SettingError as error:
            setup.fail(str(error))
        typer.echo(f"Mailbox  {mailbox.name} by {mailbox.way}: {', '.join(mailbox.addresses)}")
        if mailbox.way == "imap":
            try:
                typer.echo(f"Server   {keeping.check(mailbox)}")
            except MailboxError as error:
                typer.echo(f"Server   {services.clean(mailbox.settings, str(error))}")


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """The mailboxes, with how they fare. No secret is shown."""
    setup.django()
    with setup.clear_errors():
        from aftercart.intake.mailboxes.models import Mailbox

        found = list(Mailbox.objects.filter(brand=brand_of(slug)).order_by("name"))
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found]))
        return
    for one in found:
        typer.echo(f"{one.name:<16} {one.way:<9} {', '.join(one.addresses):<40} {_state(one)}")


@app.command()
def check(slug: Slug, name: Name) -> None:
    """Open a mailbox once and say what its server answers. Nothing is fetched."""
    setup.django()
    with setup.clear_errors():
        from aftercart.connectors.mail.faults import MailboxError
        from aftercart.intake.mailboxes import keeping, services
        from aftercart.intake.mailboxes.models import Mailbox

        mailbox = Mailbox.objects.filter(brand=brand_of(slug), name=name).first()
        if mailbox is None:
            setup.fail(f"name: there is no mailbox called {name!r}")
        if mailbox.way != Mailbox.IMAP:
            typer.echo(f"{mailbox.name} is told of mail by {mailbox.way}: there is nothing to open.")
            return
        try:
            typer.echo(keeping.check(mailbox))
        except MailboxError as error:
            setup.fail(services.clean(mailbox.settings, str(error)))


@app.command()
def on(slug: Slug, name: Name) -> None:
    """Take mail from it again, from where it was left."""
    _switch(slug, name, on=True)


@app.command()
def off(slug: Slug, name: Name) -> None:
    """Take nothing from it for now."""
    _switch(slug, name, on=False)


@app.command()
def remove(slug: Slug, name: Name) -> None:
    """Forget a mailbox and its secrets. What came in through it stays."""
    setup.django()
    with setup.clear_errors():
        from aftercart.intake.mailboxes import services

        if not services.remove(brand_of(slug), name, by=BY):
            setup.fail(f"name: there is no mailbox called {name!r}")
    typer.echo("Removed.")


def _switch(slug: str, name: str, *, on: bool) -> None:
    setup.django()
    with setup.clear_errors():
        from aftercart.intake.mailboxes import services

        if not services.switch(brand_of(slug), name, on=on, by=BY):
            setup.fail(f"name: there is no mailbox called {name!r}")
    typer.echo("On." if on else "Off.")


def _told(pairs: Sequence[str] | None) -> dict[str, str]:
    """Each setting by its name. One that is "-" is read from a line of the input."""
    given: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals:
            setup.fail(f"set: {name!r} has no value; write NAME=VALUE")
        given[name] = sys.stdin.readline().rstrip("\r\n") if value == "-" else value
    return given


def _document(one: Mailbox) -> dict[str, object]:
    return {
        "name": one.name, "way": one.way, "addresses": one.addresses, "authserv_id": one.authserv_id,
        "enabled": one.enabled, "since": one.since.isoformat(), "failures": one.failures, "error": one.error,
        "looked_at": one.looked_at and one.looked_at.isoformat(),
        "refused_at": one.refused_at and one.refused_at.isoformat(),
        "closed_until": one.closed_until and one.closed_until.isoformat(),
    }  # fmt: skip


def _state(one: Mailbox) -> str:
    if not one.enabled:
        return "off"
    if one.error:
        return f"in trouble: {one.error}"
    if one.way != "imap":
        return "waits to be told"
    return f"looked at {one.looked_at:%Y-%m-%d %H:%M} UTC" if one.looked_at else "not looked at yet"

"""A brand's ways out: through whom its messages leave."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from aftercart.cli import approving, setup
from aftercart.cli.bringing import address
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.brands.models import Brand, Source
    from aftercart.connectors.sending import Message

app = typer.Typer(no_args_is_help=True, help="Through whom a brand's messages leave.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ChannelName = Annotated[str, typer.Argument(help="email, sms, whatsapp or event.")]
Name = Annotated[str, typer.Argument(help="The line's name, as `list` prints it.")]
BY = "aftercart channel"


@app.command()
def add(
    slug: Slug,
    provider: Annotated[str, typer.Argument(help="smtp, postmark, ses, sendgrid, mailgun, twilio, klaviyo, webhook.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="What it needs: NAME=VALUE; - reads it from the input.")
    ] = None,
    channel: Annotated[str, typer.Option(help="Where the provider takes several: email, sms, whatsapp, event.")] = "",
    name: Annotated[str, typer.Option(help="To tell several lines apart; the provider's unless given.")] = "",
    position: Annotated[int | None, typer.Option(min=0, help="Its turn in its channel; last unless given.")] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Messages a minute that the provider grants.")] = None,
) -> None:
    """Open a line, or change the one of that name. Prints the address to which the provider reports."""
    setup.django()
    with setup.clear_errors():
        from aftercart.connectors.registry import PROVIDERS
        from aftercart.connectors.sending import SettingError
        from aftercart.outbox import lines

        brand = brand_of(slug)
        if provider not in PROVIDERS:
            setup.fail(f"provider: {provider!r} is none of {', '.join(sorted(PROVIDERS))}")
        known = PROVIDERS[provider]
        told = _told((*known.NEEDED, *known.OPTIONAL), set_ or [])
        where = channel or (next(iter(known.CHANNELS)) if len(known.CHANNELS) == 1 else "")
        if not where:
            setup.fail(f"channel: {provider} takes {', '.join(sorted(known.CHANNELS))}; say which with --channel")
        try:
            known.sender(told | {"channel": where})
            source = _listen(brand, provider, told)
            if source and "callback" in known.OPTIONAL:
                told["callback"] = address(brand, source)
            line = lines.add(
                brand, provider=provider, channel=where, settings=told, by=BY, name=name, position=position,
                per_minute=per_minute,
            )  # fmt: skip
        except SettingError as error:
            setup.fail(str(error))
        typer.echo(f"Line     {line.channel} through {line.provider}, number {line.position + 1} of its channel")
        if source:
            typer.echo(f"Reports  {address(brand, source, shown=known.PROVEN_BY == '')}")


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """The lines in their order, with how they fare. No secret is shown."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outbox.models import Line
        from aftercart.plumbing import clock

        now = clock.machine()
        told = [
            {
                "channel": line.channel, "name": line.name, "provider": line.provider, "position": line.position,
                "per_minute": line.per_minute, "enabled": line.enabled, "failures": line.failures,
                "closed_until": line.open_until.isoformat() if line.open_until and line.open_until > now else None,
                "error": line.error,
            }
            for line in Line.objects.filter(brand=brand_of(slug)).order_by("channel", "position", "name")
        ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(told))
        return
    for one in told:
        state = "off" if not one["enabled"] else f"in trouble: {one['error']}" if one["error"] else "in order"
        typer.echo(f"{one['channel']:<9} {one['name']:<16} {one['provider']:<10} {state}")


app.command()(approving.template)
app.command()(approving.templates)


@app.command()
def on(slug: Slug, channel: ChannelName, name: Name) -> None:
    """Use a line again."""
    _switch(slug, channel, name, on=True)


@app.command()
def off(slug: Slug, channel: ChannelName, name: Name) -> None:
    """Use a line no more. What is owed takes the next one, or waits."""
    _switch(slug, channel, name, on=False)


@app.command()
def test(slug: Slug, channel: ChannelName, to: Annotated[str, typer.Argument(help="Your own address.")]) -> None:
    """Send one message through each line of a channel, and say how each took it."""
    setup.django()
    with setup.clear_errors():
        from aftercart.connectors.sending import SendError, SettingError, Unknowable
        from aftercart.outbox import lines
        from aftercart.outbox.models import Line

        brand = brand_of(slug)
        found = list(Line.objects.filter(brand=brand, channel=channel).order_by("position", "name"))
        if not found:
            setup.fail(f"channel: {brand.slug} has no line for {channel!r}; add one with `aftercart channel add`")
        bad = 0
        for line in found:
            try:
                given = lines.sender(line)(_trial(brand, to))
                typer.echo(f"{line.name}  taken{f' as {given}' if given else ''}")
            except (SendError, SettingError, Unknowable) as error:
                bad += 1
                typer.echo(f"{line.name}  {lines.clean(line, str(error))}")
    raise SystemExit(1 if bad else 0)


def _trial(brand: Brand, to: str) -> Message:
    from aftercart.connectors.sending import Message

    domain = brand.from_email.rpartition("@")[2].rstrip("> ") or "localhost"
    words = f"This is how messages of {brand.name} arrive. Nothing is wrong, and nothing is to be done."
    return Message(
        key=f"<trial-{secrets.token_hex(8)}@{domain}>", kind="trial", sender=brand.from_email, to=to,
        subject=f"A trial message of {brand.name}", text=words, html="", language="en",
    )  # fmt: skip


def _switch(slug: str, channel: str, name: str, *, on: bool) -> None:
    setup.django()
    with setup.clear_errors():
        from aftercart.outbox import lines

        if not lines.switch(brand_of(slug), channel, name, on=on, by=BY):
            setup.fail(f"name: there is no line for {channel!r} called {name!r}")
    typer.echo("On." if on else "Off.")


def _told(names: Sequence[str], pairs: Sequence[str]) -> dict[str, str]:
    """Each setting by its name. One that is "-" is read from a line of the input."""
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in names:
            setup.fail(f"set: {name!r} is none of {', '.join(names)}; write NAME=VALUE")
        given[name] = sys.stdin.readline().rstrip("\r\n") if value == "-" else value
        if not given[name].isascii() or not given[name].isprintable():
            setup.fail(f"set: {name} holds what cannot be written into a header")
    return given


def _listen(brand: Brand, provider: str, told: dict[str, str]) -> Source | None:
    """Let the provider report, where it does and we have what proves it."""
    from aftercart.brands import services
    from aftercart.brands.models import Source
    from aftercart.connectors.registry import PROVIDERS

    proof = PROVIDERS[provider].PROVEN_BY
    if proof is None or (proof and not told.get(proof)):
        return None
    if proof:
        return services.connect(brand, provider, secret=told[proof])
    known = Source.objects.filter(brand=brand, kind=provider, name="main").first()
    return known or services.connect(brand, provider, secret=f"{brand.slug}:{secrets.token_urlsafe(18)}")

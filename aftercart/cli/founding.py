"""Commands that set a brand up: the brand itself, the systems that may write to it, the people who look after it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from aftercart.cli import setup

if TYPE_CHECKING:
    from aftercart.brands.models import Brand

Slug = Annotated[str, typer.Argument(help="The brand's short name, as in its addresses.")]


def brand(
    slug: Slug,
    name: Annotated[str | None, typer.Option(help="What customers call it.")] = None,
    country: Annotated[str | None, typer.Option(help="Where it is at home: two letters.")] = None,
    zone: Annotated[str | None, typer.Option(help="Its time zone, such as Europe/Amsterdam.")] = None,
    language: Annotated[str | None, typer.Option(help="The language for customers who have said none.")] = None,
    from_email: Annotated[str | None, typer.Option(help="The sender of its messages.")] = None,
    help_email: Annotated[str | None, typer.Option(help="Where customers reach a person.")] = None,
    accent: Annotated[str | None, typer.Option(help="Its colour, such as #2f5d50.")] = None,
    in_vain: Annotated[
        float | None, typer.Option(min=0.001, max=0.5, help="Share of orders that may be told of a delay in vain.")
    ] = None,
    speak: Annotated[
        bool | None, typer.Option("--speak/--quiet", help="Tell customers about worries that begin from now on.")
    ] = None,
) -> None:
    """Make a brand, or change one. A new brand is quiet: import its history first, then let it speak."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import services
        from aftercart.plumbing import clock
        from aftercart.policies import services as policies
        from aftercart.watch.learning import TELLING

        if zone is not None:
            _check_zone(zone)
        told = {"name": name, "country": country and country.upper(), "time_zone": zone, "language": language}
        told |= {"from_email": from_email, "help_email": help_email, "accent": accent}
        try:
            made = services.set_up(slug, **{field: value for field, value in told.items() if value is not None})
        except services.BrandError as error:
            setup.fail(str(error))
        if in_vain is not None:
            at = clock.business(made)
            policies.publish(made, TELLING, {"in_vain": in_vain}, at=at, by="aftercart brand")
        if speak is not None:
            services.let_speak(made, speak)
        typer.echo(f"{made.name}: {'speaks' if made.speaks_since else 'is quiet'}")


def connect(
    slug: Slug,
    kind: Annotated[
        str, typer.Argument(help="shopify, easypost, …, aftercart; or a carrier that we ask: ups, usps, …")
    ],
    secret: Annotated[
        str, typer.Option(help="What the sender signs with, or user:password; made where it is ours; - reads it.")
    ] = "",
    bound_to: Annotated[str, typer.Option(help="The only account it takes deliveries of (Shopify: the domain).")] = "",
    name: Annotated[str, typer.Option(help="To tell several sources of a kind apart.")] = "main",
    rotate: Annotated[bool, typer.Option("--rotate", help="Keep the old secret valid beside the new one.")] = False,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A credential by which we ask: NAME=VALUE; - reads it.")
    ] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Ask the carrier's test system.")] = False,
    per_hour: Annotated[int | None, typer.Option(min=1, help="Requests an hour that the carrier grants.")] = None,
) -> None:
    """Let a system write to the brand's inbox: prints the address, and the secret if we made it. Or ask a carrier."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import services
        from aftercart.cli import asked, bringing
        from aftercart.connectors.registry import FACT_SOURCES, TRACKERS

        if kind not in FACT_SOURCES:
            setup.fail(f"kind: {kind!r} is none of {', '.join(sorted(FACT_SOURCES))}")
        owner = brand_of(slug)
        if kind in TRACKERS:
            asked.connect(owner, kind, set_ or [], sandbox=sandbox, per_hour=per_hour)
            return
        known = bringing.known(owner, kind, name)
        secret = bringing.proof(owner, kind, known, secret)
        keys = bringing.settings_of(kind, known, set_ or [])
        secret = _secret(kind, secret, stays=bool(known and known.secrets and keys))
        _check_proof(owner, kind, secret, bound_to, name)
        source = services.connect(
            owner, kind, secret=secret, bound_to=bound_to, name=name, rotate=rotate, settings=keys
        )  # fmt: skip
        typer.echo(f"Address  {bringing.address(owner, source, shown=bringing.shown(kind))}")


def staff(
    slug: Slug,
    user: Annotated[str, typer.Argument(help="The log-in name.")],
    new_password: Annotated[bool, typer.Option("--new-password", help="Change an old log-in's password.")] = False,
    email: Annotated[str, typer.Option(help="Their own address: tests of your messages go there.")] = "",
) -> None:
    """Give somebody the brand's operations pages. A new log-in's password is printed once; an old one keeps its own."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import services

        password = secrets.token_urlsafe(12)
        try:
            holds = services.hire(brand_of(slug), user, password, renew=new_password, email=email)
        except services.BrandError as error:
            setup.fail(str(error))
        typer.echo(f"Log-in   {user}\nPassword {password if holds else 'as before'}")


def brand_of(slug: str) -> Brand:
    """The brand of that name, or the end of the command."""
    from aftercart.brands.models import Brand

    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        setup.fail(f"brand: there is none called {slug!r}; make it with `aftercart brand {slug}`")
    return found


def _secret(kind: str, given: str, *, stays: bool) -> str:
    """Made and shown where it is ours. `stays`: the one before is kept, and something else was told."""
    from aftercart.brands import services
    from aftercart.connectors.registry import FACT_SOURCES

    if kind == "aftercart" and not given:
        given = services.made_secret()
        typer.echo(f"Secret   {given}")
    elif FACT_SOURCES[kind].SIGNED and not given and not stays:
        setup.fail(f"secret: {kind} signs its deliveries; give the secret that it signs with")
    return given


def _check_proof(owner: Brand, kind: str, secret: str, bound_to: str, name: str) -> None:
    from aftercart.brands.models import Source
    from aftercart.plumbing.signing import standard_signature

    known = Source.objects.filter(brand=owner, kind=kind, name=name).exclude(bound_to="")
    if kind == "shopify" and not bound_to and not known.exists():
        setup.fail("bound-to: Shopify signs the body alone; give the shop's domain, such as juniper.myshopify.com")
    if kind == "aftercart":
        try:
            standard_signature(secret, "", "", b"")
        except ValueError as error:
            setup.fail(f"secret: {error}")


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        setup.fail(f"zone: {zone!r} is no time zone")

"""The chat on a shop's pages: opened, closed, and when somebody is there."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

BY = "aftercart chat"


def chat(
    slug: Slug,
    open_: Annotated[
        bool | None, typer.Option("--open/--close", help="Show it on the shop's pages, or no more.")
    ] = None,
    hours: Annotated[
        str | None,
        typer.Option(
            help="When somebody is there, by the brand's clock: `mon-fri 09:00-18:00, sat 10:00-14:00`, or `none`."
        ),
    ] = None,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help="For the shop's tokens; the last one stays valid beside it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Put a chat on the shop's pages: prints the line for them, and the secret that the shop signs its tokens with."""
    setup.django()
    with setup.clear_errors():
        told = _done(slug, open_, hours, new_secret)
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo(f"Chat     {'open' if told['open'] else 'closed'}\nHours    {told['hours'] or 'not said'}")
    for line in told["scripts"]:
        typer.echo(f"Script   {line}")
    if told["open"] and not told["scripts"]:
        typer.echo(f"Script   make a key first: `aftercart storefront add {slug} https://your.shop`")
    if told["secret"]:
        typer.echo(f"Secret   {told['secret']}")


def _done(slug: str, open_: bool | None, hours: str | None, new_secret: bool) -> dict[str, Any]:
    from django.conf import settings

    from aftercart.brands.models import Source, Storefront
    from aftercart.chat import services
    from aftercart.chat.hours import written
    from aftercart.plumbing import clock

    brand = brand_of(slug)
    if hours is not None:
        try:
            week = None if hours == "none" else written(hours)
        except ValueError as error:
            setup.fail(str(error))
        services.set_hours(brand, week, at=clock.business(brand), by=BY)
    if open_ or new_secret:
        services.open_chat(brand, by=BY, rotate=new_secret)
    elif open_ is False:
        services.close_chat(brand, by=BY)
    source = Source.objects.filter(brand=brand, kind="chat", enabled=True).first()
    script = f"{settings.PUBLIC_URL.rstrip('/')}/static/chat/chat.js"
    keys = Storefront.objects.filter(brand=brand, revoked_at=None).order_by("made_at").values_list("key", flat=True)
    tag = '<script src="{}" data-brand="{}" data-key="{}" defer></script>'
    return {
        "open": source is not None,
        "hours": str(services.hours_of(brand) or ""),
        "scripts": [tag.format(script, brand.slug, key) for key in keys] if source else [],
        "secret": source.secrets[0] if source and (open_ or new_secret) else "",
    }

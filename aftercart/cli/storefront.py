"""Public keys with which a shop's own pages ask for delivery dates."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

app = typer.Typer(
    no_args_is_help=True,
    help="Keys with which the shop's pages may ask when something arrives, and how an order stands.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Name = Annotated[str, typer.Option(help="To tell several keys apart.")]
BY = "aftercart storefront"


@app.command()
def add(
    slug: Slug,
    origins: Annotated[list[str], typer.Argument(help="The origins of your shop: https://juniper.example …")],
    name: Name = "shop",
    per_minute: Annotated[int, typer.Option(help="Questions a minute from one address.")] = 120,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print it with the lines to put into the shop's pages."""
    setup.django()
    with setup.clear_errors():
        from django.conf import settings

        from aftercart.brands import services, storefronts
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        try:
            made = storefronts.add(brand, origins, at=clock.machine(), by=BY, name=name, per_minute=per_minute)
        except services.BrandError as error:
            setup.fail(str(error))
        if as_json:
            typer.echo(json.dumps({"name": made.name, "key": made.key, "origins": made.origins}))
            return
        script = f"{settings.PUBLIC_URL.rstrip('/')}/static/api/storefront.js"
        typer.echo(f'Key      {made.key}\nScript   <script src="{script}" data-key="{made.key}" defer></script>')
        typer.echo('Place    <span data-arrives data-country="US" data-region="NY"></span>')


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """The keys, with their origins."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands.models import Storefront

        rows = list(Storefront.objects.filter(brand=brand_of(slug)).order_by("made_at"))
    if as_json:
        told = [
            {"name": r.name, "key": r.key, "origins": r.origins, "per_minute": r.per_minute,
             "made_at": r.made_at.isoformat(), "revoked_at": r.revoked_at and r.revoked_at.isoformat()}
            for r in rows
        ]  # fmt: skip
        typer.echo(json.dumps(told))
        return
    for r in rows:
        typer.echo(f"{r.name}  {r.key}  {' '.join(r.origins)}{'  revoked' if r.revoked_at else ''}")


@app.command()
def secret(slug: Slug, name: Annotated[str, typer.Argument(help="The key's name, as `list` prints it.")]) -> None:
    """With what the shop's server proves that a page is for an order (HMAC-SHA256). It stays on the server."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import storefronts
        from aftercart.brands.models import Storefront

        row = Storefront.objects.filter(brand=brand_of(slug), name=name, revoked_at=None).first()
        if row is None:
            setup.fail(f"name: no key that is open is called {name!r}")
        typer.echo(storefronts.secret(row.key))


@app.command()
def revoke(slug: Slug, name: Annotated[str, typer.Argument(help="The key's name, as `list` prints it.")]) -> None:
    """Close a key. It opens nothing within three seconds."""
    setup.django()
    with setup.clear_errors():
        from aftercart.brands import storefronts
        from aftercart.plumbing import clock

        if not storefronts.revoke(brand_of(slug), name, at=clock.machine(), by=BY):
            setup.fail(f"name: no key that is open is called {name!r}")
    typer.echo("Revoked.")

"""How long what a brand sold can be sent back: shown, or set for what is ordered from now on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of


def returns(
    slug: Slug,
    days: Annotated[
        str | None, typer.Option(help="Days from delivery, such as 30, or `none`: nothing is said.")
    ] = None,
) -> None:
    """Say how many days customers have to send something back; prints what holds. Earlier orders keep what they had."""
    setup.django()
    with setup.clear_errors():
        from aftercart.plumbing import clock
        from aftercart.promises import returning

        brand = brand_of(slug)
        at = clock.business(brand)
        if days is not None:
            try:
                returning.publish(brand, _days(days), at=at, by="aftercart returns")
            except ValueError as error:
                setup.fail(str(error))
        typer.echo(json.dumps({"days": returning.window_of(brand, at)}))


def _days(told: str) -> int | None:
    if told == "none":
        return None
    if not told.isdecimal():
        setup.fail(f"days: {told!r} is no number of days, such as 30, and not `none`")
    return int(told)

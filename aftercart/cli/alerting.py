"""Whom of the team to tell what needs somebody, and when."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of
from aftercart.cli.promising import minute

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def on_call(
    slug: Slug,
    mail: Annotated[list[str] | None, typer.Option(help="An address to write to; may be given several times.")] = None,
    hours: Annotated[str | None, typer.Option(help="When somebody is there: 08:00-20:00, or `always`.")] = None,
    days: Annotated[str | None, typer.Option(help="On which days: `mon,tue,wed,thu,fri`.")] = None,
) -> None:
    """Say who hears of disruptions, feed outages and what stands still; prints what holds.

    What is urgent is told at any hour. A line of the channel `team` (`aftercart channel add BRAND slack`) hears it too.
    """
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.alerts import services
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        at = clock.business(brand)
        changed: dict[str, Any] = {}
        if mail is not None:
            changed["mail"] = [address for address in mail if address]
        if hours is not None:
            begins, _, ends = ("00:00-00:00" if hours == "always" else hours).partition("-")
            changed |= {"begins": minute("hours", begins.strip()), "ends": minute("hours", ends.strip())}
        if days is not None:
            changed["days"] = [_day(word.strip().lower()) for word in days.split(",") if word.strip()]
        try:
            held = services.publish(brand, at=at, by="aftercart on-call", **changed) if changed else None
        except ValueError as error:
            setup.fail(str(error))
        typer.echo(json.dumps(asdict(held or services.on_call_of(brand, at))))


def _day(word: str) -> int:
    if word not in DAYS:
        setup.fail(f"days: {word!r} is none of {', '.join(DAYS)}")
    return DAYS.index(word)

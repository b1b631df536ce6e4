"""How a brand promises: its policy, set and shown."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.brands.models import Brand


def policy(
    slug: Slug,
    confidence: Annotated[
        float | None, typer.Option(help="The share of dates that you mean to keep, such as 0.9.")
    ] = None,
    miss: Annotated[
        str | None, typer.Option(help="The chance of missing a date from which it is renewed, or `learned`.")
    ] = None,
    least_days: Annotated[int | None, typer.Option(help="A new date differs by at least so many days.")] = None,
    apart_hours: Annotated[float | None, typer.Option(help="At least so many hours between two new dates.")] = None,
    cutoff: Annotated[
        str | None, typer.Option(help="Ordered later in the day counts as of the next: 14:00, or `none`.")
    ] = None,
    carriers: Annotated[
        str | None, typer.Option(help="Whom you ship with, such as `UPS, USPS`: decides where a number fits several.")
    ] = None,
) -> None:
    """Say how the brand promises dates and when it replaces one; prints what holds. Each change is a new version."""
    setup.django()
    with setup.clear_errors():
        from aftercart.plumbing import clock
        from aftercart.promises import terms

        brand = brand_of(slug)
        at = clock.business(brand)
        changed: dict[str, object] = {"confidence": confidence, "least_days": least_days, "apart_hours": apart_hours}
        changed = {name: value for name, value in changed.items() if value is not None}
        if miss is not None:
            changed["miss"] = None if miss == "learned" else _number("miss", miss)
        if cutoff is not None:
            changed["cutoff_minute"] = None if cutoff == "none" else minute("cutoff", cutoff)
        if carriers is not None:
            _ship_with(brand, carriers, at)
        try:
            held = (
                terms.publish(brand, at=at, by="aftercart policy", **changed) if changed else terms.terms_of(brand, at)
            )
        except ValueError as error:
            setup.fail(str(error))
        typer.echo(json.dumps(terms.as_body(held)))


def _ship_with(brand: Brand, told: str, at: datetime) -> None:
    from aftercart.orders.carriers import CARRIERS, carrier
    from aftercart.orders.threads import CARRIERS as KIND
    from aftercart.policies import services

    own = [carrier(word) for word in told.split(",") if word.strip()]
    if strange := [slug for slug in own if slug not in CARRIERS]:
        setup.fail(f"carriers: {strange[0]!r} is none that we know")
    services.publish(brand, KIND, {"own": sorted(set(own))}, at=at, by="aftercart policy")


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        setup.fail(f"{field}: {text!r} is no number")


def minute(field: str, text: str) -> int:
    """The minute of a day that `text` names, such as 14:00; ends with a clear message where it names none."""
    hour, _, past = text.partition(":")
    if not (hour.isdigit() and past.isdigit() and int(hour) < 24 and int(past) < 60):
        setup.fail(f"{field}: {text!r} is no time of day, such as 14:00")
    return int(hour) * 60 + int(past)

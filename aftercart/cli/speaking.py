"""How a brand speaks: its terms, set and shown."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of
from aftercart.cli.promising import minute

Hours = Annotated[str | None, typer.Option(help="From and until, such as 21:00-08:00; `none`: at any hour.")]


def outreach(
    slug: Slug,
    channels: Annotated[str | None, typer.Option(help="The channels, the best first: `email, whatsapp, sms`.")] = None,
    pressing: Annotated[str | None, typer.Option(help="Likewise, for what needs the customer to act.")] = None,
    quiet: Annotated[
        str | None, typer.Option(help="When no phone rings, by the customer's clock: 21:00-08:00, or `none`.")
    ] = None,
    quiet_mail: Annotated[bool | None, typer.Option(help="Mail keeps the quiet hours too.")] = None,
    pressing_rings: Annotated[
        bool | None, typer.Option(help="What needs the customer to act breaks the quiet hours.")
    ] = None,
    wrote: Annotated[
        int | None, typer.Option(help="Who wrote about an order in so many hours is answered by a person first.")
    ] = None,
    window: Annotated[
        str | None, typer.Option(help="When messages go out, by the brand's clock: 09:00-18:00, or `none`: always.")
    ] = None,
    per_day: Annotated[int | None, typer.Option(help="At most so many messages a day to one customer.")] = None,
    per_week: Annotated[int | None, typer.Option(help="At most so many a week.")] = None,
    fresh: Annotated[
        int | None, typer.Option(help="What could not leave for so many minutes is decided again.")
    ] = None,
    says: Annotated[
        list[str] | None, typer.Option(help="Who says a milestone: `delivered=us`, `shop`, or `event` (its sender).")
    ] = None,
) -> None:
    """Say when, how often and by which channel the brand speaks; prints what holds. Each change is a new version."""
    changed: dict[str, Any] = {"quiet_mail": quiet_mail, "per_day": per_day, "per_week": per_week}
    changed |= {"fresh_minutes": fresh, "pressing_rings": pressing_rings, "wrote_hours": wrote}
    changed["order"], changed["pressing_order"] = _listed(channels), _listed(pressing)
    changed |= _hours("quiet", quiet) | _hours("window", window)
    changed["says"] = dict(_pair(word) for word in says) if says else None
    typer.echo(json.dumps(_held(slug, {name: value for name, value in changed.items() if value is not None})))


def _held(slug: str, changed: dict[str, Any]) -> dict[str, Any]:
    """The terms in force after these changes."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach import terms
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        at = clock.business(brand)
        try:
            held = terms.publish(brand, at=at, by="aftercart outreach", **changed) if changed else None
        except ValueError as error:
            setup.fail(str(error))
        return terms.as_body(held or terms.terms_of(brand, at))


def _listed(told: str | None) -> list[str] | None:
    return None if told is None else [word.strip() for word in told.split(",") if word.strip()]


def _hours(field: str, told: str | None) -> dict[str, int]:
    if told is None:
        return {}
    if told == "none":
        return {f"{field}_from": 0, f"{field}_until": 0}
    begins, _, ends = told.partition("-")
    return {f"{field}_from": minute(field, begins.strip()), f"{field}_until": minute(field, ends.strip())}


def _pair(word: str) -> tuple[str, str]:
    kind, equals, who = word.partition("=")
    if not equals:
        setup.fail(f"says: {word!r} is no pair, such as delivered=us")
    return kind.strip(), who.strip()

"""What a brand leaves to a machine to answer: set and shown."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

Listed = str | None


def auto_answers(
    slug: Slug,
    category: Annotated[
        list[str] | None,
        typer.Option(help="From which confidence on: wismo_shipping_status=0.9; `=none`: people answer."),
    ] = None,
    channels: Annotated[Listed, typer.Option(help="By which: `email, form, chat, sms, whatsapp`; `none`.")] = None,
    except_worries: Annotated[
        Listed, typer.Option("--except", help="Worries that people answer for: `missed, stalled`; `none`.")
    ] = None,
    hours: Annotated[int | None, typer.Option(help="What is older than so many hours is never answered.")] = None,
    resolve_hours: Annotated[
        int | None, typer.Option(help="Resolve what the customer has not written to for so many hours after it.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="No machine answers anything.")] = False,
) -> None:
    """Say what a machine answers by itself: nothing, unless told. Prints what holds; each change is a new version."""
    changed: dict[str, Any] = {"hours": hours, "resolve_hours": resolve_hours}
    changed["channels"], changed["except_worries"] = _listed(channels), _listed(except_worries)
    changed["categories"] = dict(_pair(word) for word in category) if category else None
    changed = {name: value for name, value in changed.items() if value is not None}
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.automatic import terms
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        at = clock.business(brand)
        if off:
            changed["categories"] = dict.fromkeys(terms.terms_of(brand, at).categories)
        try:
            held = terms.publish(brand, at=at, by="aftercart auto-answers", **changed) if changed else None
        except ValueError as error:
            setup.fail(str(error))
        typer.echo(json.dumps(terms.as_body(held or terms.terms_of(brand, at))))


def _listed(told: str | None) -> list[str] | None:
    if told is None:
        return None
    return [] if told == "none" else [word.strip() for word in told.split(",") if word.strip()]


def _pair(word: str) -> tuple[str, float | None]:
    name, equals, least = word.partition("=")
    if not equals:
        setup.fail(f"category: {word!r} is no pair, such as wismo_shipping_status=0.9")
    try:
        return name.strip(), None if least.strip() == "none" else float(least)
    except ValueError:
        setup.fail(f"category: {least!r} is no number")

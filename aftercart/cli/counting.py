"""What a brand means by a contact and by a repeat: shown, or set for what is written from now on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of


def contacts(
    slug: Slug,
    repeat_days: Annotated[
        float | None, typer.Option(help="Another contact about the same problem within this is a repeat.")
    ] = None,
    reopens_days: Annotated[
        float | None, typer.Option(help="What is written this long after it was resolved opens it again.")
    ] = None,
    one_contact_hours: Annotated[
        float | None, typer.Option(help="Messages with less than this between them are one contact.")
    ] = None,
    unsaid_days: Annotated[
        float | None, typer.Option(help="Who names no order means what they wrote of within this.")
    ] = None,
) -> None:
    """Say what counts as one contact and as a repeat; prints what holds. Each change is a new version."""
    setup.django()
    with setup.clear_errors():
        from aftercart.plumbing import clock
        from aftercart.tickets import terms

        brand = brand_of(slug)
        at = clock.business(brand)
        if one_contact_hours is not None and not 0 <= one_contact_hours <= 365 * 24:
            setup.fail(f"one_contact_hours: {one_contact_hours:g} is no number of hours from 0 to 8760")
        one_contact = None if one_contact_hours is None else one_contact_hours / 24
        said = {
            "repeat_days": repeat_days, "reopens_days": reopens_days, "one_contact_days": one_contact,
            "unsaid_days": unsaid_days,
        }  # fmt: skip
        changed = {name: value for name, value in said.items() if value is not None}
        try:
            if changed:
                terms.publish(brand, at=at, by="aftercart contacts", **changed)
        except ValueError as error:
            setup.fail(str(error))
        body = terms.as_body(terms.terms_of(brand, at))
        body["one_contact_hours"] = round(body.pop("one_contact_days") * 24, 6)
        typer.echo(json.dumps(body))

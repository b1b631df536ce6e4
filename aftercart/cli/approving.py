"""Texts that WhatsApp has approved: told to us, listed, withdrawn."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

BY = "aftercart channel"


def template(
    slug: Slug,
    kind: Annotated[str, typer.Argument(help="The kind of notice, as `aftercart words list` prints it.")],
    language: Annotated[str, typer.Argument(help="en, es, fr, de, pt or ja.")],
    sid: Annotated[str, typer.Argument(help="Twilio's name of the approved text: HX and 32 hex digits.")] = "",
    variables: Annotated[str, typer.Option(help="Which of ours fill its own, from {{1}} on: number,window,link.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Use it no more.")] = False,
) -> None:
    """Say which approved text stands for a kind of notice where WhatsApp takes no free words."""
    setup.django()
    with setup.clear_errors():
        from aftercart.words import approved
        from aftercart.words.wordings import WordingError

        brand = brand_of(slug)
        if remove:
            if not approved.withdraw(brand, kind, language, by=BY):
                setup.fail(f"kind: there is no template for {kind} in {language}")
            typer.echo("Withdrawn.")
            return
        try:
            taken = [name.strip() for name in variables.split(",") if name.strip()]
            made = approved.approve(brand, kind, language, sid, taken, by=BY)
        except WordingError as error:
            setup.fail(str(error))
        typer.echo(f"{kind} in {language} is said by {made.sid}: {', '.join(made.variables) or 'no variables'}")


def templates(slug: Slug) -> None:
    """Print the approved texts as JSON, by kind of notice and language."""
    setup.django()
    with setup.clear_errors():
        from aftercart.policies import services as policies
        from aftercart.words.approved import POLICY

        typer.echo(json.dumps(policies.newest(brand_of(slug).id, POLICY)))

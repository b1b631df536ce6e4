"""Commands that look and report: audit, status, replay."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def audit(as_json: AsJson = False) -> None:
    """Reconcile inbox, facts, decisions and outbox. Exit code 1 and a list where the books do not balance."""
    setup.django()
    with setup.clear_errors():
        from aftercart.ops import books

        broken, totals = books.imbalances(), books.totals()
    if as_json:
        rules = [{"rule": b.rule, "count": b.count, "examples": list(b.examples)} for b in broken]
        typer.echo(json.dumps({"balanced": not broken, "imbalances": rules, "totals": totals}))
    else:
        for name, states in totals.items():
            typer.echo(f"{name}: " + (", ".join(f"{count} {state}" for state, count in states.items()) or "none"))
        for b in broken:
            typer.echo(f"Not so: {b.rule}. {b.count} rows, such as {', '.join(b.examples)}")
        typer.echo("The books do not balance." if broken else "The books balance.")
    raise typer.Exit(1 if broken else 0)


def status(as_json: AsJson = False) -> None:
    """Health: what waits, how long the oldest has waited, versions. Exit code 1 if the database cannot be used."""
    setup.django()
    with setup.clear_errors():
        from aftercart.ops import health

        told = health.status()
    if as_json:
        typer.echo(json.dumps(told))
    else:
        for name, value in told.items():
            for line in value if isinstance(value, list) else [value]:
                typer.echo(f"{name.replace('_', ' '):28} {line}")


def replay(
    brand: Annotated[str, typer.Argument(help="The brand's short name, as in its addresses.")],
    delivery: Annotated[list[str] | None, typer.Argument(help="Ids of deliveries; all in quarantine if none.")] = None,
    kept: Annotated[bool, typer.Option("--kept", help="All with facts that had no home when they came.")] = False,
) -> None:
    """Put deliveries back into the inbox, to be read and applied again."""
    setup.django()
    with setup.clear_errors():
        from uuid import UUID

        from aftercart.brands.models import Brand
        from aftercart.intake import services as intake

        found = Brand.objects.filter(slug=brand).first()
        if found is None:
            setup.fail(f"brand: there is none called {brand!r}")
            return
        try:
            chosen = intake.kept(found.id) if kept else [UUID(text) for text in delivery] if delivery else None
        except ValueError as error:
            setup.fail(f"delivery: {error}")
            return
        typer.echo(f"{intake.replay(found.id, chosen)} deliveries are waiting to be applied again.")

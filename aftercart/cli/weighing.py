"""Commands about what is at stake: open concerns in the order of their expected cost, and what things cost a brand."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.importing.command import one_brand
from aftercart.cli.inspecting import AsJson


def concerns(
    brand: Annotated[str, typer.Option(help="The brand's short name; needed where there are several.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What worries now, by what it may cost, the dearest first."""
    setup.django()
    with setup.clear_errors():
        from aftercart.ops.queries import concerns as queries
        from aftercart.plumbing import clock
        from aftercart.story.rules import kind_in_words

        owner = one_brand(brand)
        now = clock.business(owner)
        rows = list(queries.everything(owner, queries.Wanted(), now=now, limit=limit))
    if as_json:
        typer.echo(json.dumps([_told(row) for row in rows]))
        return
    for row in rows:
        cost, why = (row.weighed.money, row.weighed.why) if row.weighed else ("not weighed yet", "")
        chance = f", {row.weighed.chance}" if row.weighed else ""
        typer.echo(f"{cost:>12}  {row.number or 'order not known'}  {kind_in_words(row.kind)}{chance}  {why}")
    if not rows:
        typer.echo("Nothing is worrying.")


def _told(row: Any) -> dict[str, Any]:
    """One concern for machines: chances from 0 to 1, amounts in minor units."""
    told = {
        "id": str(row.id),
        "order": row.number,
        "kind": row.kind,
        "opened_at": row.opened_at.isoformat(),
        "carrier": row.carrier,
        "evidence": row.evidence,
    }
    one = row.weighed
    if one is None:
        return told
    parts = dict(zip(("contact", "refund", "future"), one.costs, strict=True))
    return told | {
        "contact_within": dict(zip(("1", "3", "7"), one.chances, strict=True)),
        "expected_cost": {"amount": one.total, "currency": one.currency, "parts": parts},
        "reasons": one.reasons,
        "factors": [{"factor": name, "level": level, "odds": odds} for name, level, odds in one.factors],
        "version": one.version,
    }


def stakes(
    brand: Annotated[str, typer.Argument(help="The brand's short name, as in its addresses.")],
    contact: Annotated[float | None, typer.Option(help="What one contact costs.")] = None,
    currency: Annotated[str | None, typer.Option(help="In which currency.")] = None,
    margin: Annotated[float | None, typer.Option(help="Share of a sale that is left.")] = None,
    again_first: Annotated[float | None, typer.Option(help="Orders a year after a first one.")] = None,
    again_few: Annotated[float | None, typer.Option(help="Orders a year after two or three.")] = None,
    again_regular: Annotated[float | None, typer.Option(help="Orders a year of a regular customer.")] = None,
    as_json: AsJson = False,
) -> None:
    """What contacts cost a brand and what its customers are worth to it: shows it, and changes what is given."""
    setup.django()
    with setup.clear_errors():
        from aftercart.plumbing import clock
        from aftercart.risk import services as risk
        from aftercart.risk.rules import StakesError

        owner = one_brand(brand)
        told = {
            "contact": contact,
            "currency": currency and currency.upper(),
            "margin": margin,
            "again_first": again_first,
            "again_few": again_few,
            "again_regular": again_regular,
        }
        given: dict[str, object] = {name: value for name, value in told.items() if value is not None}
        try:
            known = risk.stakes(owner, given, at=clock.business(owner), by="aftercart stakes")
        except StakesError as error:
            setup.fail(str(error))
    typer.echo(json.dumps(known) if as_json else "\n".join(f"{name:14} {value}" for name, value in known.items()))

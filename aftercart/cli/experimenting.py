"""`aftercart experiment …`: holding a share of customers out of notices, to measure what these do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.outreach.experiments.models import Experiment
    from aftercart.outreach.experiments.queries import Report

app = typer.Typer(no_args_is_help=True, help="Hold a share of customers out of notices, to measure what these do.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
BY = "aftercart experiment"


@app.command()
def start(
    slug: Slug,
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Kinds of notice, like late stalled; all worries that ask nothing if none."),
    ] = None,
    name: Annotated[str, typer.Option(help="To tell several experiments apart.")] = "notices",
    share: Annotated[float, typer.Option(help="Share of the customers who are held out; 0: nobody.")] = 0.05,
    days: Annotated[int, typer.Option(help="A contact counts within so many days.")] = 7,
    aim: Annotated[str, typer.Option(help="What counts: contacts, or again (customers who buy again).")] = "contacts",
    as_json: AsJson = False,
) -> None:
    """Begin: from now on a share of the customers, drawn by hash, is not told what these kinds would tell."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.experiments import services
        from aftercart.outreach.experiments.rules import WORRIES, ExperimentError, Plan
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        plan = Plan(name=name, kinds=tuple(kinds or WORRIES), share=share, window_days=days, aim=aim)
        try:
            made = services.start(brand, plan, at=clock.business(brand), by=BY)
        except ExperimentError as error:
            setup.fail(str(error))
    typer.echo(json.dumps(_told(made)) if as_json else _line(made))


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """The experiments with what each has measured so far."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.experiments import services
        from aftercart.outreach.experiments.models import Experiment
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        rows = [
            (one, services.report(brand, one, clock.business(brand)))
            for one in Experiment.objects.filter(brand=brand).order_by("started_at")
        ]
    if as_json:
        typer.echo(json.dumps([_told(one) | _measured(found) for one, found in rows]))
        return
    for one, found in rows:
        typer.echo(_line(one))
        typer.echo(f"  {_sentence(found)}")


@app.command()
def stop(slug: Slug, name: Annotated[str, typer.Argument(help="As `list` prints it.")]) -> None:
    """End: nobody is held out by it any more. What was measured stays."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.experiments import services
        from aftercart.outreach.experiments.rules import ExperimentError
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        try:
            services.stop(brand, name, at=clock.business(brand), by=BY)
        except ExperimentError as error:
            setup.fail(str(error))
    typer.echo("Stopped.")


def _line(one: Experiment) -> str:
    until = f" until {one.stopped_at:%Y-%m-%d %H:%M} UTC" if one.stopped_at else ""
    return (
        f"{one.name}  {one.share:.1%} held out of {' '.join(one.kinds)}, contacts within {one.window_days} days,"
        f" since {one.started_at:%Y-%m-%d %H:%M} UTC{until}"
    )


def _told(one: Experiment) -> dict[str, Any]:
    return {
        "name": one.name,
        "kinds": one.kinds,
        "share": one.share,
        "days": one.window_days,
        "aim": one.aim,
        "started_at": one.started_at.isoformat(),
        "stopped_at": one.stopped_at and one.stopped_at.isoformat(),
    }


def _measured(found: Report) -> dict[str, Any]:
    """As `aftercart backtest deflection` says it; no `effect` where nothing can be compared yet."""
    from aftercart.cli.backtest_deflection import report

    about = {"customers": sum(found.drawn), "split_chance": found.split, "open_orders": found.open}
    measured = found.arms.estimate
    return about | (report(measured) if measured else {"effect": None, "enough": False})


def _sentence(found: Report) -> str:
    measured = found.arms.estimate
    if measured is None or not measured.enough:
        return f"not enough data yet: {found.drawn[0]:,} customers held out, {found.drawn[1]:,} notified"
    low, high = (100 * end for end in measured.always)
    return (
        f"{100 * measured.effect:.1f} contacts spared per 100 affected orders ({low:.1f} to {high:.1f}, however often"
        f" one looks), {found.drawn[0]:,} customers held out, {found.drawn[1]:,} notified"
    )

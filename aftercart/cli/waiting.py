"""How long a brand gives things time: shown, or set for what begins from now on."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from aftercart.cli import setup


def waits(
    slug: Annotated[str, typer.Argument(help="The brand's short name, as in its addresses.")],
    not_received: Annotated[
        float | None,
        typer.Option(min=0, max=60, help="Business days that something delivered is given to turn up; 2."),
    ] = None,
    pickup: Annotated[
        float | None, typer.Option(min=0, max=60, help="Days at a pick-up point before we remind; 2.")
    ] = None,
    shelf: Annotated[
        float | None, typer.Option(min=1, max=60, help="Days that a pick-up point keeps it, where nothing tells; 7.")
    ] = None,
    expiring: Annotated[
        float | None, typer.Option(min=0, max=60, help="Days before the end of that when we remind again; 2.")
    ] = None,
    circles: Annotated[
        int | None, typer.Option(min=1, max=20, help="Returns to a hub that are no mistake any more; 2.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """Show a brand's waits, or change some of them."""
    told = {"not_received": not_received, "pickup": pickup, "shelf": shelf, "expiring": expiring, "circles": circles}
    setup.django()
    with setup.clear_errors():
        counts = _kept(slug, {name: value for name, value in told.items() if value is not None})
        typer.echo(json.dumps(counts) if as_json else "\n".join(f"{n:14}{v:g}" for n, v in counts.items()))


def _kept(slug: str, changed: dict[str, float]) -> dict[str, float]:
    """The brand's waits, after those that are named were changed."""
    from dataclasses import asdict

    from aftercart.brands.models import Brand
    from aftercart.plumbing import clock
    from aftercart.policies import services as policies
    from aftercart.watch.judging import WAITS
    from aftercart.watch.limits import Waits
    from aftercart.watch.services import look_again

    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        setup.fail(f"brand: there is none called {slug!r}; make it with `aftercart brand {slug}`")
    at = clock.business(brand)
    rule = policies.current(brand, WAITS, at=at) | changed
    if changed:
        policies.publish(brand, WAITS, rule, at=at, by="aftercart waits")
        look_again(brand, at)
    return asdict(Waits.of(rule))

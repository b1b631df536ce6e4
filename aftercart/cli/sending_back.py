"""What holds for returns and refunds at a brand: shown, or set for what is ordered or happens from now on."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of


def returns(
    slug: Slug,
    days: Annotated[
        str | None, typer.Option(help="Days from delivery to send it back, such as 30, or `none`: nothing is said.")
    ] = None,
    decide: Annotated[int | None, typer.Option(help="From a request for a return to the decision.")] = None,
    check: Annotated[int | None, typer.Option(help="From the goods' arrival to the result.")] = None,
    pay: Annotated[int | None, typer.Option(help="From the result until the money leaves.")] = None,
    settle: Annotated[int | None, typer.Option(help="Until a refund that cannot be seen in time is settled.")] = None,
    visible: Annotated[
        list[str] | None, typer.Option(help="Until the customer sees a refund, by method: `card=7`, `other=10`.")
    ] = None,
) -> None:
    """Say how long customers can send something back, and within how many working days each step follows.

    Prints what holds. What is not said is promised to nobody; earlier orders keep the days that they had.
    """
    setup.django()
    with setup.clear_errors():
        from aftercart.plumbing import clock
        from aftercart.promises import returning
        from aftercart.returns import terms

        brand = brand_of(slug)
        at = clock.business(brand)
        said: dict[str, Any] = {"decide": decide, "check": check, "pay": pay, "settle": settle}
        changed = {name: value for name, value in said.items() if value is not None}
        changed |= {"visible": dict(_pair(pair) for pair in visible)} if visible else {}
        window = _days(days) if days is not None else None
        try:
            if changed:
                terms.publish(brand, at=at, by="aftercart returns", **changed)
            if days is not None:
                returning.publish(brand, window, at=at, by="aftercart returns")
        except ValueError as error:
            setup.fail(str(error))
        typer.echo(json.dumps({"days": returning.window_of(brand, at)} | terms.as_body(terms.terms_of(brand, at))))


def _days(told: str) -> int | None:
    if told == "none":
        return None
    if not told.isdecimal():
        setup.fail(f"days: {told!r} is no number of days, such as 30, and not `none`")
    return int(told)


def _pair(told: str) -> tuple[str, int]:
    method, _, days = told.partition("=")
    if not days.strip().isdecimal():
        setup.fail(f"visible: {told!r} is no pair such as card=7")
    return method.strip(), int(days)

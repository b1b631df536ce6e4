"""What a brand asks its customers: set and shown."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

Pairs = Annotated[
    list[str] | None,
    typer.Option(help="Hours after its occasion, or `none`: delivery=72, ticket=24, refund=24."),
]


def questions(
    slug: Slug,
    check: Annotated[
        str | None, typer.Option(help="Whom we ask whether a delivery arrived: never, doubtful or all.")
    ] = None,
    check_hours: Annotated[float | None, typer.Option(help="So many hours after it was scanned as delivered.")] = None,
    check_value: Annotated[
        str | None, typer.Option(help="Orders of this value on are doubtful, in whole units; `none`: never for that.")
    ] = None,
    ask: Pairs = None,
) -> None:
    """Say which deliveries are asked about and which questions customers get; prints what holds."""
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.questions import terms
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        at = clock.business(brand)
        changed: dict[str, Any] = {"check": check, "check_hours": check_hours}
        changed["ask"] = dict(_pair(word) for word in ask) if ask else None
        changed = {name: value for name, value in changed.items() if value is not None}
        if check_value is not None:
            changed["check_value"] = None if check_value == "none" else int(_number("check_value", check_value))
        try:
            held = terms.publish(brand, at=at, by="aftercart questions", **changed) if changed else None
        except ValueError as error:
            setup.fail(str(error))
        typer.echo(json.dumps(terms.as_body(held or terms.asking_of(brand, at))))


def _pair(word: str) -> tuple[str, float | None]:
    kind, equals, hours = word.partition("=")
    if not equals:
        setup.fail(f"ask: {word!r} is no pair, such as delivery=72")
    return f"ask_{kind.strip()}", None if hours.strip() == "none" else _number("ask", hours.strip())


def _number(field: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        setup.fail(f"{field}: {text!r} is no number")

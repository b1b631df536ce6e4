"""`aftercart gesture …`: what a brand gives to whom it has let down, how much of it a month, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.brands.models import Brand
    from aftercart.outreach.gestures.policy import Policy

app = typer.Typer(no_args_is_help=True, help="Give something to customers who were let down, by rule, within a budget.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
BY = "aftercart gesture"


@app.command("set")
def set_(
    slug: Slug,
    budget: Annotated[list[str] | None, typer.Option(help="Of one calendar month: EUR=500; 0 ends it.")] = None,
    price: Annotated[list[str] | None, typer.Option(help="What 100 points cost you: EUR=1.00.")] = None,
    every: Annotated[int | None, typer.Option(help="A customer is given one thing within so many days.")] = None,
    not_received: Annotated[
        int | None, typer.Option(help="Nothing for who has said oftener in a year that nothing came.")
    ] = None,
    held_out: Annotated[
        float | None, typer.Option(help="Share of the customers given nothing, to measure by; 0: nobody.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set what may be given in a month and to whom; what is not named stays as it is."""

    def changed(policy: Policy) -> Policy:
        from dataclasses import replace

        from aftercart.outreach.gestures.terms import merged

        return replace(
            policy,
            budget=merged(policy.budget, _amounts("budget", budget)),
            point_price=merged(policy.point_price, _amounts("price", price)),
            period_days=policy.period_days if every is None else every,
            most_not_received=policy.most_not_received if not_received is None else not_received,
        )

    _change(slug, changed, share=held_out, as_json=as_json)


@app.command()
def rule(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="To tell rules apart. Of the rules that fit, the first gives.")],
    worries: Annotated[list[str], typer.Argument(help="For which worries: missed late lost …")],
    points: Annotated[int, typer.Option(help="Give so many points.")] = 0,
    credit: Annotated[list[str] | None, typer.Option(help="Give a credit: EUR=5.00, once for each currency.")] = None,
    upgrade: Annotated[
        list[str] | None, typer.Option(help="Give faster shipping of the next order, which costs you EUR=4.00.")
    ] = None,
    late: Annotated[int, typer.Option(help="From so many days after the first promised date on.")] = 0,
    stake: Annotated[list[str] | None, typer.Option(help="From so much expected loss on: EUR=20.")] = None,
    valid: Annotated[int, typer.Option(help="It can be used for so many days.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a rule, or change the one of that name."""

    def changed(policy: Policy) -> Policy:
        from aftercart.outreach.gestures.policy import CREDIT, POINTS, UPGRADE, GestureError, Rule
        from aftercart.outreach.gestures.terms import with_rule

        gifts = {POINTS: bool(points), CREDIT: bool(credit), UPGRADE: bool(upgrade)}
        if sum(gifts.values()) != 1:
            raise GestureError("gift: name one of --points, --credit and --upgrade")
        made = Rule(
            name=name,
            kinds=tuple(dict.fromkeys(worries)),
            gift=next(gift for gift, named in gifts.items() if named),
            points=points,
            money=_amounts("money", credit or upgrade),
            late_days=late,
            stake=_amounts("stake", stake),
            valid_days=valid,
        )
        return with_rule(policy, made)

    _change(slug, changed, as_json=as_json)


@app.command()
def drop(
    slug: Slug, name: Annotated[str, typer.Argument(help="As `show` prints it.")], as_json: AsJson = False
) -> None:
    """End a rule. What was granted stays granted."""

    def changed(policy: Policy) -> Policy:
        from aftercart.outreach.gestures.terms import without_rule

        return without_rule(policy, name)

    _change(slug, changed, as_json=as_json)


@app.command()
def show(slug: Slug, as_json: AsJson = False) -> None:
    """The rules, what is left of this month's budget, and what was decided."""
    setup.django()
    with setup.clear_errors():
        _say(brand_of(slug), as_json=as_json)


def _change(slug: str, changed: Callable[[Policy], Policy], *, share: float | None = None, as_json: bool) -> None:
    setup.django()
    with setup.clear_errors():
        from aftercart.outreach.experiments.rules import ExperimentError
        from aftercart.outreach.gestures import terms
        from aftercart.outreach.gestures.policy import GestureError
        from aftercart.plumbing import clock

        brand = brand_of(slug)
        at = clock.business(brand)
        try:
            terms.publish(brand, changed(terms.policy_of(brand, at)), at=at, by=BY, share=share)
        except (GestureError, ExperimentError) as error:
            setup.fail(str(error))
        _say(brand, as_json=as_json)


def _amounts(field: str, told: Sequence[str] | None) -> dict[str, int]:
    """EUR=5.00 is 500 of EUR."""
    from aftercart.outreach.gestures.policy import GestureError
    from aftercart.plumbing.money import minor_units

    found = {}
    for word in told or ():
        currency, equals, amount = word.partition("=")
        units = minor_units(amount, currency.strip().upper()) if equals else None
        if units is None:
            raise GestureError(f"{field}: {word!r} is no amount such as EUR=5.00")
        found[currency.strip().upper()] = units
    return found


def _say(brand: Brand, *, as_json: bool) -> None:
    from aftercart.outreach.gestures import queries, terms
    from aftercart.plumbing import clock
    from aftercart.words.writing import money_written

    at = clock.business(brand)
    policy, running = terms.policy_of(brand, at), terms.measured_by(brand, at)
    month = queries.month(brand, policy, at)
    if as_json:
        told: dict[str, Any] = terms.as_body(policy) | {
            "on": policy.on,
            "held_out": running.share if running else None,
            "spent": month.spent,
            "states": month.states,
        }
        typer.echo(json.dumps(told))
        return
    typer.echo("Gestures are given." if policy.on else "Nothing is given: that needs a rule and a budget.")
    for one in policy.rules:
        typer.echo(f"{one.name}  {queries.in_words(one)}")
    for currency, most in sorted(policy.budget.items()):
        spent = money_written(month.spent.get(currency, 0), currency, "en")
        typer.echo(f"{currency}  {spent} of {money_written(most, currency, 'en')}")
    for state, count in sorted(month.states.items()):
        typer.echo(f"{state}  {count:,}")
    if running:
        typer.echo(f"{running.share:.1%} of the customers are held out ({running.name}).")

"""`aftercart triage …`: what a text says, and what a brand teaches. Without a brand it needs no database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aftercart.cli import setup
from aftercart.cli.labelled_texts import NAMES, Labelled, UnreadableFile, read
from aftercart.cli.past_orders import file_and_names, say_refused
from aftercart.cli.setup import fail

if TYPE_CHECKING:
    from pathlib import Path

    from aftercart.understanding.reading import Reader

app = typer.Typer(no_args_is_help=True, help="What a text says, and what a brand teaches about its texts.")

Words = Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Region = Annotated[str, typer.Option(help="Country of phone numbers without one, like DE.")]
Whose = Annotated[str, typer.Option("--brand", help="As this brand reads: its short name.")]


@app.command()
def entities(text: Words, region: Region = "", as_json: AsJson = False) -> None:
    """The order numbers, parcel numbers, phones and e-mail addresses in a text."""
    from aftercart.understanding.entities import entities as found_in

    found = [asdict(one) for one in found_in(_text(text), region=_region(region))]
    if as_json:
        sys.stdout.write(json.dumps({"entities": found}, indent=2, ensure_ascii=False) + "\n")
        return
    table = Table()
    for name in ("kind", "value", "as written", "confidence", "carriers"):
        table.add_column(name)
    for one in found:
        carriers = ", ".join(name or "a post" for name in one["carriers"])
        table.add_row(one["kind"], escape(one["value"]), escape(one["written"]), f"{one['confidence']:.0%}", carriers)
    Console().print(table if found else "No number and no address.")


@app.command("read")
def read_text(text: Words, region: Region = "", brand: Whose = "", as_json: AsJson = False) -> None:
    """All that a text says: language, category, entities, wishes and dangers, each with its confidence."""
    from aftercart.understanding.reading import Text

    with setup.clear_errors():
        (found,) = _reader(brand, _region(region)).read([Text(_text(text))])
    told: dict[str, Any] = asdict(found)
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return
    category = told["category"]
    unsure = "" if category["label"] else " (unsure)"
    lines = [
        f"language  {told['language']['language'] or 'unsure'}, {told['language']['confidence']:.0%}",
        f"category  {category['likeliest']}, {category['confidence']:.0%}{unsure}",
        *(f"{one['kind']:<9} {one['value']}, {one['confidence']:.0%}" for one in told["entities"]),
        *(f"{one['name']:<9} {one['confidence']:.0%}: {', '.join(one['cues'])}" for one in told["signals"]),
    ]
    Console().print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


@app.command()
def train(
    given: Annotated[list[str], typer.Argument(metavar="FILE", help="Labelled texts: .csv, .jsonl or .parquet.")],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The file's name of a column, and ours.")
    ] = None,
    brand: Annotated[str, typer.Option(help="The brand's short name; needed where there are several.")] = "",
    as_json: AsJson = False,
) -> None:
    """Learn from a labelled history. A text that was known already takes its new label; new labels are categories."""
    file, names = file_and_names(given, renamed or [], tuple(NAMES))
    found = _labelled(file, names)
    say_refused(found.refused, Console(stderr=True))
    if not found.examples:
        fail(f"{file.name}: no row has both a text and a label")
    setup.django()
    with setup.clear_errors():
        from aftercart.cli.importing.command import one_brand, progress_bar
        from aftercart.plumbing import clock
        from aftercart.understanding import services

        owner = one_brand(brand)
        try:
            with progress_bar(Console(stderr=True)) as bar:
                task = bar.add_task(f"Learning from {file.name}", total=len(found.examples))
                told = services.learn_history(
                    owner,
                    found.examples,
                    by="aftercart triage",
                    at=clock.business(owner),
                    progress=lambda ready: bar.update(task, completed=ready),
                )
        except services.TaxonomyError as error:
            fail(f"{file.name}: {error}")
    counted = asdict(told) | {"rows_refused": len(found.refused)}
    if as_json:
        sys.stdout.write(json.dumps(counted, indent=2, ensure_ascii=False) + "\n")
        return
    typer.echo(f"Learned from {told.read:,} texts, {told.new:,} of them new; {told.taught_with:,} are known.")
    if told.added:
        typer.echo(f"New categories: {', '.join(told.added)}.")


@app.command()
def categories(
    brand: Annotated[str, typer.Option(help="The brand's short name; needed where there are several.")] = "",
    add: Annotated[list[str] | None, typer.Option(help="A category of the brand's own; or one of ours again.")] = None,
    retire: Annotated[list[str] | None, typer.Option(help="One that nothing shall be judged to be any more.")] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="The languages that customers write in, like de; once for each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a brand's messages can be about, and in which languages they come: shows it, and changes what is given."""
    setup.django()
    with setup.clear_errors():
        from aftercart.cli.importing.command import one_brand
        from aftercart.plumbing import clock
        from aftercart.understanding import services

        owner = one_brand(brand)
        now, by = clock.business(owner), "aftercart triage"
        try:
            for name in add or []:
                services.add_category(owner, name, by=by, at=now)
            for name in retire or []:
                services.retire_category(owner, name, by=by, at=now)
            if language:
                services.set_languages(owner, language, by=by, at=now)
        except services.TaxonomyError as error:
            fail(str(error))
        told = {"categories": services.taxonomy(owner), "languages": services.languages_of(owner)}
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        typer.echo("\n".join(f"{name:12}{', '.join(found)}" for name, found in told.items()))


@app.command()
def spent(
    brand: Annotated[str, typer.Option(help="The brand's short name; needed where there are several.")] = "",
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days, until now.")] = 30,
    as_json: AsJson = False,
) -> None:
    """What a model outside, if the settings name one, was asked for this brand, and in how many tokens."""
    setup.django()
    with setup.clear_errors():
        from aftercart.cli.importing.command import one_brand
        from aftercart.plumbing import clock
        from aftercart.understanding import asking

        told = asdict(asking.spent(one_brand(brand), clock.machine() - timedelta(days=days)))
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        typer.echo("\n".join(f"{name:12}{count:,}" for name, count in told.items()))


def _text(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


def _region(told: str) -> str:
    if told and (len(told) != 2 or not told.isalpha()):
        fail(f"--region: {told!r} is not a country; it is written like DE")
    return told.upper()


def _labelled(file: Path, names: dict[str, str]) -> Labelled:
    try:
        return read(file, names=names)
    except UnreadableFile as error:
        fail(f"{file.name}: {error}")


def _reader(brand: str, region: str) -> Reader:
    from aftercart.understanding.reading import Reader, Shop

    if not brand:
        return Reader(Shop(region=region))
    setup.django()
    from aftercart.cli.importing.command import one_brand
    from aftercart.understanding.services import reader_for

    return reader_for(one_brand(brand))

"""`aftercart triage …`: what a text says, and what a brand teaches. Needs no database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from aftercart.cli.labelled_texts import NAMES, UnreadableFile, read
from aftercart.cli.past_orders import file_and_names, say_refused
from aftercart.cli.setup import fail

app = typer.Typer(no_args_is_help=True, help="What a text says, and what a brand teaches about its texts.")

KEPT_IN = Path("var/triage.jsonl")  # until brands have a table of what they have taught

Words = Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Region = Annotated[str, typer.Option(help="Country of phone numbers without one, like DE.")]
Taught = Annotated[
    Path | None, typer.Option("--taught", metavar="FILE", help="What was taught; var/triage.jsonl unless given.")
]


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
def read_text(text: Words, region: Region = "", taught: Taught = None, as_json: AsJson = False) -> None:
    """All that a text says: language, category, entities, wishes and dangers, each with its confidence."""
    from aftercart.understanding.reading import Reader, Shop, Text

    (found,) = Reader(Shop(region=_region(region)), _classifier(taught or KEPT_IN)).read([Text(_text(text))])
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
    taught: Taught = None,
    as_json: AsJson = False,
) -> None:
    """Learn from a labelled history. A text that was known already takes its new label."""
    from aftercart.understanding.examples import Example

    file, names = file_and_names(given, renamed or [], tuple(NAMES))
    found = _labelled(file, names)
    say_refused(found.refused, Console(stderr=True))
    if not found.examples:
        fail(f"{file.name}: no row has both a text and a label")
    kept = taught or KEPT_IN
    known: dict[str, Example] = {one.text: one for one in _labelled(kept, {}).examples} if kept.exists() else {}
    before = len(known)
    known |= {one.text: one for one in found.examples}
    _classifier_of(list(known.values()))
    _keep(kept, list(known.values()))
    told = {"read": len(found.examples), "new": len(known) - before, "taught_with": len(known),
            "rows_refused": len(found.refused), "kept_in": str(kept)}  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        new, all_ = f"{told['new']:,}", f"{told['taught_with']:,}"
        typer.echo(f"Learned from {told['read']:,} texts, {new} of them new; {all_} are kept in {kept}.")


def _text(given: str) -> str:
    return sys.stdin.read() if given == "-" else given


def _region(told: str) -> str:
    if told and (len(told) != 2 or not told.isalpha()):
        fail(f"--region: {told!r} is not a country; it is written like DE")
    return told.upper()


def _labelled(file: Path, names: dict[str, str]) -> Any:
    try:
        return read(file, names=names)
    except UnreadableFile as error:
        fail(f"{file.name}: {error}")


def _classifier(kept: Path) -> Any:
    return _classifier_of(_labelled(kept, {}).examples) if kept.exists() else None


def _classifier_of(examples: Any) -> Any:
    from aftercart.understanding.category import Classifier, taxonomy

    return Classifier(examples, labels=taxonomy([one.label for one in examples]))


def _keep(kept: Path, examples: Any) -> None:
    """Whole or not at all: a half-written history would be a smaller one."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = kept.with_suffix(".half")
    rows = ({"text": one.text, "label": one.label, "lang": one.language} for one in examples)
    half.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    half.replace(kept)

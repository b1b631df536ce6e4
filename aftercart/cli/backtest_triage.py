"""`aftercart backtest triage`: how well messages are understood, from files that people have labelled."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from aftercart.cli.labelled_texts import NAMES, Labelled, UnreadableFile, read
from aftercart.cli.past_orders import fail, names_of, say_refused
from aftercart.understanding.examples import Example

BATCH = 500
TIMED_TEXTS = 2_000  # fewer are read over again until so many have been timed
NOBODY = "none"
SPOKEN = 0.005  # share of the texts from which on a brand speaks a language


def triage(
    given: Annotated[
        list[str],
        typer.Argument(metavar="TRAIN TEST", help="Labelled texts: .csv, .jsonl or .parquet; TRAIN may be `none`."),
    ],
    renamed: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS …", help="The files' name of a column, and ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Judge the texts of TEST as a brand that has learned from TRAIN would, or with `none` as one that is new.

    The files have the columns text and label, and optionally lang. All shares are fractions from 0 to 1.
    """
    began = time.perf_counter()
    files = [word for word in given if "=" not in word or Path(word).exists()]
    if len(files) != 2:
        fail(f"TRAIN and TEST are needed, two files and not {len(files)}; a brand without history has `none` as TRAIN")
    names = names_of([*(renamed or []), *(word for word in given if word not in files)], tuple(NAMES))
    errors = Console(stderr=True)
    train = Labelled() if files[0] == NOBODY else _labelled(Path(files[0]), names, errors)
    test = _labelled(Path(files[1]), names, errors)
    told = report(train.examples, test.examples)
    del told["right"]
    told["rows_refused"] = len(train.refused) + len(test.refused)
    told["seconds"] = round(time.perf_counter() - began, 2)
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(told)


def _labelled(file: Path, names: dict[str, str], errors: Console) -> Labelled:
    try:
        found = read(file, names=names)
    except UnreadableFile as error:
        fail(f"{file.name}: {error}")
    say_refused(found.refused, errors)
    if not found.examples:
        first = found.refused[0] if found.refused else None
        fail(f"{file.name}: " + (f"line {first[0]}: {first[1]}" if first else "holds no rows"))
    return found


def report(train: list[Example], test: list[Example]) -> dict[str, Any]:
    """What is printed, and `right` for each text. `texts_per_second` is of one core's time, everything read."""
    from aftercart.understanding.category import Classifier, taxonomy
    from aftercart.understanding.examples import LANGUAGES
    from aftercart.understanding.reading import Reader, Shop, Text
    from aftercart.understanding.scoring import score

    languages = tuple(sorted(_spoken(train) | _spoken(test))) or LANGUAGES
    begun = time.process_time()
    classifier = Classifier(train, labels=taxonomy([one.label for one in train]), languages=languages)
    taught = time.process_time() - begun
    reader = Reader(Shop(languages=languages), classifier)
    texts = [Text(one.text) for one in test]
    reader.read([Text("?"), Text("qzx wvk")])  # what is loaded once is not timed
    many = texts * max(1, -(-TIMED_TEXTS // len(texts)))
    readings, spent = [], 0.0
    for at in range(0, len(many), BATCH):
        begun = time.process_time()
        readings += reader.read(many[at : at + BATCH])
        spent += time.process_time() - begun
    readings = readings[: len(texts)]
    spoken = [one.language or reading.language.language for one, reading in zip(test, readings, strict=True)]
    told = score([one.category for one in readings], [one.label for one in test], spoken)
    said = [
        (one.language, reading.language.language) for one, reading in zip(test, readings, strict=True) if one.language
    ]
    return told | {
        "right": [reading.category.likeliest == one.label for one, reading in zip(test, readings, strict=True)],
        "language_accuracy": round(sum(a == b for a, b in said) / len(said), 4) if said else None,
        "texts_per_second": round(len(many) / max(spent, 1e-9)),
        "languages": list(languages),
        "taught_with": len(train),
        "teaching_seconds": round(taught, 2),
    }


def _spoken(examples: list[Example]) -> set[str]:
    """The languages that this brand speaks: told by the file, or seen in it, in more than a few texts."""
    from aftercart.understanding.examples import LANGUAGES
    from aftercart.understanding.folding import folded, words
    from aftercart.understanding.language import Languages

    found = Languages().spoken([one.text for one in examples], [words(folded(one.text)) for one in examples])
    often = Counter(one.language or seen.language for one, seen in zip(examples, found, strict=True))
    return {language for language in LANGUAGES if often[language] > SPOKEN * len(examples)}


def _show(told: dict[str, Any]) -> None:
    table = Table(title=f"{told['texts']:,} texts, by the label that people gave")
    for name in ("label", "texts", "found", "right when said", "f1"):
        table.add_column(name, justify="left" if name == "label" else "right")
    for label, one in told["by_label"].items():
        table.add_row(
            label, f"{one['texts']:,}", _percent(one["recall"]), _percent(one["precision"]), f"{one['f1']:.2f}"
        )
    out = Console()
    out.print(table)
    lines = [
        f"Right: {_percent(told['accuracy'])}; of the surest 90 % {_percent(told['accuracy_at_90'])},"
        f" of the surest 80 % {_percent(told['accuracy_at_80'])}.",
        f"Sure enough to act on: {_percent(told['automated_share'])} of the texts,"
        f" right in {_percent(told['automated_accuracy'])}.",
        "By language: " + ", ".join(f"{k} {_percent(v['accuracy'])}" for k, v in told["by_lang"].items()) + ".",
        f"{told['texts_per_second']:,} texts a second of one core. Taught in {told['teaching_seconds']} s."
        f" Rows left out: {told['rows_refused']:,}.",
    ]
    out.print("\n".join(lines), highlight=False, soft_wrap=True)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"

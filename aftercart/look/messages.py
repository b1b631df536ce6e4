"""The sentences that want translating: found in the source, kept in the catalogues.

`python -m aftercart.look.messages` brings the catalogues up to date: new sentences come in empty, old ones go.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from aftercart.look.compile import LOCALE
from aftercart.look.formats import LANGUAGES

PACKAGE = Path(__file__).parent.parent
CALLS = {"_": None, "gettext": None, "gettext_lazy": None, "mark": None, "ngettext": (1, 2)}

Message = str | tuple[str, ...]


def messages(package: Path = PACKAGE) -> Iterator[tuple[Message, Path]]:
    """Each sentence marked for translation (singular and plural as a pair) with the file that says it."""
    templates = [file for kind in ("html", "txt") for file in package.glob(f"*/templates/**/*.{kind}")]
    for file in sorted([*package.rglob("*.py"), *templates]):
        text = file.read_text("utf-8")
        if file.suffix != ".py":
            text = templatize(text, origin=str(file))
        elif "django.utils.translation" not in text:
            continue
        for _line, found, _comments, _context in extract("python", BytesIO(text.encode()), keywords=CALLS):
            yield found, file


def catalogue(language: str) -> Catalog:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _found() -> Catalog:
    """Fresh for each language: a catalogue shares its entries with the one that it is brought up to date from."""
    found = Catalog()
    for message, file in messages():
        found.add(message, locations=[(file.relative_to(PACKAGE).as_posix(), 0)])
    return found


def _write(language: str, kept: Catalog) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = BytesIO()
    write_po(lines, kept, width=110, sort_output=True, include_lineno=False, omit_header=True)
    plurals = f"nplurals={kept.num_plurals}; plural={kept.plural_expr};"
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plurals}\\n"\n'
    header += '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_bytes(header.encode() + lines.getvalue())


def bring_up_to_date() -> None:
    for language in LANGUAGES:
        kept = catalogue(language)
        kept.update(_found(), no_fuzzy_matching=True)
        kept.obsolete.clear()
        if language == "en":
            for entry in kept:
                entry.string = entry.id
        _write(language, kept)


if __name__ == "__main__":
    # Reading templates asks Django whether translation is on.
    settings.configure(USE_I18N=True)
    bring_up_to_date()

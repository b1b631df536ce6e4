"""Compile the translations: `python -m aftercart.look.compile`. Needs Babel only, no GNU gettext and no settings.

The compiled files are not committed: they are made at set-up and when the wheel is built.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write a .mo beside each .po that is newer than it, or has none; the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as file:
                catalogue = read_po(file, abort_invalid=True)
            part = target.with_suffix(".mo.part")
            with part.open("wb") as file:
                write_mo(file, catalogue)
            part.replace(target)
            written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()

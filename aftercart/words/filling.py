"""Templates: text with `{name}` and ICU's `{name, plural, one {# day} other {# days}}`. Pure.

There is no way to write a brace that is none: no sentence to a customer needs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal

Value = str | int
OTHER = "other"  # the form that every plural has
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLURAL = re.compile(r"\s*([a-z][a-z0-9_]*)\s*,\s*plural\s*,\s*")
_BRANCH = re.compile(r"\s*(=\d+|zero|one|two|few|many|other)\s*\{")


class TemplateError(ValueError):
    """A template that cannot be filled in. `reason` for a person; `excerpt` is the place."""

    def __init__(self, reason: str, excerpt: str) -> None:
        super().__init__(f"{reason}: {excerpt}")
        self.reason, self.excerpt = reason, excerpt


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Plural:
    name: str
    branches: tuple[tuple[str, tuple[Piece, ...]], ...]


Piece = str | Variable | Plural


@lru_cache(maxsize=4096)
def parse(template: str) -> tuple[Piece, ...]:
    """The pieces of a template; raises `TemplateError` where a brace is astray."""
    pieces, end = _pieces(template, 0, inside=False)
    assert end == len(template)
    return pieces


def _pieces(text: str, at: int, *, inside: bool) -> tuple[tuple[Piece, ...], int]:
    """Up to the end, or up to the brace that closes a branch; the place after it."""
    found: list[Piece] = []
    while at < len(text):
        stop = re.compile(r"[{}]").search(text, at)
        if stop is None:
            break
        if at < stop.start():
            found.append(text[at : stop.start()])
        if stop.group() == "}":
            if inside:
                return tuple(found), stop.end()
            raise TemplateError("a brace closes that none has opened", _around(text, stop.start()))
        piece, at = _braced(text, stop.end())
        found.append(piece)
    if inside:
        raise TemplateError("a brace is never closed", _around(text, at))
    if at < len(text):
        found.append(text[at:])
    return tuple(found), len(text)


def _braced(text: str, at: int) -> tuple[Piece, int]:
    close = text.find("}", at)
    if close >= 0 and _NAME.fullmatch(name := text[at:close].strip()):
        return Variable(name), close + 1
    if plural := _PLURAL.match(text, at):
        return _plural(text, plural.group(1), plural.end())
    raise TemplateError("braces hold the name of a variable, in small letters", _around(text, at - 1))


def _plural(text: str, name: str, at: int) -> tuple[Plural, int]:
    branches: list[tuple[str, tuple[Piece, ...]]] = []
    begun = at
    while branch := _BRANCH.match(text, at):
        pieces, at = _pieces(text, branch.end(), inside=True)
        branches.append((branch.group(1), pieces))
    closing = re.compile(r"\s*\}").match(text, at)
    if closing is None or OTHER not in dict(branches):
        raise TemplateError('a plural needs a branch "other {…}" and a closing brace', _around(text, begun))
    return Plural(name, tuple(branches)), closing.end()


def _around(text: str, at: int) -> str:
    return text[max(0, at - 20) : at + 30].replace("\n", " ").strip()


def fill(template: str, values: Mapping[str, Value], language: str) -> str:
    """The text; raises `TemplateError` for a variable that has no value in `values`. Numbers are grouped as usual."""
    return "".join(_filled(parse(template), values, language))


def _filled(pieces: tuple[Piece, ...], values: Mapping[str, Value], language: str, count: str = "#") -> Iterator[str]:
    """`count` stands in place of each `#` of the template, and of none that a value holds."""
    for piece in pieces:
        if isinstance(piece, str):
            yield piece.replace("#", count)
        elif piece.name not in values:
            raise TemplateError("nothing is known by this name", f"{{{piece.name}}}")
        elif isinstance(piece, Variable):
            value = values[piece.name]
            yield format_decimal(value, locale=language) if isinstance(value, int) else value
        else:
            yield from _counted(piece, values, language)


def _counted(plural: Plural, values: Mapping[str, Value], language: str) -> Iterator[str]:
    count = values[plural.name]
    if not isinstance(count, int):
        raise TemplateError("a plural needs a number", f"{{{plural.name}, plural, …}}")
    branches = dict(plural.branches)
    category = Locale.parse(language).plural_form(count)
    form = next(form for form in (f"={count}", category, OTHER) if form in branches)
    yield from _filled(branches[form], values, language, str(format_decimal(count, locale=language)))


def variables(template: str) -> frozenset[str]:
    """Every name that a template asks for; raises `TemplateError`."""
    return frozenset(_named(parse(template)))


def _named(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            continue
        yield piece.name
        if isinstance(piece, Plural):
            for _, branch in piece.branches:
                yield from _named(branch)


def forms(template: str) -> dict[str, None]:
    """Every form of a plural that is written in it, the one for many first; raises `TemplateError`."""
    return dict.fromkeys((OTHER, *_forms(parse(template))))


def _forms(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Plural):
            for form, branch in piece.branches:
                yield form
                yield from _forms(branch)


def masked(text: str, *, spare: frozenset[str] = frozenset()) -> str:
    """With the names of variables blanked, in place."""
    return re.sub(
        r"\{([a-z_0-9]+)\}", lambda hit: hit.group() if hit[1] in spare else "{" + "_" * len(hit[1]) + "}", text
    )

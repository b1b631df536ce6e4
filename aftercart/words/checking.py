"""The template check: refuses a text that leaves a customer as unsure as before. Pure.

It reads free text as a brand's lead would write it. Each language lists what it looks for in checks/<language>.toml; a
sentence may do for more than one of the four parts.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from aftercart.words.filling import OTHER, Plural, TemplateError, Variable, forms, masked, parse, variables
from aftercart.words.findings import CAN_DO, CHANGED, EXPECT, LENGTH, PARTS, VAGUE, VARIABLE, WRONG, Finding
from aftercart.words.kinds import EMAIL, KINDS, LANGUAGES, SMS
from aftercart.words.samples import filled_size
from aftercart.words.voices import Guide, guide, speak_check

MOST_SEGMENTS = 6
# Variables that hold a day by which something is decided ("if it is not there by …"); `expectation` holds a sentence.
AHEAD = re.compile(r"\{(?:deadline|return_by|expectation)\}")
# And those that hold the day on which something comes, unless the clause says that it may not.
COMING = re.compile(r"\{(?:latest|window|earliest)\}")
# "not on {promised} but on {latest}": what is denied there is the day told before.
BEFORE = re.compile(r"(?:\S+\s+){0,3}\{promised\}")
# What the names of variables say in English counts for nothing; but these are looked for by name.
_CUES = frozenset({"link", "action", "yes_link", "tracking", "days", "changed", "promised"})
_EVERY = frozenset().union(*(kind.variables for kind in KINDS.values()))
_SENTENCE = {"de": re.compile(r"(?<!\d)[.!?](?=\s|$)|[;\n]+"), "ja": re.compile(r"[。！？!?\n]+")}
_SENTENCES = re.compile(r"[.!?](?=\s|$)|[;\n]+")
_CLAUSE = {"ja": re.compile(r"[、，]|(?<=ません)が")}
_CLAUSES = re.compile(r"[,:–—](?!\d)|\b(?:but|aber|pero|mais|mas|so that)\b")


@dataclass(frozen=True, slots=True)
class Cues:
    """What one language looks for, each as one pattern over `folded` text."""

    vague: re.Pattern[str]
    wrong: re.Pattern[str]
    changed: re.Pattern[str]
    when: re.Pattern[str]
    ahead: re.Pattern[str]
    past: re.Pattern[str]
    denied: re.Pattern[str]
    can_do: re.Pattern[str]


@cache
def cues(language: str) -> Cues:
    text = resources.files("aftercart.words").joinpath(f"checks/{language}.toml").read_text("utf-8")
    lists: Mapping[str, list[str]] = tomllib.loads(text)
    edge = ("", "") if language == "ja" else (r"(?<!\w)", r"(?!\w)")
    return Cues(**{name: re.compile(f"{edge[0]}(?:{'|'.join(found)}){edge[1]}", re.M) for name, found in lists.items()})


def check(
    text: str, *, language: str, channel: str = EMAIL, kind: str = "", subject: str = "", segments: int = 1,
    voice: Guide | None = None,
) -> list[Finding]:  # fmt: skip
    """What is wrong with a template; nothing, if it may be published. `segments`: how many an SMS says it may take.

    `kind` narrows the variables to those that it knows. Raises ValueError for a language that we have no words in.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language: {language!r} is none of {', '.join(LANGUAGES)}")
    astray = [finding for one in (subject, text) for finding in _variables(one, kind)]
    try:
        ways = [(flattened(text, form), flattened(subject, form)) for form in forms(subject) | forms(text)]
    except TemplateError:
        return astray
    found: list[Finding] = []
    for flat, subject_flat in ways:
        whole = f"{subject_flat}\n{flat}".strip()
        found += [*_lacking(flat, language), *_vague(whole, language), *speak_check(whole, voice or guide(language))]
    if channel == SMS and not astray:
        astray += _length(text, language, segments)
    # What is wrong in several forms of a plural is wrong once: of a kind, by the same words.
    return [*{(one.part, one.reason): one for one in reversed(found)}.values()][::-1] + astray


def check_reply(text: str, *, language: str, voice: Guide | None = None) -> list[Finding]:
    """What is wrong with a free reply: vague words, and what departs from the voice guide. It has no variables."""
    blank = text.replace("{", " ").replace("}", " ")
    return [*_vague(blank, language), *speak_check(blank, voice or guide(language))]


def refused(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.refuses]


def flattened(template: str, form: str = OTHER) -> str:
    """With variables as `{name}` and each plural as that form, or as its last, which is the one for many. Raises
    TemplateError."""
    return "".join(_flat(parse(template), form))


def _flat(pieces: tuple[object, ...], form: str) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Variable):
            yield f"{{{piece.name}}}"
        elif isinstance(piece, Plural):
            branches = dict(piece.branches)
            yield "".join(_flat(branches.get(form, branches[OTHER]), form)).replace("#", "3")
        else:
            yield str(piece)


def _variables(template: str, kind: str) -> Iterator[Finding]:
    try:
        asked = variables(template)
    except TemplateError as error:
        yield Finding(VARIABLE, error.reason, error.excerpt)
        return
    known = KINDS[kind].variables if kind in KINDS else _EVERY
    for name in sorted(asked - known):
        yield Finding(
            VARIABLE, f"nothing is known by the name “{name}” {'here' if kind else 'in any notice'}", f"{{{name}}}"
        )


def folded(text: str, language: str) -> str:
    """Small letters, plain apostrophes, no accents (Japanese keeps its marks: they are other letters)."""
    return "".join(_fold(sign, language) for sign in unicodedata.normalize("NFC", text))


def _fold(sign: str, language: str) -> str:
    plain_sign = unicodedata.normalize("NFKC", sign).casefold().replace("’", "'").replace("‘", "'")
    if language == "ja" or plain_sign.isascii():
        return plain_sign
    return "".join(one for one in unicodedata.normalize("NFD", plain_sign) if not unicodedata.combining(one))


def _excerpt(text: str, begins: int, ends: int, language: str) -> str:
    """The stretch of `text` that became folded signs `begins` to `ends`, and some words on both sides."""
    text = unicodedata.normalize("NFC", text)
    places = [place for place, sign in enumerate(text) for _ in _fold(sign, language)]
    first, last = places[max(0, begins - 20)], places[min(len(places), ends + 20) - 1]
    return ("…" if first else "") + " ".join(text[first : last + 1].split()) + ("…" if last + 1 < len(text) else "")


def _lacking(text: str, language: str) -> Iterator[Finding]:
    known, plain_text = cues(language), folded(text, language)
    sentences = [one for one in _SENTENCE.get(language, _SENTENCES).split(plain_text) if one.strip()]
    beginning = " ".join(text.split())[:60]
    # The address of a page says nothing by its name: only that there is something to open.
    told = masked(re.sub(r"\{link\}|https?://\S+", "", plain_text), spare=_CUES)
    if not known.wrong.search(told):
        yield Finding(WRONG, "it does not say what went wrong, or what happened", beginning)
    if not known.changed.search(told) and "{expectation}" not in text:
        yield Finding(CHANGED, "it does not say what is different from before", beginning)
    if not any(_expects(sentence, known, language) for sentence in sentences):
        yield Finding(EXPECT, "it names no day or hour by which something is to be expected", beginning)
    if not known.can_do.search(masked(plain_text, spare=_CUES)):
        yield Finding(CAN_DO, "it does not say what the customer can do, or that there is nothing to do", beginning)


def _expects(sentence: str, known: Cues, language: str) -> bool:
    """Whether a clause of it names a day to come."""
    if AHEAD.search(sentence):
        return True
    clauses = _CLAUSE.get(language, _CLAUSES).split(sentence)
    if any(COMING.search(clause) and not known.denied.search(masked(BEFORE.sub("", clause))) for clause in clauses):
        return True
    return any(_dated(clause, known) for clause in [*clauses, *map("".join, pairwise(clauses))])


def _dated(clause: str, known: Cues) -> bool:
    day = known.when.search(clause) or "{promised}" in clause
    return bool(day and known.ahead.search(masked(clause)) and not known.past.search(masked(clause)))


def _vague(text: str, language: str) -> Iterator[Finding]:
    for hit in cues(language).vague.finditer(folded(masked(text), language)):
        reason = f"“{hit.group().strip()}” says nothing that a customer can rely on"
        yield Finding(VAGUE, reason, _excerpt(text, hit.start(), hit.end(), language))


def _length(text: str, language: str, segments: int) -> Iterator[Finding]:
    """By usual values: a real name may be longer, a link rarely is."""
    taken = filled_size(text, language)
    if segments > MOST_SEGMENTS:
        yield Finding(LENGTH, f"no SMS of ours takes more than {MOST_SEGMENTS} segments", f"{segments} segments")
    elif taken and taken.segments > segments:
        filled = f"{taken.segments} segments ({taken.units} signs of {taken.encoding})"
        reason = f"filled in it takes {filled} and says that it takes {segments}"
        yield Finding(LENGTH, reason, f"…{text[-40:]}")


__all__ = ["PARTS", "check", "check_reply", "flattened", "folded", "refused"]

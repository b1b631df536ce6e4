"""The voice guide of a language: form of address, terms, banned words. One for templates and replies. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from aftercart.words.filling import masked
from aftercart.words.findings import VOICE, Finding, around

FORMAL, INFORMAL, NEUTRAL = "formal", "informal", "neutral"
_ASIAN = frozenset({"ja"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """`address` is the form of address; `formal` and `informal` are words that betray each; `terms` not this → this.

    `strict`: a brand has set it, so what departs from it is refused; what departs from ours is only advised against.
    """

    language: str
    address: str
    formal: tuple[str, ...]
    informal: tuple[str, ...]
    banned: tuple[str, ...]
    terms: Mapping[str, str] = field(hash=False)
    strict: frozenset[str] = frozenset()


@cache
def shipped_guide(language: str) -> Guide:
    loaded = tomllib.loads(resources.files("aftercart.words").joinpath(f"voice/{language}.toml").read_text("utf-8"))
    return Guide(
        language=language,
        address=loaded["address"],
        formal=tuple(loaded["formal"]),
        informal=tuple(loaded["informal"]),
        banned=tuple(loaded["banned"]),
        terms=loaded["terms"],
    )


class VoiceError(ValueError):
    """What is wrong with a brand's voice: the field and the reason."""


def guide(language: str, own: Mapping[str, object] | None = None) -> Guide:
    """Ours, with what a brand says otherwise in `own`: `address`, `terms`, lists of words `banned` and `allowed`.

    A brand's words are plain words, not patterns. Raises `VoiceError`.
    """
    ours = shipped_guide(language)
    if not own:
        return ours
    address = str(own.get("address", ours.address))
    if address not in (FORMAL, INFORMAL, NEUTRAL):
        raise VoiceError(f"address: {address!r} is none of formal, informal, neutral")
    allowed = {word.casefold() for word in _words(own, "allowed")}
    banned = [one for one in ours.banned if not any(re.fullmatch(one, word, re.IGNORECASE) for word in allowed)]
    terms = own.get("terms", {})
    if not isinstance(terms, Mapping):
        raise VoiceError("terms: must be a table of words and what to say instead")
    return Guide(
        language=language,
        address=address,
        formal=ours.formal,
        informal=ours.informal,
        banned=(*banned, *(re.escape(word) for word in _words(own, "banned"))),
        terms={**ours.terms, **{re.escape(str(word)): str(instead) for word, instead in terms.items()}},
        strict=frozenset({"address"} if "address" in own else ()) | frozenset(re.escape(str(word)) for word in terms),
    )


def _words(own: Mapping[str, object], name: str) -> Sequence[str]:
    words = own.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise VoiceError(f"{name}: must be a list of words")
    return words


def speak_check(text: str, guide: Guide) -> list[Finding]:
    """What in a text departs from the guide; a finding that does not refuse is advice."""
    return [*_banned(text, guide), *_address(text, guide), *_terms(text, guide)]


def _banned(text: str, guide: Guide) -> Iterator[Finding]:
    for hit in _hits(text, guide.banned, guide.language):
        yield Finding(VOICE, f"the voice guide does without “{hit.group()}”", around(text, hit))


def _address(text: str, guide: Guide) -> Iterator[Finding]:
    other = {FORMAL: guide.informal, INFORMAL: guide.formal}.get(guide.address, ())
    if hit := next(_hits(text, other, guide.language), None):
        reason = f"the form of address is {guide.address}, and “{hit.group()}” is not"
        yield Finding(VOICE, reason, around(text, hit), refuses="address" in guide.strict)


def _terms(text: str, guide: Guide) -> Iterator[Finding]:
    for term, instead in guide.terms.items():
        if hit := next(_hits(text, (term,), guide.language), None):
            yield Finding(
                VOICE, f"say “{instead}”, not “{hit.group()}”", around(text, hit), refuses=term in guide.strict
            )


def _hits(text: str, patterns: tuple[str, ...], language: str) -> Iterator[re.Match[str]]:
    """In what is said: the names of variables are ours."""
    return _pattern(patterns, language).finditer(masked(text)) if patterns else iter(())


@lru_cache(maxsize=256)
def _pattern(patterns: tuple[str, ...], language: str) -> re.Pattern[str]:
    """Words at their edges; a sign such as “!” has none, nor has Japanese."""
    edged = (one if language in _ASIAN or not re.search(r"\w", one) else rf"(?<!\w)(?:{one})(?!\w)" for one in patterns)
    # German's Sie and Ihr are told from sie and ihr by their capitals alone.
    return re.compile(
        "|".join(edged), 0 if language == "de" and any("Ihnen" in one for one in patterns) else re.IGNORECASE
    )

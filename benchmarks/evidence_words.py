"""Vague and clear texts, fifty each in six languages, written before the check: how many it judges rightly.

The first half of each was looked at while the check was tuned; the second was held back, and says what to expect of
texts that nobody has looked at. Both were written by the check's own author, who knew what it would be for.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from aftercart.words.checking import check, refused
from aftercart.words.kinds import LANGUAGES

HALVES = {"tuned_on": slice(25), "held_back": slice(25, 50)}
WANTED = 0.95


def run(root: Path) -> dict[str, Any]:
    """Shares from 0 to 1, by language and half."""
    return {language: _of(language, root / f"tests/words/{language}.toml") for language in LANGUAGES}


def _of(language: str, file: Path) -> dict[str, dict[str, float]]:
    texts = tomllib.loads(file.read_text("utf-8"))
    found = {}
    for name, half in HALVES.items():
        vague, clear = texts["vague"][half], texts["clear"][half]
        caught = sum(bool(refused(check(text, language=language))) for text in vague)
        passed = sum(not refused(check(text, language=language)) for text in clear)
        found[name] = {
            "vague_refused": caught / len(vague),
            "clear_passed": passed / len(clear),
            "right": (caught + passed) / (len(vague) + len(clear)),
        }
    return found


def targets(found: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    rows = []
    for name, said in (("tuned_on", "tuned on"), ("held_back", "held back")):
        each = {language: halves[name]["right"] for language, halves in found.items()}
        shown = ", ".join(f"{language} {share:.0%}" for language, share in each.items())
        rows.append((f"vague and clear texts told apart, {said}", shown, "≥ 95 % each", min(each.values()) >= WANTED))
    return rows


if __name__ == "__main__":
    for title, shown, wanted, met in targets(run(Path(__file__).parent.parent)):
        print(f"{title}: {shown} (wanted {wanted}{'' if met else ', MISSED'})")

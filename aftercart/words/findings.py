"""What a check finds in a text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

WRONG, CHANGED, EXPECT, CAN_DO = "wrong", "changed", "expect", "can_do"
VAGUE, VARIABLE, LENGTH, VOICE = "vague", "variable", "length", "voice"
# What each part is called where a person reads it.
PARTS = {
    WRONG: "what went wrong", CHANGED: "what changed", EXPECT: "what to expect and by when",
    CAN_DO: "what the customer can do", VAGUE: "vague words", VARIABLE: "variables", LENGTH: "SMS length",
    VOICE: "voice",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """`part` is a key of PARTS; `refuses`: with it a text cannot be published."""

    part: str
    reason: str
    excerpt: str
    refuses: bool = True

    @property
    def title(self) -> str:
        return PARTS[self.part]


def around(text: str, hit: re.Match[str]) -> str:
    """The place of a hit with a few words on both sides."""
    begins, ends = max(0, hit.start() - 25), min(len(text), hit.end() + 25)
    return ("…" if begins else "") + " ".join(text[begins:ends].split()) + ("…" if ends < len(text) else "")

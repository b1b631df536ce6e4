"""Several notices to one customer as one message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aftercart.words.filling import Value, fill
from aftercart.words.rules import Button, Said, Situation, Texts, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A message of one notice or of several. `intro` is empty for one."""

    subject: str
    greeting: str
    intro: str
    notices: Sequence[Said]
    closing: str

    @classmethod
    def of(cls, said: Said) -> Bundle:
        return cls(subject=said.subject, greeting=said.greeting, intro="", notices=[said], closing=said.closing)

    @property
    def choices(self) -> Button | None:
        return self.notices[0].choices

    @property
    def text(self) -> str:
        parts = [self.greeting, self.intro]
        for said in self.notices:
            parts += [said.subject, *said.body, said.follow]
        return "\n\n".join(part for part in [*parts, self.closing, self.notices[0].foot] if part)


def bundle_said(situations: Sequence[Situation], notices: Sequence[Said], texts: Texts, language: str) -> Bundle:
    """The first speaks for the customer; where all are about one order the subject names it."""
    values: dict[str, Value] = {"count": len(notices), "number": situations[0].number}
    several = len({situation.number for situation in situations}) > 1
    subject = str(texts["parts"]["bundle_subject" if several else "bundle_subject_order"])
    return Bundle(
        subject=tidy(fill(subject, values, language), language),
        greeting=notices[0].greeting,
        intro=tidy(fill(str(texts["parts"]["bundle_intro"]), values, language), language),
        notices=notices,
        closing=notices[0].closing,
    )

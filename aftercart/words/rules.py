"""From a situation to sentences: what went wrong, what changed, what to expect and by when, what one can do. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

# Reasons that only the customer can remove.
ASKED = frozenset({"address", "payment", "docs", "customs", "access", "closed"})
# Reasons that cost time and nothing else.
DELAYS = frozenset({"weather", "carrier", "missort"})

Texts = Mapping[str, Mapping[str, object]]
Day = Callable[[date], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a notice speaks about. Dates are the customer's calendar days.

    `promised` is the date told before; `earliest`–`latest` the window that we believe now; `deadline` the day by
    which a step of the carrier's, or ours, is due.
    """

    kind: str
    brand: str
    number: str
    link: str
    since: date
    name: str = ""
    carrier: str = ""
    city: str = ""
    reason: str = ""
    promised: date | None = None
    earliest: date | None = None
    latest: date | None = None
    deadline: date | None = None
    state: str = ""  # where the parcel stands; "rest": it is about what is in no parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    subject: str
    greeting: str
    wrong: str
    changed: str
    expect: str
    can_do: str
    follow: str
    closing: str

    @property
    def text(self) -> str:
        middle = [self.wrong, self.changed, self.expect, self.can_do]
        return "\n\n".join([self.greeting, " ".join(p for p in middle[:3] if p), middle[3], self.follow, self.closing])


def say(situation: Situation, texts: Texts, *, day: Day) -> Said:
    """The parts of one notice. `texts` are those of a language; `day` writes a date in it."""
    own: Mapping[str, str] = _kind(texts, situation.kind)
    parts: Mapping[str, str] = {key: str(value) for key, value in texts["parts"].items()}
    words = _words(situation, texts, parts, day)

    def fill(template: str) -> str:
        text = _tidy(template.format_map(words))
        return text[:1].upper() + text[1:]

    can_do = _can_do(situation, own)
    return Said(
        subject=fill(_subject(situation, own)),
        greeting=fill(parts["greeting" if situation.name else "greeting_nameless"]),
        wrong=fill(own.get(f"wrong_{situation.state}", own["wrong"])),
        changed=fill(own.get("promised", parts["promised"])) if situation.promised and not _holds(situation) else "",
        expect=fill(_expectation(situation, own, parts)),
        can_do=fill(parts["answer"] if can_do == "answer" else can_do),
        follow=fill(parts["link"]),
        closing=fill(parts["closing"]),
    )


def _kind(texts: Texts, kind: str) -> Mapping[str, str]:
    found = texts["kinds"][kind]
    assert isinstance(found, Mapping)
    return found


def _expectation(situation: Situation, own: Mapping[str, str], parts: Mapping[str, str]) -> str:
    if "expect" in own:
        return own["expect"]
    if situation.latest is None:
        return parts["expect_unknown"]
    return parts["expect_promised" if _holds(situation) else "expect"]


def _subject(situation: Situation, own: Mapping[str, str]) -> str:
    if _may_hold(situation) and "subject_doubt" in own:
        return own["subject_doubt"]
    if situation.latest is None and "subject_unknown" in own:
        return own["subject_unknown"]
    variant = "subject_delay" if situation.reason in DELAYS else "subject" if situation.city else "subject_nowhere"
    return own.get(variant, own["subject"])


def _can_do(situation: Situation, own: Mapping[str, str]) -> str:
    variant = "can_do_asked" if situation.reason in ASKED else f"can_do_{situation.reason}"
    return own.get(variant, own["can_do"])


def _may_hold(situation: Situation) -> bool:
    """Whether it may yet arrive by the date that was promised."""
    first = situation.earliest or situation.latest
    return bool(situation.promised and first and first <= situation.promised)


def _holds(situation: Situation) -> bool:
    """Whether the date that was promised is still the one that we believe."""
    return bool(situation.promised and situation.latest and situation.latest <= situation.promised)


def _words(situation: Situation, texts: Texts, parts: Mapping[str, str], day: Day) -> dict[str, str]:
    def written(value: date | None) -> str:
        return day(value) if value else ""

    words = {
        "brand": situation.brand,
        "number": situation.number,
        "link": situation.link,
        "name": situation.name,
        "carrier": situation.carrier or parts["carrier"],
        "city": situation.city,
        "reason": str(texts["reasons"].get(situation.reason, texts["reasons"]["other"])),
        "since": written(situation.since),
        "promised": written(situation.promised),
        "earliest": written(situation.earliest),
        "latest": written(situation.latest),
        "deadline": written(situation.deadline or situation.latest),
    }
    one_day = situation.earliest in (None, situation.latest)
    words["window"] = parts["window_day" if one_day else "window_days"].format_map(words)
    words["city_clause"] = parts["in_city"].format_map(words) if situation.city else ""
    return words


def _tidy(text: str) -> str:
    """Without the gaps that an empty word leaves."""
    return re.sub(r"\s+([.,:])", r"\1", re.sub(r"[ ]{2,}", " ", text)).strip()

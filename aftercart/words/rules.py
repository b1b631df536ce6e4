"""From a situation to sentences: what went wrong, what changed, what to expect and by when, what one can do. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aftercart.words.choosing import can_do_of, change, expectation, follow_of, subject_of, variant
from aftercart.words.filling import Value, fill
from aftercart.words.kinds import EMAIL, SMS, TAPPED, TELLS_RETURN
from aftercart.words.situations import Situation

__all__ = ["Button", "Said", "Situation", "say", "say_sms"]

Texts = Mapping[str, Mapping[str, object]]
Day = Callable[[date], str]
Money = Callable[[int, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One notice. `own` is a brand's own text, which stands for the four parts."""

    subject: str
    greeting: str
    wrong: str
    changed: str
    expect: str
    can_do: str
    follow: str
    closing: str
    own: str = ""
    choices: Button | None = None
    buttons: Sequence[Button] = ()

    @property
    def body(self) -> tuple[str, ...]:
        """Its paragraphs, without greeting, link and closing."""
        if self.own:
            return tuple(part.strip() for part in re.split(r"\n\s*\n", self.own) if part.strip())
        return joined(self.opening, self.expect), self.can_do

    @property
    def news(self) -> tuple[str, ...]:
        """Its paragraphs without what the reader is asked or offered, for a page that offers it otherwise."""
        return self.body if self.own else (joined(self.opening, self.expect),)

    @property
    def opening(self) -> str:
        """What went wrong and what changed."""
        return joined(self.wrong, self.changed)

    @property
    def text(self) -> str:
        foot = [self.foot] if self.foot else []
        return "\n\n".join([self.greeting, *self.body, self.follow, self.closing, *foot])

    @property
    def foot(self) -> str:
        return f"{self.choices.label}: {self.choices.address}" if self.choices else ""


@dataclass(frozen=True, slots=True)
class Writer:
    """The texts of a language and how it writes a day and an amount."""

    texts: Texts
    language: str
    day: Day
    money: Money

    @property
    def parts(self) -> Mapping[str, str]:
        return {key: str(value) for key, value in self.texts["parts"].items()}

    def own(self, kind: str) -> Mapping[str, str]:
        found = self.texts["kinds"][kind]
        assert isinstance(found, Mapping)
        return found

    def fill(self, template: str, values: Mapping[str, Value]) -> str:
        text = joined(tidy(fill(template, values, self.language), self.language))
        return text[:1].upper() + text[1:]


def plain_money(amount: int, currency: str) -> str:
    return f"{amount} {currency}"


def say(
    situation: Situation, texts: Texts, *, day: Day, money: Money = plain_money, language: str = "en", own: str = "",
    subject: str = "",
) -> Said:  # fmt: skip
    """The parts of one notice by e-mail. `texts` are a language's; `own` and `subject` a brand's instead of ours.

    Raises `TemplateError` where a brand's own text asks for what is not known here.
    """
    writer = Writer(texts, language, day, money)
    kind, parts = writer.own(situation.kind), writer.parts
    values = values_of(situation, writer)
    known = {name: value for name, value in values.items() if value != "" or name in MAY_BE_EMPTY}
    can_do = can_do_of(situation, kind)
    return Said(
        subject=writer.fill(subject, known) if subject else writer.fill(subject_of(situation, kind), values),
        greeting=writer.fill(parts["greeting" if situation.name else "greeting_nameless"], values),
        wrong=writer.fill(variant(kind, "wrong", situation), values),
        changed=str(values["changed"]),
        expect=str(values["expectation"]),
        can_do=joined(
            writer.fill(parts["answer"] if can_do == "answer" else can_do, values), str(values["return_clause"])
        ),
        follow=writer.fill(follow_of(situation, kind, parts), values),
        closing=writer.fill(parts["closing"], values),
        own=writer.fill(own, known) if own else "",
        choices=Button(label=parts["choices"], address=situation.choices) if situation.choices else None,
        buttons=_buttons(situation, kind, writer, values),
    )


# A whole sentence or clause that is left out where there is nothing to say.
MAY_BE_EMPTY = frozenset({"changed", "city_clause", "name"})


def say_sms(
    situation: Situation, texts: Texts, *, day: Day, money: Money = plain_money, language: str = "en", own: str = ""
) -> str:
    """One notice as an SMS: who, what, by when, and where to go on. Raises `TemplateError` as `say` does."""
    writer = Writer(texts, language, day, money)
    kind, parts = writer.own(situation.kind), writer.parts
    values = values_of(situation, writer, SMS)
    if own:
        return writer.fill(own, {name: value for name, value in values.items() if value != "" or name in MAY_BE_EMPTY})
    told = [parts["sms_open"] + variant(kind, "sms", situation)]
    if kind.get("expect", "plain") == "plain":
        told.append("{expectation}")
    told.append("{return_clause}")
    told.append(parts["sms_action" if situation.action else "sms_link"])
    return writer.fill(" ".join(told), values)


def values_of(situation: Situation, writer: Writer, channel: str = EMAIL) -> dict[str, Value]:
    """Every variable that a template may ask for; empty where it is not known."""
    parts = writer.parts
    values = _words(situation, writer)
    one_day = situation.earliest in (None, situation.latest)
    values["window"] = fill(parts["window_day" if one_day else "window_days"], values, writer.language)
    if situation.latest is None:
        values["window"] = ""
    tells_return = situation.return_by is not None and situation.kind in TELLS_RETURN
    values["return_clause"] = fill(parts["return_by"], values, writer.language) if tells_return else ""
    values["city_clause"] = fill(parts["in_city"], values, writer.language) if situation.city else ""
    kind = writer.own(situation.kind)
    values["changed"] = writer.fill(change(situation, kind, parts), values)
    values["expectation"] = writer.fill(expectation(situation, kind, parts, "sms_" if channel == SMS else ""), values)
    return values


def _words(situation: Situation, writer: Writer) -> dict[str, Value]:
    parts, reasons = writer.parts, writer.texts["reasons"]
    words: dict[str, Value] = {
        name: str(getattr(situation, name))
        for name in ("brand", "number", "link", "name", "city", "tracking", "action", "yes_link", "no_link", "note")
    }
    for name in ("since", "promised", "earliest", "latest", "return_by", "ships_from"):
        value = getattr(situation, name)
        words[name] = writer.day(value) if value else ""
    deadline = situation.deadline or situation.latest
    words["deadline"] = writer.day(deadline) if deadline else ""
    words["carrier"] = situation.carrier or parts["carrier"]
    words["method"] = situation.method or parts["method"]
    words["reason"] = str(reasons.get(situation.reason, reasons["other"]))
    words["amount"] = "" if situation.amount is None else writer.money(situation.amount, situation.currency)
    for name in ("days", "points", "balance"):
        number: int | None = getattr(situation, name)
        words[name] = "" if number is None else number
    return words


def _buttons(
    situation: Situation, kind: Mapping[str, str], writer: Writer, values: Mapping[str, Value]
) -> list[Button]:
    """What an HTML message shows in place of the bare addresses."""
    if situation.kind in TAPPED and situation.yes_link and situation.no_link:
        return [
            Button(label=kind["yes"], address=situation.yes_link),
            Button(label=kind["no"], address=situation.no_link),
        ]
    follow = Button(label=writer.fill(writer.parts["button"], values), address=situation.link)
    if situation.action and "act" in kind:
        return [Button(label=kind["act"], address=situation.action), follow]
    return [follow]


def tidy(text: str, language: str) -> str:
    """Without the gaps that an empty word leaves; French keeps a space before a colon, unbroken."""
    text = re.sub(r"[ ]{2,}", " ", text)
    if language == "fr":
        text = re.sub(r" (?=[:;?!»])|(?<=«) ", "\N{NO-BREAK SPACE}", text)
    text = re.sub(r"[ ]+([.,:;])(?!\d)", r"\1", text)
    # A day of German's short form ends in a dot of its own.
    text = re.sub(r"(?<=\d)\.\.(?=\s|$)", ".", text)
    return re.sub(r"[ ]*\n[ ]*", "\n", text).strip()


def joined(*sentences: str) -> str:
    """One after the other, as far as there are any; Japanese puts no space between them."""
    return re.sub(r"(?<=[。？]) ", "", " ".join(sentence for sentence in sentences if sentence))

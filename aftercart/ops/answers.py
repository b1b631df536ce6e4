"""What customers answered, in words that one may be held to. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from aftercart.ops.keeping import percent
from aftercart.ops.queries.answers import Counted
from aftercart.ops.speeds import Share
from aftercart.orders.carriers import carrier_name
from aftercart.outreach.automatic.queries import Counted as Machine
from aftercart.outreach.automatic.rules import ASKED as AUTOMATIC
from aftercart.outreach.questions.rules import ASKED
from aftercart.story.rules import kind_in_words

# With fewer, one more answer would move the share by more than five points.
LEAST = 20
TOO_FEW = "not enough yet"


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    said: Share

    @property
    def share(self) -> str:
        return percent(self.said.value) if self.said.of >= LEAST else TOO_FEW

    @property
    def between(self) -> str:
        """Where the share that we would see for ever probably lies."""
        low, high = self.said.interval
        return f"{percent(low)} to {percent(high)}" if self.said.of >= LEAST else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`asked`: how often; `all`: the answers; each part of them as rows."""

    kind: str
    asked: int
    all: Row
    parts: Mapping[str, list[Row]] = field(default_factory=dict)


def results(counted: Iterable[Counted], asked: Mapping[str, int]) -> list[Question]:
    """One for each question that was asked or answered."""
    by_kind: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        by_kind[one.kind].append(one)
    return [
        Question(
            kind=kind,
            asked=asked.get(kind, 0),
            all=Row(kind_in_words(kind), _share(by_kind[kind])),
            parts={
                "Carrier": _rows(by_kind[kind], lambda one: carrier_name(one.carrier) or "not known"),
                "Month": _rows(by_kind[kind], lambda one: f"{one.month:%Y-%m}"),
            },
        )
        for kind in ASKED
        if kind in by_kind or asked.get(kind)
    ]


def by_machine(counted: Iterable[Machine]) -> list[Row]:
    """Of each category, who wrote again among those whom a machine answered."""
    return [Row(_in_words(one.category), Share(one.again, one.answered)) for one in counted]


def _in_words(category: str) -> str:
    return AUTOMATIC.get(category, category).replace("_", " ").capitalize()


def sentence(questions: Iterable[Question]) -> str:
    told = [f"{one.all.name} {one.all.share} say yes." for one in questions if one.all.said.of >= LEAST]
    return " ".join(told) or "What customers answered"


def _share(counted: Iterable[Counted]) -> Share:
    known = list(counted)
    return Share(sum(one.yes for one in known), sum(one.all for one in known))


def _rows(counted: Iterable[Counted], name: Callable[[Counted], str]) -> list[Row]:
    by_name: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        by_name[name(one)].append(one)
    return [Row(name, _share(by_name[name])) for name in sorted(by_name)]

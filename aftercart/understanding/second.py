"""A chat model as a second opinion: over the line, within a time limit, and never more than that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aftercart.plumbing import http
from aftercart.understanding import chat
from aftercart.understanding.category import Judged
from aftercart.understanding.chat import Cost
from aftercart.understanding.masking import without
from aftercart.understanding.reading import Asked

REST = 60.0  # seconds in which who has failed is not asked again
MOST = 2 * chat.MOST  # texts of a batch that are asked about; the rest is not understood, as without anybody to ask


@dataclass(frozen=True, slots=True)
class Bill:
    """One question: of how many texts, of how many there was an opinion, why there was none, what it cost."""

    texts: int
    answered: int
    fault: str
    milliseconds: int
    cost: Cost = field(default_factory=Cost)


@dataclass
class ChatModel:
    """`url` is the address that /chat/completions follows on. Each question is told to `billed`, whatever came of it.

    `seconds` bound a whole batch; a line that drips may take twice that.
    """

    url: str
    model: str
    key: str = field(repr=False)
    seconds: float
    billed: Callable[[Bill], None]
    _rests_until: float = 0.0

    def opinions(self, texts: Sequence[Asked], labels: Sequence[str]) -> list[Judged | None]:
        """None wherever there is no opinion in time. Texts leave without addresses and numbers."""
        found: list[Judged | None] = [None] * len(texts)
        ends = time.monotonic() + self.seconds
        for at in range(0, min(len(texts), MOST), chat.MOST):
            left = ends - time.monotonic()
            if left <= 0 or time.monotonic() < self._rests_until:
                break
            some = [without(one.text, one.found) for one in texts[at : min(at + chat.MOST, MOST)]]
            found[at : at + len(some)] = self._ask(some, labels, left)
        return found

    def _ask(self, texts: Sequence[str], labels: Sequence[str], seconds: float) -> list[Judged | None]:
        begun = time.monotonic()
        fault, cost, said = "", Cost(), list[Judged | None]([None] * len(texts))
        try:
            said, cost = chat.answers(self._told(texts, labels, seconds), len(texts), labels, self.model)
        except http.Unreachable as error:
            fault = str(error)
        except ValueError as error:
            fault = f"no answer: {type(error).__name__}"
        if fault:
            self._rests_until = time.monotonic() + REST
        answered = sum(one is not None for one in said)
        self.billed(Bill(len(texts), answered, fault[:120], round((time.monotonic() - begun) * 1_000), cost))
        return said

    def _told(self, texts: Sequence[str], labels: Sequence[str], seconds: float) -> bytes:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        body = chat.question(self.model, texts, labels)
        with http.client(read_seconds=seconds) as line:
            answer = http.send(
                line, "POST", f"{self.url.rstrip('/')}/chat/completions", headers, body, whole_seconds=seconds
            )
        if answer.status != 200:
            raise http.Unreachable(f"status {answer.status}")
        return answer.body

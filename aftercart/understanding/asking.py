"""Whom a brand's reader asks where it is unsure: nobody, unless the settings name a model; and what that has cost."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db.models import Count, Q, Sum

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.understanding.examples import Example
from aftercart.understanding.models import Question
from aftercart.understanding.reading import InTurn, Second
from aftercart.understanding.second import Bill, ChatModel
from aftercart.understanding.sentences import NotInstalled, Sentences, encoder

logger = logging.getLogger("aftercart.understanding")


@dataclass(frozen=True, slots=True)
class Spent:
    """Since some moment: questions and those that failed, texts and those with an opinion, tokens."""

    questions: int
    failed: int
    texts: int
    answered: int
    tokens_in: int
    tokens_out: int


def second_for(brand: Brand, told: Sequence[Example], labels: Sequence[str]) -> Second | None:
    """`told` is what the brand's classifier was taught with beside what is shipped, the newest first."""
    asked: list[Second] = []
    if settings.EMBEDDINGS:
        try:
            asked.append(Sentences(encoder(), told, labels, settings.MODEL_TIMEOUT))
        except NotInstalled as error:
            logger.warning("AFTERCART_EMBEDDINGS: %s", error)
    if settings.MODEL_URL and settings.MODEL:
        key, seconds = settings.MODEL_KEY, settings.MODEL_TIMEOUT
        asked.append(ChatModel(settings.MODEL_URL, settings.MODEL, key, seconds, partial(_bill, brand)))
    return InTurn(asked) if len(asked) > 1 else next(iter(asked), None)


def _bill(brand: Brand, bill: Bill) -> None:
    """A row each, in the caller's transaction: nobody waits for anybody to add one up."""
    Question.objects.create(
        brand=brand, at=clock.machine(), model=settings.MODEL[:120], texts=bill.texts, answered=bill.answered,
        fault=bill.fault, milliseconds=bill.milliseconds, tokens_in=bill.cost.tokens_in,
        tokens_out=bill.cost.tokens_out,
    )  # fmt: skip


def spent(brand: Brand, since: datetime) -> Spent:
    told = Question.objects.filter(brand=brand, at__gte=since).aggregate(
        questions=Count("id"), failed=Count("id", filter=~Q(fault="")), texts=Sum("texts"), answered=Sum("answered"),
        tokens_in=Sum("tokens_in"), tokens_out=Sum("tokens_out"),
    )  # fmt: skip
    return Spent(**{name: value or 0 for name, value in told.items()})

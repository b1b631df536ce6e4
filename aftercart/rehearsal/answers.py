"""What the demo brand's customers answer to the questions that they are asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftercart.brands.models import Brand
from aftercart.outreach.models import Decision
from aftercart.outreach.questions import services as questions
from aftercart.outreach.questions.rules import QUESTIONS
from aftercart.rehearsal.chance import dice
from aftercart.watch.models import Concern

ANSWER, CONTENT, UPSET, ADDS = 0.3, 0.95, 0.6, 0.5
GRUDGES = ("It came two days later than you said.", "The box was open.", "The courier did not ring.")


def answer(brand: Brand, after: datetime, until: datetime) -> int:
    """Some of those who were asked in that time answer; whoever had something to worry about is less content."""
    asked = list(Decision.objects.filter(brand=brand, kind__in=QUESTIONS, spoken=True, at__gt=after, at__lte=until))
    worried = set(
        Concern.objects.filter(brand=brand, order_id__in=[one.order_id for one in asked]).values_list(
            "order_id", flat=True
        )
    )
    given = 0
    for one in asked:
        rng = dice("answer", one.id)
        if rng.random() >= ANSWER:
            continue
        yes = rng.random() < (UPSET if one.order_id in worried else CONTENT)
        at = min(one.at + timedelta(hours=rng.uniform(0.1, 20)), until)
        questions.answer(brand, one, yes=yes, language="en", now=at)
        if not yes and rng.random() < ADDS:
            questions.comment(brand, one.id, rng.choice(GRUDGES), now=at)
        given += 1
    return given

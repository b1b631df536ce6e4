"""Reports that have to be asked for: a provider asks whether it may report, and we say yes where we may.

Such a question waits in quarantine, where whoever looks sees it; it is answered from there, or refused there with one
reason. To replay it is to have it answered again.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from aftercart.brands.models import Source
from aftercart.brands.services import audit
from aftercart.connectors.ses import reports, subscribing
from aftercart.connectors.ses.subscribing import Refused
from aftercart.intake.models import Delivery, Payload
from aftercart.intake.sealed import opened
from aftercart.outbox.models import Line
from aftercart.plumbing import clock, ids
from aftercart.plumbing.http import Unreachable

logger = logging.getLogger(__name__)
SES, BY = "ses", "subscriptions"
# SNS keeps a question open for three days.
OPEN = timedelta(days=3)


def answer_all() -> int:
    """How many were confirmed. What cannot be reached is asked again the next time."""
    since = ids.floor(clock.machine() - OPEN)
    brands = set(Source.objects.filter(kind=SES).values_list("brand_id", flat=True))
    waiting = Delivery.objects.filter(
        brand__in=brands, state=Delivery.QUARANTINED, id__gte=since, source=SES, topic=reports.ASKS,
        error__endswith=reports.WAITS,
    )  # fmt: skip
    return sum(_answer(one) for one in waiting.select_related("brand").order_by("id"))


def _answer(asked: Delivery) -> bool:
    row = Delivery.objects.filter(id=asked.id, state=Delivery.QUARANTINED)
    lines = Line.objects.filter(brand=asked.brand, provider=SES, enabled=True)
    topics = {line.settings["topic"] for line in lines if line.settings.get("topic")}
    try:
        kept = Payload.objects.get(id=asked.id)
        body = opened(asked.brand_id, bytes(kept.body)) if kept.sealed else bytes(kept.body)
        topic = subscribing.confirm(body, topics, at=clock.machine())
    except Unreachable as error:
        logger.warning("%s: the subscription could not be confirmed yet (%s)", asked.brand, error)
        return False
    except Refused as error:
        reason = str(error)[:280]
        row.update(error=f"Not confirmed: {reason}")
        audit(asked.brand, actor=BY, action="channel.refused", subject=str(asked.id), detail={"reason": reason})
        return False
    row.update(state=Delivery.APPLIED, applied_at=clock.machine(), error="")
    audit(asked.brand, actor=BY, action="channel.confirmed", subject=str(asked.id), detail={"topic": topic})
    return True

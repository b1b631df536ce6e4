"""Writing what was decided to be said, one message for all that goes together, and owing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.connectors.sending import EVENT, WHATSAPP
from aftercart.outbox import services as outbox
from aftercart.outreach import slipping, whatsapp
from aftercart.outreach.around import Around
from aftercart.outreach.channels import FORMS
from aftercart.outreach.questions.rules import QUESTIONS
from aftercart.outreach.rules import Verdict
from aftercart.outreach.situations import about, situation
from aftercart.outreach.waiting import NOTICE
from aftercart.people import consent
from aftercart.promises import services as promises
from aftercart.watch.judging import Opened
from aftercart.watch.services import look_again
from aftercart.words import services as words
from aftercart.words import wordings
from aftercart.words.wordings import Place, Text

Said = tuple[Opened, Verdict]


def speak(
    brand: Brand,
    found: Around,
    messages: Mapping[tuple[UUID, str], Sequence[Said]],
    now: datetime,
    *,
    until: datetime,
) -> dict[tuple[UUID, str], UUID]:
    """Owe these messages, by customer and by what keeps them apart. `until`: for how long they are sure to be true.

    Which message says what of which episode, by episode and kind.
    """
    if not messages:
        return {}
    texts = wordings.all_in_use(brand)
    owed = [_written(brand, found, customer, said, texts, now, until) for (customer, _), said in messages.items()]
    rows = outbox.owe_all(brand, owed, at=now)
    _renew_promises(brand, [one for said in messages.values() for one, _ in said], now)
    return {
        (one.concern.id, one.concern.kind): row
        for row, said in zip(rows, messages.values(), strict=True)
        for one, _ in said
    }


def _written(
    brand: Brand,
    found: Around,
    to: UUID,
    said: Sequence[Said],
    texts: Mapping[Place, Text],
    now: datetime,
    until: datetime,
) -> outbox.Owed:
    """One message about all of it, by the way that suits the gravest."""
    (first, verdict), customer = said[0], found.customers[to]
    reach = verdict.reach
    assert reach is not None, verdict.reason
    language = words.language_for(customer.locale, brand.language)
    situations = [situation(brand, one, customer, now, reach.channel) for one, _ in said]
    notice = words.bundle(brand, situations, language=language, channel=FORMS[reach.channel], texts=texts)
    owed = outbox.Owed(
        channel=reach.channel,
        kind=first.concern.kind,
        customer_id=customer.id,
        episode=first.concern.id,
        address=reach.address,
        subject=notice.subject,
        text=notice.text,
        html=notice.html,
        language=notice.language,
        hours=verdict.hours,
        about=about(brand, situations[0], first.concern.order_id, now) if reach.channel == EVENT else {},
        purpose=consent.MARKETING if first.concern.kind in QUESTIONS else consent.SERVICE,
        true_until=until,
    )
    if reach.channel != WHATSAPP:
        return owed
    return whatsapp.by_its_rules(brand, owed, situations[0], customer, found, now)


def _renew_promises(brand: Brand, said: Iterable[Opened], now: datetime) -> None:
    """The date that a message names is the promise from now on, and is watched like any other."""
    told = [
        promises.Told(one.concern.order_id, believed, f"{NOTICE}{one.concern.kind}", why=one.concern.kind)
        for one in said
        if (believed := one.believed)
        and one.concern.kind in slipping.RENEWS
        and not (one.promised and believed.latest <= one.promised)
    ]
    if told:
        promises.tell(brand, told, at=now)
        look_again(brand, now, order_ids=[one.order_id for one in told])
